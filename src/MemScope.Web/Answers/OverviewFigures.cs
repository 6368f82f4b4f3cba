using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>The part of an overview that comes from the track.</summary>
internal sealed record OverviewFigures(GrowthMeasure Measure, WindowWire Window, GrowthWire Total, IReadOnlyList<GrowthWire> Categories, IReadOnlyList<RegionWire> TopGrowers, int UnchangedRegions, long UnchangedRssBytes,
    string Answer, IReadOnlyList<string> Metrics)
{
    private const int Growers = 5;

    /// <summary>What is said of the process in this view.</summary>
    public required AssessedProcess Assessed { get; init; }

    /// <summary>RSS by category at the window's end where the user gave categories, else null: then the stored sums hold.</summary>
    public IReadOnlyDictionary<string, long>? LastByCategory { get; init; }

    /// <summary>Modules whose code was changed in memory, at the window's end.</summary>
    public IReadOnlyList<PatchedCodeWire> PatchedCode { get; init; } = [];

    /// <summary>The whole time line of the track.</summary>
    public required TimelineWire Timeline { get; init; }

    /// <summary>Measures a window.</summary>
    public static OverviewFigures Of(TrackWindow window, AssessedProcess assessed)
    {
        var track = window.Track;
        // What the user says of a region changes what is said of the process: growth in its heap is another finding than growth beside it.
        var yours = window.Overrides.IsEmpty ? assessed : assessed with { Assessment = ProcessAssessor.Assess(track, 0, track.Points.Count - 1, window.Overrides).ToWire() };
        var regionsOf = new int[Core.Model.Categories.All.Count];
        foreach (var category in window.CategoriesAt(window.To)) regionsOf[(int)category.Category]++;

        var rss = TrackSeries.Total(track, Metric.Rss);
        var measure = window.Measure(rss);
        var total = Growth("total", window, measure, track.CountAt(window.To)) with
        {
            ChangePoints = [.. ChangePoints.Of(window.Seconds(), window.Slice(rss)).Select(c => ChangeWords.ToWire(window, c, GrowthMetric.Rss))],
        };
        var categories = TrackSeries.ByCategory(track, Metric.Rss, window.Overrides)
            .Select(c => Growth(c.Key.Slug(), window, window.Measure(c.Value), regionsOf[(int)c.Key]))
            .Where(g => g.RssBytes != 0 || g.RssChangeBytes != 0 || g.Regions > 0)
            .OrderByDescending(g => g.RssBytesPerSecond).ThenByDescending(g => g.RssBytes).ToList();

        var ranked = GrowthRanking.Rank(track, window.From, window.To);
        var growers = window.Count < 2 ? [] : ranked.Where(g => g.BytesPerSecond > 0 && g.ChangeBytes > 0).Take(Growers).ToList();
        var shown = growers.Select(g => g.Region).ToHashSet();
        var still = ranked.Where(g => g.ChangeBytes == 0 && g.Region.BornAt <= window.From && g.Region.LastAt >= window.To && !shown.Contains(g.Region)).ToList();
        var top = RegionWires.Of(window, growers.ConvertAll(g => (g, g)), GrowthMetric.Rss);
        return new OverviewFigures(measure, window.ToWire(), total, categories, top, still.Count, still.Sum(g => g.LastBytes), OverviewWords.Answer(window, yours, total, categories, top),
            GrowthMetric.PrintedIn(track, window.From, window.To)) { Assessed = yours, Timeline = SnapshotRuns.Of(track), PatchedCode = PatchedCodeWires.Of(window), LastByCategory = CategoryTotals.OfPoint(window, window.To) };
    }

    private static GrowthWire Growth(string key, TrackWindow window, GrowthMeasure measure, int regions) =>
        new(key, measure.LastBytes, measure.ChangeBytes, measure.BytesPerSecond, measure.LowBytesPerSecond, measure.HighBytesPerSecond, measure.RSquared, measure.Shape.Slug(), regions)
        {
            WarmUpUntil = measure.WarmUpSeconds > 0 ? window.First.TakenAt.AddSeconds(measure.Steady.FromSeconds) : null,
            SteadyBytesPerSecond = measure.Steady.BytesPerSecond,
            SteadyLowBytesPerSecond = measure.Steady.LowBytesPerSecond,
            SteadyHighBytesPerSecond = measure.Steady.HighBytesPerSecond,
        };
}
