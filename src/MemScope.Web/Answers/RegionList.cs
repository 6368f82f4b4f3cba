using System.Runtime.InteropServices;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What is asked of the list of regions.</summary>
/// <param name="Sort"><c>growth</c>, <c>rss</c>, <c>pss</c>, <c>virtual</c>, <c>change</c>, <c>address</c>, <c>value</c> (of the measure); null for growth, or virtual size where there is no RSS.</param>
/// <param name="Category">Slug that a region must have, or null.</param>
/// <param name="Filter">Text of the filter box, or null.</param>
/// <param name="Cursor">Where the page before ended, or null.</param>
/// <param name="Limit">Rows of the page.</param>
internal sealed record RegionRequest(string? Sort, string? Category, string? Filter, string? Cursor, int Limit)
{
    /// <summary>The measure that growth, change and value are of.</summary>
    public GrowthMetric Metric { get; init; } = GrowthMetric.Rss;

    /// <summary>What a region must meet beside the filter.</summary>
    public RegionTraits Traits { get; init; } = RegionTraits.Parse(null);

    /// <summary>The regions that <see cref="RegionTraits.Selected"/> holds for.</summary>
    public IReadOnlySet<Guid> Selected { get; init; } = RegionSelection.None.Set;

    /// <summary>Names that <see cref="Sort"/> may have.</summary>
    public static IReadOnlyList<string> Sorts { get; } = ["growth", "rss", "pss", "virtual", "change", "address", "value"];
}

/// <summary>Regions of a window: filtered, sorted, a page of them, totals over all that match.</summary>
internal static class RegionList
{
    /// <summary>Answers a request.</summary>
    public static RegionsWire Of(TrackWindow window, RegionRequest request)
    {
        var ranked = GrowthRanking.Rank(window.Track, window.From, window.To);
        var missing = request.Metric.Missing(window.Track, window.From, window.To);
        var measured = missing is not null ? [] : request.Metric == GrowthMetric.Rss ? ranked : GrowthSeries.Rank(window.Track, window.From, window.To, request.Metric);
        var byRegion = ReferenceEquals(measured, ranked) ? [] : measured.ToDictionary(g => g.Region);
        var regions = ranked.Select(g => g.Region).ToArray();
        var extents = window.Track.NearestExtentsOf(regions, window.To);
        var filter = new RegionFilter(request.Filter);
        var pss = request.Sort == "pss" ? window.Track.BytesOf(regions, window.To, Metric.Pss) : [];
        var measures = request.Traits.Asked.ToDictionary(m => m.Slug, m => Sum(window, regions, m), StringComparer.Ordinal);
        var matching = new List<Row>(ranked.Count);
        for (var i = 0; i < ranked.Count; i++)
        {
            var row = new Row(ranked[i], ReferenceEquals(measured, ranked) ? ranked[i] : byRegion.GetValueOrDefault(regions[i]), extents[i], pss.Length > 0 ? pss[i] : 0, window);
            if (Matches(window, row, i, request, filter, measures)) matching.Add(row);
        }
        var sort = request.Sort ?? (missing is null ? "growth" : "virtual");
        var after = request.Cursor is null ? default(RegionCursor?) : RegionCursor.Decode(request.Cursor) ?? throw new InvalidCursorException();
        var (page, next) = PageOf(matching, sort, after, request.Limit);
        return new RegionsWire(window.ToWire(), RegionWires.Of(window, page.ConvertAll(r => (r.Growth, r.Measured)), missing is null ? request.Metric : GrowthMetric.Rss), next?.Encode())
        {
            Metric = request.Metric.Slug,
            Unit = request.Metric.Unit,
            Missing = missing,
            Metrics = GrowthMetric.PrintedIn(window.Track, window.From, window.To),
            Value = missing is null ? matching.SumOf(r => r.Measured.LastBytes) : null,
            Change = missing is null ? matching.SumOf(r => r.Measured.ChangeBytes) : null,
            Matching = matching.Count,
            All = ranked.Count,
            RssBytes = matching.SumOf(r => r.Growth.LastBytes),
            RssChangeBytes = matching.SumOf(r => r.Growth.ChangeBytes),
            VirtualBytes = matching.SumOf(r => r.IsAlive ? (long)r.Extent.Range.Length : 0),
        };
    }

    /// <summary>The rows behind a place in the order, and the place of the last of them where more follow.</summary>
    private static (List<Row> Rows, RegionCursor? Next) PageOf(List<Row> matching, string sort, RegionCursor? after, int limit)
    {
        var (places, rows) = (new List<RegionCursor>(matching.Count), new List<int>(matching.Count));
        for (var i = 0; i < matching.Count; i++)
        {
            var place = new RegionCursor(matching[i].ValueOf(sort), matching[i].Growth.LastBytes, matching[i].Growth.Region.Id);
            if (after is { } last && RegionCursor.Order.Compare(place, last) <= 0) continue;
            places.Add(place);
            rows.Add(i);
        }
        var ordered = CollectionsMarshal.AsSpan(rows);
        CollectionsMarshal.AsSpan(places).Sort(ordered, RegionCursor.Order);
        var count = Math.Min(limit, rows.Count);
        var page = new List<Row>(count);
        foreach (var i in ordered[..count]) page.Add(matching[i]);
        return (page, count > 0 && count < rows.Count ? places[count - 1] : null);
    }

    private static bool Matches(TrackWindow window, Row row, int at, RegionRequest request, RegionFilter filter, Dictionary<string, long[]> measures)
    {
        var slug = window.AssignmentOf(row.Growth.Region).Category.Slug();
        return (string.IsNullOrEmpty(request.Category) || slug.Equals(request.Category, StringComparison.Ordinal))
            && (request.Traits.Terms.Count == 0 || request.Traits.Holds(new RegionFacts(slug, row.IsAlive ? row.Growth.LastBytes : 0, row.Measured.ChangeBytes, row.Growth.Region.BornAt > window.From, row.IsAlive,
                request.Selected.Contains(row.Growth.Region.Id), measure => measures[measure][at])))
            && (filter.IsEmpty || filter.Matches(row.Extent.Range.Start, row.Extent.Range.End, row.Extent.Name, slug, row.Extent.Permissions.Text(), row.Extent.Range.ToString()));
    }

    /// <summary>A measure of each region at the window's end, in bytes; 0 where it is not there or not printed.</summary>
    private static long[] Sum(TrackWindow window, Region[] regions, GrowthMetric metric)
    {
        var sums = new long[regions.Length];
        foreach (var part in metric.Parts)
        {
            var bytes = window.Track.BytesOf(regions, window.To, part);
            for (var i = 0; i < sums.Length; i++) sums[i] += Math.Max(0, bytes[i]);
        }
        return sums;
    }

    private readonly record struct Row(RegionGrowth Growth, RegionGrowth Measured, RegionExtent Extent, long PssBytes, TrackWindow Window)
    {
        public bool IsAlive => Growth.Region.BornAt <= Window.To && Growth.Region.LastAt >= Window.To;

        public double ValueOf(string sort) => sort switch
        {
            "rss" => Growth.LastBytes,
            "pss" => PssBytes,
            "virtual" => IsAlive ? Extent.Range.Length : 0,
            "change" => Measured.ChangeBytes,
            "value" => Measured.LastBytes,
            "address" => -(double)Extent.Range.Start,
            _ => RegionWires.Slope(Measured),
        };
    }
}
