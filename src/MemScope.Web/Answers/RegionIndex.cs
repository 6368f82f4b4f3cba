using System.Runtime.CompilerServices;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>A region as lists filter and sort it.</summary>
/// <param name="Rss">Its growth of RSS.</param>
/// <param name="Measured">Its growth of the list's measure.</param>
/// <param name="Extent">Where it lies at the window's end, or was seen last.</param>
/// <param name="Category">Slug of its category in this view.</param>
/// <param name="IsAlive">Whether it exists at the window's end.</param>
/// <param name="VirtualBytes">Its size at the window's end, 0 where it is gone.</param>
/// <param name="PssBytes">PSS at the window's end, 0 where it is gone or not printed.</param>
/// <param name="PrivateDirtyBytes">The same of private dirty memory.</param>
/// <param name="Range">Its addresses as text.</param>
internal readonly record struct IndexedRegion(RegionGrowth Rss, RegionGrowth Measured, RegionExtent Extent, string Category, bool IsAlive, long VirtualBytes, long PssBytes, long PrivateDirtyBytes, string Range);

/// <summary>
/// All regions of a window with what a list filters, sorts and sums by, made once and asked at every key that is typed. It holds what it was made of, so it lives no longer than its track: used only
/// while the track is.
/// </summary>
internal sealed class RegionIndex
{
    /// <summary>Windows and measures that are kept for a track.</summary>
    private const int MostKept = 2;

    /// <summary>Rows that are kept ready made.</summary>
    private const int MostWires = 2000;

    private static readonly ConditionalWeakTable<Track, List<RegionIndex>> Kept = [];

    private readonly (int From, int To, int Points, long Change) _of;
    private readonly string? _overrides;
    private readonly IndexedRegion[] _rows;
    private readonly Dictionary<string, int[]> _orders = new(StringComparer.Ordinal);
    private readonly Dictionary<int, RegionWire> _wires = [];

    private RegionIndex(TrackWindow window, GrowthMetric metric, long change)
    {
        var track = window.Track;
        (_of, _overrides, Metric) = ((window.From, window.To, track.Points.Count, change), window.Overrides.Text, metric);
        (Missing, Metrics) = (metric.Missing(track, window.From, window.To), GrowthMetric.PrintedIn(track, window.From, window.To));
        (HasPss, HasPrivateDirty) = (track.Has(window.To, Core.Model.Metric.Pss), track.Has(window.To, Core.Model.Metric.PrivateDirty));
        var ranked = GrowthRanking.Rank(track, window.From, window.To);
        var measured = Missing is not null || metric == GrowthMetric.Rss ? null : GrowthSeries.Rank(track, window.From, window.To, metric).ToDictionary(g => g.Region);
        var regions = ranked.Select(g => g.Region).ToArray();
        var extents = track.NearestExtentsOf(regions, window.To);
        var (pss, dirty) = (track.BytesOf(regions, window.To, Core.Model.Metric.Pss), track.BytesOf(regions, window.To, Core.Model.Metric.PrivateDirty));
        _rows = new IndexedRegion[regions.Length];
        for (var i = 0; i < _rows.Length; i++)
        {
            var (region, isAlive) = (regions[i], regions[i].BornAt <= window.To && regions[i].LastAt >= window.To);
            var growth = Missing is not null ? default : measured is null ? ranked[i] : measured.GetValueOrDefault(region);
            _rows[i] = new(ranked[i], growth, extents[i], window.AssignmentOf(region).Category.Slug(), isAlive, isAlive ? (long)extents[i].Range.Length : 0, isAlive ? Math.Max(0, pss[i]) : 0,
                isAlive ? Math.Max(0, dirty[i]) : 0, extents[i].Range.ToString());
        }
    }

    /// <summary>The measure that growth, change and value are of.</summary>
    public GrowthMetric Metric { get; }

    /// <summary>Why the measure has no growth in this window, or null.</summary>
    public string? Missing { get; }

    /// <summary>Measures that the window's snapshots print, by slug.</summary>
    public IReadOnlyList<string> Metrics { get; }

    /// <summary>Whether the window's end prints PSS.</summary>
    public bool HasPss { get; }

    /// <summary>Whether the window's end prints private dirty memory.</summary>
    public bool HasPrivateDirty { get; }

    /// <summary>How many regions the window has.</summary>
    public int Count => _rows.Length;

    /// <summary>By what a list is sorted when nobody says.</summary>
    public string DefaultSort => Missing is null ? "growth" : "virtual";

    /// <summary>A row, by its rank in the growth of RSS.</summary>
    public ref readonly IndexedRegion this[int row] => ref _rows[row];

