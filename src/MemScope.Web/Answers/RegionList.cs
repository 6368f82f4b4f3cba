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
        var byRegion = measured.ToDictionary(g => g.Region);
        var filter = new RegionFilter(request.Filter);
        var matching = ranked.Select(g => new Row(g, byRegion.GetValueOrDefault(g.Region), window.Track.NearestExtentOf(g.Region, window.To), window)).Where(r => Matches(window, r, request.Category, filter)).ToList();
        var sort = request.Sort ?? (missing is null ? "growth" : "virtual");
        var ordered = matching.Select(r => (Row: r, Place: new RegionCursor(r.ValueOf(sort), r.Growth.LastBytes, r.Growth.Region.Id))).OrderBy(r => r.Place, RegionCursor.Order).ToList();
        var after = request.Cursor is null ? default(RegionCursor?) : RegionCursor.Decode(request.Cursor) ?? throw new InvalidCursorException();
        var begin = after is { } place ? ordered.Count(r => RegionCursor.Order.Compare(r.Place, place) <= 0) : 0;
        var page = ordered.Skip(begin).Take(request.Limit).ToList();
        var more = begin + page.Count < ordered.Count;
        return new RegionsWire(window.ToWire(), RegionWires.Of(window, page.ConvertAll(r => (r.Row.Growth, r.Row.Measured)), missing is null ? request.Metric : GrowthMetric.Rss), more ? page[^1].Place.Encode() : null)
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

    private static bool Matches(TrackWindow window, Row row, string? category, RegionFilter filter)
    {
        var slug = window.AssignmentOf(row.Growth.Region).Category.Slug();
        return (string.IsNullOrEmpty(category) || slug.Equals(category, StringComparison.Ordinal))
            && filter.Matches(row.Extent.Range.Start, row.Extent.Range.End, row.Extent.Name, slug, row.Extent.Permissions.Text(), row.Extent.Range.ToString());
    }

    private readonly record struct Row(RegionGrowth Growth, RegionGrowth Measured, RegionExtent Extent, TrackWindow Window)
    {
        public bool IsAlive => Growth.Region.BornAt <= Window.To && Growth.Region.LastAt >= Window.To;

        public double ValueOf(string sort) => sort switch
        {
            "rss" => Growth.LastBytes,
            "pss" => Window.Track.BytesOf(Growth.Region, Window.To, Metric.Pss) ?? 0,
            "virtual" => IsAlive ? Extent.Range.Length : 0,
            "change" => Measured.ChangeBytes,
            "value" => Measured.LastBytes,
            "address" => -(double)Extent.Range.Start,
            _ => RegionWires.Slope(Measured),
        };
    }
}
