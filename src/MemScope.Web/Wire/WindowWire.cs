namespace MemScope.Web.Wire;

/// <summary>The window that an answer obeys: two snapshots of one track, absolute times.</summary>
/// <param name="Source">The track.</param>
/// <param name="FromNumber">Number of its first snapshot.</param>
/// <param name="ToNumber">Number of its last snapshot.</param>
/// <param name="From">Time of its first snapshot.</param>
/// <param name="To">Time of its last snapshot.</param>
/// <param name="Snapshots">How many snapshots lie in it, both ends counted.</param>
/// <param name="IsWhole">Whether it is the whole track.</param>
public sealed record WindowWire(string Source, int FromNumber, int ToNumber, DateTimeOffset From, DateTimeOffset To, int Snapshots, bool IsWhole)
{
    /// <summary>How many of the track's earliest snapshots are not counted in any figure, because the server does not hold more in memory; 0 as a rule.</summary>
    public int LeftOutSnapshots { get; init; }
}
