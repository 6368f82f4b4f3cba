using System.Globalization;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What is asked of a chart's columns.</summary>
/// <param name="By"><c>total</c>, <c>category</c> or <c>region</c>.</param>
/// <param name="Metric">Slug of the number.</param>
/// <param name="Points">Most points to send.</param>
/// <param name="Top">Most regions to send on their own; the rest is summed as <c>other</c>.</param>
internal sealed record SeriesRequest(string By, string Metric, int Points, int Top)
{
    /// <summary>The only region to answer with when split by region, or null for those that changed most.</summary>
    public Guid? Region { get; init; }

    /// <summary>Most points that can be asked for.</summary>
    public const int MostPoints = 5000;

    /// <summary>Most regions that can be asked for.</summary>
    public const int MostRegions = 200;

    /// <summary>Ways to split.</summary>
    public static IReadOnlyList<string> Splits { get; } = ["total", "category", "region"];

    /// <summary>Numbers that can be charted, by their slug.</summary>
    public static IReadOnlyDictionary<string, Metric> Metrics { get; } = new Dictionary<string, Metric>(StringComparer.Ordinal)
    {
        ["rss"] = Core.Model.Metric.Rss,
        ["pss"] = Core.Model.Metric.Pss,
        ["private-dirty"] = Core.Model.Metric.PrivateDirty,
        ["swap"] = Core.Model.Metric.Swap,
        ["anonymous"] = Core.Model.Metric.Anonymous,
        ["virtual"] = Core.Model.Metric.Size,
    };
}

/// <summary>Columns for a chart.</summary>
internal static class SeriesColumns
{
    private const string Other = "other";

    /// <summary>Answers a request; its names must be known ones.</summary>
    public static SeriesWire Of(TrackWindow window, SeriesRequest request)
    {
        var metric = SeriesRequest.Metrics[request.Metric];
        var total = TrackSeries.Total(window.Track, metric);
        var columns = request.By switch
        {
            "category" => [.. TrackSeries.ByCategory(window.Track, metric).Select(c => new Column(c.Key.Slug(), c.Key.Slug(), c.Value)).Where(c => HasValue(window, c.Values))],
            "region" when request.Region is { } only => OfRegion(window, metric, only),
            "region" => ByRegion(window, metric, total, Math.Clamp(request.Top, 1, SeriesRequest.MostRegions)),
            _ => new List<Column> { new("total", "total", total) },
        };
        var kept = Decimation.Pick(window.Slice(total), columns.ConvertAll(c => c.Values[window.From..(window.To + 1)]), Math.Clamp(request.Points, 2, SeriesRequest.MostPoints));
        var points = window.Track.Points;
        return new SeriesWire(window.Track.Source.Text(), request.Metric, columns.ConvertAll(c => c.Key), columns.ConvertAll(c => c.Title), [.. kept.Select(i => points[window.From + i].Number)],
            [.. kept.Select(i => (points[window.From + i].TakenAt - DateTimeOffset.UnixEpoch).TotalMilliseconds)],
            [.. columns.Select(c => kept.Select(i => c.Values[window.From + i]).ToArray())], kept.Length < window.Count) { LeftOutSnapshots = window.Track.LeftOut };
    }

    private static List<Column> OfRegion(TrackWindow window, Metric metric, Guid id) =>
        window.Track.Find(id) is { } region ? [new Column(id.ToString(), Title(window, region), TrackSeries.OfRegion(window.Track, region, metric))] : [];

    private static List<Column> ByRegion(TrackWindow window, Metric metric, double[] total, int top)
    {
        var ranked = GrowthRanking.Rank(window.Track, window.From, window.To, metric).OrderByDescending(g => Math.Abs(g.ChangeBytes)).ThenByDescending(g => g.LastBytes).ThenBy(g => g.Region.BornAt).ToList();
        var rest = (double[])total.Clone();
        var columns = new List<Column>(Math.Min(top, ranked.Count) + 1);
        var shown = ranked.Take(top).Select(g => g.Region).ToList();
        foreach (var (region, values) in shown.Zip(TrackSeries.OfRegions(window.Track, shown, metric)))
        {
            for (var i = 0; i < rest.Length; i++) if (double.IsFinite(values[i])) rest[i] -= values[i];
            columns.Add(new Column(region.Id.ToString(), Title(window, region), values));
        }
        if (ranked.Count > top) columns.Add(new Column(Other, string.Create(CultureInfo.InvariantCulture, $"{ranked.Count - top:N0} others"), rest));
        return columns;
    }

    private static string Title(TrackWindow window, Region region)
    {
        var extent = window.Track.NearestExtentOf(region, window.To);
        return extent.Name.Length > 0 ? extent.Name : $"{region.Category.Slug()} {extent.Range}";
    }

    private static bool HasValue(TrackWindow window, double[] values) => window.Slice(values).ContainsAnyExcept(0, double.NaN);

    private sealed record Column(string Key, string Title, double[] Values);
}
