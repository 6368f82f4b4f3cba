using System.Globalization;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What is asked of a chart's columns.</summary>
/// <param name="By"><c>total</c>, <c>category</c>, <c>backing</c> or <c>region</c>.</param>
/// <param name="Metric">Slug of the number.</param>
/// <param name="Points">Most points to send.</param>
/// <param name="Top">Most regions or backings to send on their own; the rest is summed as <c>other</c>.</param>
internal sealed record SeriesRequest(string By, GrowthMetric Metric, int Points, int Top)
{
    /// <summary>The only region to answer with when split by region, or null for those that changed most.</summary>
    public Guid? Region { get; init; }

    /// <summary>Most points that can be asked for.</summary>
    public const int MostPoints = 5000;

    /// <summary>Most regions that can be asked for.</summary>
    public const int MostRegions = 200;

    /// <summary>Ways to split.</summary>
    public static IReadOnlyList<string> Splits { get; } = ["total", "category", "backing", "region"];
}

/// <summary>Columns for a chart.</summary>
internal static class SeriesColumns
{
    private const string Other = "other";

    /// <summary>Answers a request; its names must be known ones.</summary>
    public static SeriesWire Of(TrackWindow window, SeriesRequest request)
    {
        var metric = request.Metric;
        var total = GrowthSeries.Total(window.Track, metric);
        var columns = Columns(window, request, total);
        var kept = Decimation.Pick(window.Slice(total), columns.ConvertAll(c => c.Values[window.From..(window.To + 1)]), Math.Clamp(request.Points, 2, SeriesRequest.MostPoints));
        var points = window.Track.Points;
        return new SeriesWire(window.Track.Source.Text(), metric.Slug, columns.ConvertAll(c => c.Key), columns.ConvertAll(c => c.Title), [.. kept.Select(i => points[window.From + i].Number)],
            [.. kept.Select(i => (points[window.From + i].TakenAt - DateTimeOffset.UnixEpoch).TotalMilliseconds)],
            [.. columns.Select(c => kept.Select(i => c.Values[window.From + i]).ToArray())], kept.Length < window.Count) { LeftOutSnapshots = window.Track.LeftOut, Unit = metric.Unit, Missing = metric.Missing(window.Track, window.From, window.To), Categories = request.By is "region" or "backing" && request.Region is null ? columns.ConvertAll(c => c.Category) : [] };
    }

    /// <summary>The parts of the same chart over the whole track, at both ends of a window.</summary>
    public static SeriesPartsWire PartsOf(TrackWindow window, SeriesRequest request)
    {
        var whole = window with { From = 0, To = window.Track.Points.Count - 1 };
        var columns = Columns(whole, request, GrowthSeries.Total(window.Track, request.Metric));
        return new SeriesPartsWire(request.Metric.Unit, columns.ConvertAll(c => new SeriesPartWire(c.Key, c.Title, c.Category, Known(c.Values[window.From]), Known(c.Values[window.To]))));
    }

    private static List<Column> Columns(TrackWindow window, SeriesRequest request, double[] total) => request.By switch
    {
        "category" => [.. GrowthSeries.ByCategory(window.Track, request.Metric, window.Overrides).Select(c => new Column(c.Key.Slug(), c.Key.Slug(), c.Value)).Where(c => HasValue(window, c.Values))],
        "backing" => ByBacking(window, request.Metric, total, Math.Clamp(request.Top, 1, SeriesRequest.MostRegions)),
        "region" when request.Region is { } only => OfRegion(window, request.Metric, only),
        "region" => ByRegion(window, request.Metric, total, Math.Clamp(request.Top, 1, SeriesRequest.MostRegions)),
        _ => [new("total", "total", total)],
    };

    private static List<Column> OfRegion(TrackWindow window, GrowthMetric metric, Guid id) =>
        window.Track.Find(id) is { } region ? [new Column(id.ToString(), Title(window, region), GrowthSeries.OfRegions(window.Track, [region], metric)[0])] : [];

    private static List<Column> ByRegion(TrackWindow window, GrowthMetric metric, double[] total, int top)
    {
        var ranked = GrowthSeries.Rank(window.Track, window.From, window.To, metric).OrderByDescending(g => Math.Abs(g.ChangeBytes)).ThenByDescending(g => g.LastBytes).ThenBy(g => g.Region.BornAt).ToList();
        var rest = (double[])total.Clone();
        var columns = new List<Column>(Math.Min(top, ranked.Count) + 1);
        var shown = ranked.Take(top).Select(g => g.Region).ToList();
        foreach (var (region, values) in shown.Zip(GrowthSeries.OfRegions(window.Track, shown, metric)))
        {
            TakeOff(rest, values);
            columns.Add(new Column(region.Id.ToString(), Title(window, region), values) { Category = window.AssignmentOf(region).Category.Slug() });
        }
        if (ranked.Count > top) columns.Add(new Column(Other, string.Create(CultureInfo.InvariantCulture, $"{ranked.Count - top:N0} others"), rest));
        return columns;
    }

    private static List<Column> ByBacking(TrackWindow window, GrowthMetric metric, double[] total, int top)
    {
        var categories = CategoriesOfBackings(window);
        var ranked = GrowthSeries.ByBacking(window.Track, metric, window.Overrides).Select(b => new Column(b.Backing, b.Backing, b.Values) { Category = categories[b.Backing] }).Where(c => HasValue(window, c.Values))
            .OrderByDescending(c => Math.Abs(c.Values[window.To] - c.Values[window.From])).ThenByDescending(c => c.Values[window.To]).ToList();
        if (ranked.Count <= top) return ranked;
        var rest = (double[])total.Clone();
        foreach (var column in ranked.Take(top)) TakeOff(rest, column.Values);
        return [.. ranked.Take(top), new Column(Other, string.Create(CultureInfo.InvariantCulture, $"{ranked.Count - top:N0} others"), rest)];
    }

    // A backing has the category of the last of its regions.
    private static Dictionary<string, string> CategoriesOfBackings(TrackWindow window)
    {
        var categories = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var region in window.Track.Regions) categories[GrowthSeries.BackingOf(region, window.Overrides)] = window.AssignmentOf(region).Category.Slug();
        return categories;
    }

    private static double Known(double value) => double.IsNaN(value) ? 0 : value;

    /// <summary>Takes a part off what is left of a whole; where the part does not exist, nothing.</summary>
    public static void TakeOff(double[] rest, double[] values)
    {
        for (var i = 0; i < rest.Length; i++) if (double.IsFinite(values[i])) rest[i] -= values[i];
    }

    /// <summary>What a region is called in a chart or a list of growth.</summary>
    public static string Title(TrackWindow window, Region region)
    {
        var extent = window.Track.NearestExtentOf(region, window.To);
        return extent.Name.Length > 0 ? extent.Name : $"{window.AssignmentOf(region).Category.Slug()} {extent.Range}";
    }

    private static bool HasValue(TrackWindow window, double[] values) => window.Slice(values).ContainsAnyExcept(0, double.NaN);

    private sealed record Column(string Key, string Title, double[] Values)
    {
        /// <summary>Slug of a region's or backing's category; empty else.</summary>
        public string Category { get; init; } = "";
    }
}
