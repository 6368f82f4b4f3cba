using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>A snapshot within a track.</summary>
/// <param name="Number">The snapshot's arrival number in its process; never changes.</param>
/// <param name="TakenAt">When it was taken (UTC).</param>
/// <param name="Vmas">Its mappings.</param>
public sealed record TrackPoint(int Number, DateTimeOffset TakenAt, VmaTable Vmas);

/// <summary>The snapshots of one process from one source in the order of time, with the regions that run through them.</summary>
public sealed partial class Track
{
    /// <summary>An empty track of a process; <paramref name="processId"/> goes into region ids.</summary>
    public Track(Guid processId, SnapshotSource source) => (ProcessId, Source) = (processId, source);

    /// <summary>The process.</summary>
    public Guid ProcessId { get; }

    /// <summary>The source of all its snapshots.</summary>
    public SnapshotSource Source { get; }

    /// <summary>The snapshots, earliest first.</summary>
    public IReadOnlyList<TrackPoint> Points => _points;

    /// <summary>All regions ever seen, by birth.</summary>
    public IReadOnlyList<Region> Regions => _regions;

    private readonly List<TrackPoint> _points = [];
    private readonly List<Region> _regions = [];
}
