namespace MemScope.Web.Wire;

/// <summary>A stretch of snapshots that follow each other without a gap.</summary>
/// <param name="FromNumber">Number of its first snapshot.</param>
/// <param name="ToNumber">Number of its last.</param>
/// <param name="From">Time of its first snapshot.</param>
/// <param name="To">Time of its last.</param>
/// <param name="Snapshots">How many it has.</param>
public sealed record SnapshotRunWire(int FromNumber, int ToNumber, DateTimeOffset From, DateTimeOffset To, int Snapshots);

/// <summary>The whole time line that a chart of a track covers, whatever the window.</summary>
/// <param name="From">Time of the track's first snapshot.</param>
/// <param name="To">Time of its last.</param>
/// <param name="Runs">When snapshots were taken, oldest first; a few dozen at most.</param>
public sealed record TimelineWire(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SnapshotRunWire> Runs);
