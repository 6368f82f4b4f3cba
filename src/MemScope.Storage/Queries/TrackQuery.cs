using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Storage.Queries;

/// <summary>Snapshots of one track with their mappings, in time order.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Source">The source.</param>
/// <param name="Points">The snapshots, earliest first.</param>
/// <param name="LastNumber">Greatest snapshot number among them, or the number asked for when there is none: pass it to the next call to get what has come since.</param>
/// <param name="Truncated">There were more mappings than one call loads; the earliest snapshots are missing.</param>
public sealed record TrackPoints(Guid ProcessId, SnapshotSource Source, IReadOnlyList<TrackPoint> Points, int LastNumber, bool Truncated);

/// <summary>What do the mappings of a process look like over time?</summary>
public sealed class TrackQuery
{
    /// <summary>Most mappings that a call loads, over all snapshots.</summary>
    public const int MostVmas = 12_000_000;

    /// <summary>Loads the snapshots of a track whose number is greater than <paramref name="afterNumber"/> (0: all).</summary>
    public Task<TrackPoints> LoadAsync(Guid process, SnapshotSource source, int afterNumber, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>One snapshot with its mappings, or null.</summary>
    public Task<TrackPoint?> FindAsync(Guid process, int number, CancellationToken cancel) => throw new NotSupportedException();
}
