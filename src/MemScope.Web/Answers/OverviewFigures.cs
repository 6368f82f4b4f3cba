using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>The part of an overview that comes from the track.</summary>
internal sealed record OverviewFigures(WindowWire Window, GrowthWire Total, IReadOnlyList<GrowthWire> Categories, IReadOnlyList<RegionWire> TopGrowers, int UnchangedRegions, long UnchangedRssBytes,
    string Answer)
{
    private const int Growers = 5;

    /// <summary>Measures a window.</summary>
    public static OverviewFigures Of(TrackWindow window, AssessedProcess assessed)
    {
        var track = window.Track;
        var regionsOf = new int[Core.Model.Categories.All.Count];
        foreach (var category in track.CategoriesAt(window.To)) regionsOf[(int)category.Category]++;

        var total = Growth("total", window, TrackSeries.Total(track, Metric.Rss), track.CountAt(window.To));
        var categories = TrackSeries.ByCategory(track, Metric.Rss)
            .Select(c => Growth(c.Key.Slug(), window, c.Value, regionsOf[(int)c.Key]))
            .Where(g => g.RssBytes != 0 || g.RssChangeBytes != 0 || g.Regions > 0)
            .OrderByDescending(g => g.RssBytesPerSecond).ThenByDescending(g => g.RssBytes).ToList();

        var ranked = GrowthRanking.Rank(track, window.From, window.To);
        var growers = window.Count < 2 ? [] : ranked.Where(g => g.BytesPerSecond > 0 && g.ChangeBytes > 0).Take(Growers).ToList();
        var shown = growers.Select(g => g.Region).ToHashSet();
        var still = ranked.Where(g => g.ChangeBytes == 0 && g.Region.BornAt <= window.From && g.Region.LastAt >= window.To && !shown.Contains(g.Region)).ToList();
        var top = growers.ConvertAll(g => RegionWires.Of(window, g));
        return new OverviewFigures(window.ToWire(), total, categories, top, still.Count, still.Sum(g => g.LastBytes), OverviewWords.Answer(window, assessed, total, categories, top));
    }

    private static GrowthWire Growth(string key, TrackWindow window, double[] series, int regions)
    {
        var measure = window.Measure(series);
        return new GrowthWire(key, measure.LastBytes, measure.ChangeBytes, measure.BytesPerSecond, measure.LowBytesPerSecond, measure.HighBytesPerSecond, measure.RSquared, measure.Shape.Slug(), regions);
    }
}
