using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>
/// The snapshots of one process from one source in the order of time, with the regions that run through them. It keeps what changes from one snapshot to the next, as logs
/// grouped by snapshot, and gives every table back as it came. Not safe for use while another thread appends.
/// </summary>
public sealed partial class Track
{
    private readonly List<PointFacts> _points = [];
    private readonly List<TrackInstant> _instants = [];
    private readonly List<Region> _regions = [];
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
    public IReadOnlyList<TrackInstant> Points => _instants;

    /// <summary>All regions ever seen, by birth.</summary>
    public IReadOnlyList<Region> Regions => _regions;

    /// <summary>How many mappings a point has.</summary>
    public int CountAt(int at) => _points[at].Rows;

    /// <summary>Whether a point's source printed a number for any mapping.</summary>
    public bool Has(int at, Metric metric) => (_points[at].Printed >> (int)metric & 1) != 0;

    /// <summary>The mappings of a point, equal in every column to what was appended. Costs a pass over the changes up to it, but for the last point and those asked for just before.</summary>
    public VmaTable VmasAt(int at) => ViewOf(at).Vmas;

    /// <summary>The category of each row of a point.</summary>
    public IReadOnlyList<CategoryAssignment> CategoriesAt(int at) => ViewOf(at).Categories;

    /// <summary>The regions of a point in the order of its rows; empty when there is no such point.</summary>
    public IReadOnlyList<Region> AliveAt(int at) => (uint)at < (uint)_points.Count ? ViewOf(at).Rows : [];

    /// <summary>The region that a row belongs to, or null when there is no such point or row.</summary>
    public Region? RegionOf(int at, int row) => AliveAt(at) is var rows && (uint)row < (uint)rows.Count ? rows[row] : null;

    /// <summary>Where a region lies at a point; empty when it is not there.</summary>
    public AddressRange RangeOf(Region region, int at) => ExtentOf(region, at)?.Range ?? default;

    /// <summary>The line of a region at a point, or null when it is not there.</summary>
    public RegionExtent? ExtentOf(Region region, int at)
    {
        ArgumentNullException.ThrowIfNull(region);
        if (!region.IsAliveAt(at)) return null;
        var extent = _extents.Find(region.Ordinal, region.BornAt, at)!.Value;
        var line = _lines[extent.Line];
        return new(new(extent.Start, extent.End), line.Permissions, line.Name);
    }

    /// <summary>The line of a region at a point, or where the region is not there, at its last sighting before, else at its first behind.</summary>
    public RegionExtent NearestExtentOf(Region region, int at)
    {
        ArgumentNullException.ThrowIfNull(region);
        return ExtentOf(region, Math.Clamp(at, region.BornAt, region.LastAt))!.Value;
    }

    /// <summary>A number of a region at a point in bytes; null when the region is not there or its line lacks the number. <see cref="Metric.Size"/> is the length of its range, whatever was printed.</summary>
    public long? BytesOf(Region region, int at, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(region);
        if (!region.IsAliveAt(at) || !(metric == Metric.Size || Has(at, metric))) return null;
        var log = LogOf(metric);
        var number = log.Find(region.Ordinal, region.BornAt, at);
        return number < 0 ? null : metric == Metric.Size ? number : number * 1024;
    }

    /// <summary>What <see cref="NearestExtentOf"/> says of many regions, at the cost of one pass over the changes of addresses.</summary>
    public RegionExtent[] NearestExtentsOf(IReadOnlyList<Region> regions, int at)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var (extents, known) = (new LoggedExtent[_regions.Count], new bool[_regions.Count]);
        foreach (var (_, ordinals, values) in _extents.Points[.._extents.CountUpTo(at)])
            for (var i = 0; i < ordinals.Length; i++) (extents[ordinals[i]], known[ordinals[i]]) = (values[i], true);
        var result = new RegionExtent[regions.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var (region, extent) = (regions[i], extents[regions[i].Ordinal]);
            result[i] = known[region.Ordinal] ? new(new(extent.Start, extent.End), _lines[extent.Line].Permissions, _lines[extent.Line].Name) : NearestExtentOf(region, at);
        }
        return result;
    }

    /// <summary>A number of many regions at a point in bytes, 0 where a region is not there or its line lacks the number, at the cost of one pass over the number's changes.</summary>
    public long[] BytesOf(IReadOnlyList<Region> regions, int at, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(regions);
        var (log, stored) = (LogOf(metric), new int[_regions.Count]);
        foreach (var (_, ordinals, values) in log.Points[..log.CountUpTo(at)])
            for (var i = 0; i < ordinals.Length; i++) stored[ordinals[i]] = values[i];
        var bytes = new long[regions.Count];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = log.Bytes(stored[regions[i].Ordinal]);
        return bytes;
    }

    /// <summary>The region of an id, or null.</summary>
    public Region? Find(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>The index of the point with a snapshot number, or -1.</summary>
    public int IndexOfNumber(int number) => _instants.FindIndex(p => p.Number == number);

    /// <summary>The points from <paramref name="from"/> on with their mappings, earliest first, at the cost of one pass over all changes.</summary>
    public IEnumerable<TrackPoint> Tables(int from = 0)
    {
        var replay = new TrackReplay(this);
        for (var at = from; at < _points.Count; at++)
        {
            replay.AdvanceTo(at);
            yield return new(_instants[at].Number, _instants[at].TakenAt, replay.View().Vmas);
        }
    }

    /// <summary>What is known of a point beside the logs.</summary>
    /// <param name="Rows">How many mappings it has.</param>
    /// <param name="Printed">By <see cref="Metric"/> a bit: the source printed it for some mapping.</param>
    /// <param name="HasFlags">It printed VmFlags.</param>
    /// <param name="RowOrder">Ordinals of the regions by row where starts do not say the order, because a torn snapshot has some twice; null otherwise.</param>
    internal readonly record struct PointFacts(int Rows, ulong Printed, bool HasFlags, int[]? RowOrder);
}
