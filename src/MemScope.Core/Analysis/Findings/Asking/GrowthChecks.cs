using System.Globalization;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of how RSS and its categories grow in the window.</summary>
internal static class GrowthChecks
{
    private static readonly CheckArgument Category = new("category", ArgumentKind.Categories, "categories, taken together");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("grows", "RSS grows in a form that does not end by itself", [], Grows),
        new("assessed", "the snapshots alone come to this, for one of these categories",
            [new("kind", ArgumentKind.Words, "leak, retention, healthy, unclear") { Words = ["leak", "retention", "healthy", "unclear"] }, Category with { IsOptional = true }], Assessed),
        new("shape", "the growth has one of these forms",
            [new("of", ArgumentKind.Categories, "of these categories instead of RSS") { IsOptional = true }, new("form", ArgumentKind.Shapes, "the forms")], Shape),
        new("category-share", "these categories bring that share of the growth of RSS", [Category, new("least", ArgumentKind.Share, "of the slope of RSS")], CategoryShare),
        new("category-flat", "these categories have no part in the growth", [Category, new("most", ArgumentKind.Share, "of the slope of RSS, up or down")], CategoryFlat),
        new("category-holds", "these categories hold that share of RSS at the window's end", [Category, new("least", ArgumentKind.Share, "of RSS")], CategoryHolds),
        new("metric-flat", "a number of smaps has no part in the growth",
            [new("metric", ArgumentKind.Metric, "the number"), new("most", ArgumentKind.Share, "of the slope of RSS, up or down")], MetricFlat),
        new("metric-share", "a number of smaps is that share of RSS at the window's end", [new("metric", ArgumentKind.Metric, "the number"), new("least", ArgumentKind.Share, "of RSS")], MetricShare),
        new("old-pages-flat", "addresses that were mapped already at the window's begin bring no growth", [new("most", ArgumentKind.Share, "of the growth of RSS")], OldPagesFlat),
    ];

    private static CheckResult Grows(CheckCall call)
    {
        var c = call.Case;
        if (c.Snapshots.Kind == "unclear") return CheckResult.Unknown(c.Snapshots.Summary);
        if (!c.Grows) return CheckResult.Of(false, c.Snapshots.Summary, c.Count > 0 ? c.SnapshotSource() : null);
        var span = SizeWords.Length(c.Track.Points[c.To].TakenAt - c.Track.Points[c.SteadyFrom].TakenAt);
        return CheckResult.Of(true, $"{Signed(c.ChangeBytes)} in {span}, {AssessmentWords.Rate(c.Slope)}", c.SnapshotSource()) with { Curve = CaseFacts.Curve(c.Rss), Metric = AssessmentWords.Rate(c.Slope) };
    }

    private static CheckResult Assessed(CheckCall call)
    {
        var (c, categories) = (call.Case, call.Categories("category"));
        var (kind, category) = (c.Snapshots.Kind, c.Snapshots.Category);
        var holds = call.Texts("kind").Contains(kind, StringComparer.Ordinal) && (categories.Count == 0 || (category is { } one && categories.Contains(one)));
        return CheckResult.Of(holds, c.Snapshots.Summary, c.Count > 0 ? c.SnapshotSource(category) : null) with { Curve = CaseFacts.Curve(c.Rss) };
    }

    private static CheckResult Shape(CheckCall call)
    {
        var (c, of) = (call.Case, call.Categories("of"));
        var series = of.Count > 0 ? c.Of(of) : c.Rss;
        if (c.Count < ProcessAssessor.FewestSnapshots) return CheckResult.Unknown("too few snapshots to tell a form");
        if (series is null) return CheckResult.Of(false, $"there is no {Names(of)}", c.SnapshotSource());
        var shape = GrowthFit.Shape(c.Seconds, series);
        return CheckResult.Of(call.Shapes("form").Contains(shape), $"its form is {shape.Slug()}", c.SnapshotSource(of.Count == 1 ? of[0] : null)) with { Curve = CaseFacts.Curve(series) };
    }

    private static CheckResult CategoryShare(CheckCall call)
    {
        var (c, categories) = (call.Case, call.Categories("category"));
        if (!c.Grows && !(c.Slope > 0)) return CheckResult.Of(false, "RSS does not grow", c.Count > 0 ? c.SnapshotSource() : null);
        var series = c.Of(categories);
        var share = c.ShareOf(series);
        return CheckResult.Of(share >= call.Share("least"), $"{Signed(series is null ? 0 : c.Change(series))} of {Signed(c.ChangeBytes)} between {c.Number(c.SteadyFrom)} and {c.Number(c.To)}: {Percent(share)} of the slope",
            c.SnapshotSource(categories.Count == 1 ? categories[0] : null)) with { Curve = CaseFacts.Curve(series), Metric = Percent(share) };
    }

    private static CheckResult CategoryFlat(CheckCall call)
    {
        var (c, categories) = (call.Case, call.Categories("category"));
        if (c.Count < 2) return CheckResult.Unknown("one snapshot shows no growth");
        var series = c.Of(categories);
        if (CaseFacts.Ends(series) is not var (first, last)) return CheckResult.Of(true, $"no snapshot has {Names(categories)}", c.SnapshotSource()) with { Metric = "0 KiB" };
        var (seen, absent) = (categories.Where(c.ByCategory.ContainsKey).ToList(), categories.Where(x => !c.ByCategory.ContainsKey(x)).ToList());
        return Flat(call, series!, Names(seen, "and"), absent.Count == 0 ? "" : $"; no {Names(absent)}", first, last, c.SnapshotSource(categories.Count == 1 ? categories[0] : null));
    }

    private static CheckResult MetricFlat(CheckCall call)
    {
        var (c, metric) = (call.Case, call.Metric("metric"));
        if (c.Count < 2) return CheckResult.Unknown("one snapshot shows no growth");
        var series = c.Series(metric);
        if (CaseFacts.Ends(series) is not var (first, last)) return CheckResult.Unknown($"{c.Track.Source.Text()} prints no {metric.SmapsName()}");
        return Flat(call, series, metric.SmapsName(), "", first, last, c.SnapshotSource());
    }

    private static CheckResult Flat(CheckCall call, double[] series, string what, string behind, long first, long last, EvidenceSource source)
    {
        var c = call.Case;
        var finite = Array.FindAll(series, double.IsFinite);
        var isConstant = Array.TrueForAll(finite, v => v == finite[0]);
        var share = c.Grows ? c.ShareOf(series) : OfRise(c, first, last);
        var figures = isConstant
            ? string.Create(CultureInfo.InvariantCulture, $"{what}: {KiB(first)} in {finite.Length} of {c.Count} snapshots{behind}")
            : $"{what}: {KiB(first)} → {KiB(last)}, {Percent(share)} of the growth{behind}";
        return CheckResult.Of(isConstant || Math.Abs(share) <= call.Share("most"), figures, source) with { Curve = CaseFacts.Curve(series), Metric = isConstant && first == 0 ? "0 KiB" : $"{Number(first)} → {KiB(last)}" };
    }

    /// <summary>Where RSS has come to rest: the part of its whole rise in the window.</summary>
    private static double OfRise(CaseFacts c, long first, long last) => CaseFacts.Ends(c.Rss) is var (begin, end) && end > begin ? (double)(last - first) / (end - begin) : last == first ? 0 : 1;

    private static CheckResult CategoryHolds(CheckCall call)
    {
        var (c, categories) = (call.Case, call.Categories("category"));
        if (c.RssBytes <= 0) return CheckResult.Unknown("the snapshots print no RSS");
        var series = c.Of(categories);
        var bytes = CaseFacts.Ends(series)?.Last ?? 0;
        var share = (double)bytes / c.RssBytes;
        return CheckResult.Of(share >= call.Share("least"), $"{Names(categories)}: {SizeWords.Size(bytes)} of {SizeWords.Size(c.RssBytes)} at {c.Number(c.To)}, {Percent(share)}",
            c.SnapshotSource(categories.Count == 1 ? categories[0] : null)) with { Curve = CaseFacts.Curve(series), Metric = Percent(share) };
    }

    private static CheckResult MetricShare(CheckCall call)
    {
        var (c, metric) = (call.Case, call.Metric("metric"));
        if (c.RssBytes <= 0 || CaseFacts.Ends(c.Series(metric)) is not var (_, bytes)) return CheckResult.Unknown(c.Count == 0 ? "no snapshot" : $"{c.Track.Source.Text()} prints no {metric.SmapsName()}");
        var share = (double)bytes / c.RssBytes;
        return CheckResult.Of(share >= call.Share("least"), $"{metric.SmapsName()}: {SizeWords.Size(bytes)} of {SizeWords.Size(c.RssBytes)} at {c.Number(c.To)}, {Percent(share)}", c.SnapshotSource()) with
        {
            Curve = CaseFacts.Curve(c.Series(metric)), Metric = Percent(share),
        };
    }

    /// <summary>A region whose Rss grew by more than its addresses had pages come into RAM at addresses that it had before: at least the difference.</summary>
    private static CheckResult OldPagesFlat(CheckCall call)
    {
        var c = call.Case;
        if (c.Count < 2 || !(c.ChangeBytes > 0)) return CheckResult.Unknown("RSS does not grow in the window");
        var old = c.Ranking.Where(g => g.Region.BornAt <= c.SteadyFrom && g.ChangeBytes > 0).ToList();
        var (before, after) = (c.Track.NearestExtentsOf([.. old.Select(g => g.Region)], c.SteadyFrom), c.Track.NearestExtentsOf([.. old.Select(g => g.Region)], c.To));
        var bytes = old.Select((g, i) => Math.Max(0, g.ChangeBytes - Math.Max(0, (long)after[i].Range.Length - (long)before[i].Range.Length))).SumOf(b => b);
        var held = c.Track.BytesOf([.. c.Ranking.Where(g => g.Region.BornAt <= c.SteadyFrom).Select(g => g.Region)], c.SteadyFrom, Metric.Rss).SumOf(b => b);
        return CheckResult.Of(bytes <= call.Share("most") * c.ChangeBytes, $"what was mapped before {c.Number(c.SteadyFrom)} held {SizeWords.Size(held)} then; pages touched there since: {KiB(bytes)}", c.SnapshotSource()) with { Metric = KiB(bytes) };
    }

    /// <summary><c>+37,592 KiB</c>.</summary>
    public static string Signed(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{(bytes < 0 ? '-' : '+')}{Math.Abs(bytes / 1024):N0} KiB");

    /// <summary><c>37,592 KiB</c>.</summary>
    public static string KiB(long bytes) => $"{Number(bytes)} KiB";

    /// <summary><c>97 %</c>, <c>99.6 %</c>.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    /// <summary>What categories are called in a sentence.</summary>
    public static string Names(IReadOnlyList<Category> categories, string join = "or") => string.Join($" {join} ", categories.Select(AssessmentWords.Name));

    private static string Number(long bytes) => (bytes / 1024).ToString("N0", CultureInfo.InvariantCulture);
}