    /// <summary>The index of a window and a measure, made where it is not there yet. Only while the track is used.</summary>
    /// <param name="window">The window.</param>
    /// <param name="metric">The measure.</param>
    /// <param name="change">The process' change that the track stands at.</param>
    public static RegionIndex Of(TrackWindow window, GrowthMetric metric, long change)
    {
        var kept = Kept.GetOrCreateValue(window.Track);
        if (kept.Find(k => k.Is(window, metric, change)) is { } known) return known;
        kept.RemoveAll(k => k._of.Points != window.Track.Points.Count || k._of.Change != change);
        if (kept.Count == MostKept) kept.RemoveAt(0);
        var made = new RegionIndex(window, metric, change);
        kept.Add(made);
        return made;
    }

    /// <summary>Id of a row's region.</summary>
    public Guid IdOf(int row) => _rows[row].Rss.Region.Id;

    /// <summary>Where a row stands in an order.</summary>
    public RegionCursor PlaceOf(int row, string sort) => new(ValueOf(in _rows[row], sort), _rows[row].Rss.LastBytes, IdOf(row));

    /// <summary>All rows in an order.</summary>
    public IReadOnlyList<int> OrderBy(string sort)
    {
        if (_orders.TryGetValue(sort, out var order)) return order;
        order = [.. Enumerable.Range(0, _rows.Length)];
        var places = Array.ConvertAll(order, row => PlaceOf(row, sort));
        Array.Sort(places, order, RegionCursor.Order);
        return _orders[sort] = order;
    }

    /// <summary>Whether a row meets what is asked. <paramref name="measures"/> has those that the traits ask for, by slug.</summary>
    public bool Matches(int at, RegionRequest request, RegionFilter filter, Dictionary<string, long[]> measures)
    {
        ref readonly var row = ref _rows[at];
        if (!string.IsNullOrEmpty(request.Category) && !row.Category.Equals(request.Category, StringComparison.Ordinal)) return false;
        if (!filter.IsEmpty && !filter.Matches(row.Extent.Range.Start, row.Extent.Range.End, row.Range, row.Extent.Name, row.Category, row.Extent.Permissions.Text())) return false;
        return request.Traits.Terms.Count == 0 || request.Traits.Holds(new RegionFacts(row.Category, row.IsAlive ? row.Rss.LastBytes : 0, row.Measured.ChangeBytes, row.Rss.Region.BornAt > _of.From, row.IsAlive,
            request.Selected.Contains(row.Rss.Region.Id), measure => measures[measure][at]));
    }

    /// <summary>A measure of each row at the window's end, in bytes; 0 where it is not there or not printed.</summary>
    public long[] Sum(TrackWindow window, GrowthMetric metric)
    {
        var (sums, regions) = (new long[_rows.Length], Array.ConvertAll(_rows, r => r.Rss.Region));
        foreach (var part in metric.Parts)
        {
            var bytes = window.Track.BytesOf(regions, window.To, part);
            for (var i = 0; i < sums.Length; i++) sums[i] += Math.Max(0, bytes[i]);
        }
        return sums;
    }

    /// <summary>Rows for the wire. The last of them are kept: their forms and lines take most of an answer's time.</summary>
    public IReadOnlyList<RegionWire> WiresOf(TrackWindow window, IReadOnlyList<int> rows)
    {
        var missing = rows.Where(row => !_wires.ContainsKey(row)).ToList();
        var made = RegionWires.Of(window, missing.ConvertAll(row => (_rows[row].Rss, _rows[row].Measured)), Missing is null ? Metric : GrowthMetric.Rss);
        if (rows.Count > MostWires)
        {
            var all = missing.Zip(made).ToDictionary(m => m.First, m => m.Second);
            return [.. rows.Select(row => all.TryGetValue(row, out var wire) ? wire : _wires[row])];
        }
        if (_wires.Count + missing.Count > MostWires)
        {
            var needed = rows.Where(_wires.ContainsKey).Select(row => (row, _wires[row])).ToList();
            _wires.Clear();
            foreach (var (row, wire) in needed) _wires[row] = wire;
        }
        foreach (var (row, wire) in missing.Zip(made)) _wires[row] = wire;
        return [.. rows.Select(row => _wires[row])];
    }

    private bool Is(TrackWindow window, GrowthMetric metric, long change) => Metric == metric && _overrides == window.Overrides.Text && _of == (window.From, window.To, window.Track.Points.Count, change);

    private static double ValueOf(in IndexedRegion row, string sort) => sort switch
    {
        "rss" => row.Rss.LastBytes,
        "pss" => row.PssBytes,
        "virtual" => row.VirtualBytes,
        "change" => row.Measured.ChangeBytes,
        "value" => row.Measured.LastBytes,
        "address" => -(double)row.Extent.Range.Start,
        _ => RegionWires.Slope(row.Measured),
    };
}
