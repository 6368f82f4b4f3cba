using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>A snapshot within a track.</summary>
/// <param name="Number">The snapshot's arrival number in its process; never changes.</param>
/// <param name="TakenAt">When it was taken (UTC).</param>
/// <param name="Vmas">Its mappings.</param>
public sealed record TrackPoint(int Number, DateTimeOffset TakenAt, VmaTable Vmas);

/// <summary>
/// The snapshots of one process from one source in the order of time, with the regions that run through them. Not safe for use while another thread appends.
/// </summary>
public sealed partial class Track
{
    private readonly List<TrackPoint> _points = [];
    private readonly List<Region> _regions = [];
    private readonly List<CategoryAssignment[]> _categories = [];
    private readonly List<Region[]> _regionsByRow = [];
    private readonly Dictionary<Guid, Region> _byId = [];

    /// <summary>An empty track of a process; <paramref name="processId"/> goes into region ids.</summary>
    public Track(Guid processId, SnapshotSource source) => (ProcessId, Source) = (processId, source);

    /// <summary>The process.</summary>
    public Guid ProcessId { get; }

    /// <summary>The source of all its snapshots.</summary>
    public SnapshotSource Source { get; }

    /// <summary>What traces say of moves.</summary>
    public MoveEvidence Evidence { get; init; } = MoveEvidence.None;

    /// <summary>The snapshots, earliest first.</summary>
    public IReadOnlyList<TrackPoint> Points => _points;

    /// <summary>All regions ever seen, by birth.</summary>
    public IReadOnlyList<Region> Regions => _regions;

    /// <summary>Per point, the category of each row of its table.</summary>
    public IReadOnlyList<CategoryAssignment[]> Categories => _categories;

    /// <summary>The region that a row belongs to, or null when there is no such point or row.</summary>
    public Region? RegionOf(int at, int vmaIndex) =>
        (uint)at < (uint)_points.Count && (uint)vmaIndex < (uint)_regionsByRow[at].Length ? _regionsByRow[at][vmaIndex] : null;

    /// <summary>The regions of a point in address order, one per row; empty when there is no such point.</summary>
    public IReadOnlyList<Region> AliveAt(int at) => (uint)at < (uint)_points.Count ? _regionsByRow[at] : [];

    /// <summary>Where a region lies at a point; empty when it is not there.</summary>
    public AddressRange RangeOf(Region region, int at)
    {
        ArgumentNullException.ThrowIfNull(region);
        return VmaOf(region, at) is { } vma ? vma.Range : default;
    }

    /// <summary>The mapping of a region at a point, or null when it is not there.</summary>
    public Vma? VmaOf(Region region, int at)
    {
        ArgumentNullException.ThrowIfNull(region);
        return region.IsAliveAt(at) ? _points[at].Vmas[region.Sightings[at - region.BornAt].VmaIndex] : null;
    }

    /// <summary>The mapping of a region at a point, or where the region is not there, at its last sighting before, else at its first behind.</summary>
    public Vma NearestVmaOf(Region region, int at)
    {
        ArgumentNullException.ThrowIfNull(region);
        return VmaOf(region, Math.Clamp(at, region.BornAt, region.LastAt))!.Value;
    }

    /// <summary>The region of an id, or null.</summary>
    public Region? Find(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>The index of the point with a snapshot number, or -1.</summary>
    public int IndexOfNumber(int number) => _points.FindIndex(p => p.Number == number);
}
