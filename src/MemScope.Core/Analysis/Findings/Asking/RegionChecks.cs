using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of the regions that grow.</summary>
internal static class RegionChecks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("few-regions", "so many regions bring that share of the growth of RSS", [new("regions", ArgumentKind.Number, "at most so many"), new("least", ArgumentKind.Share, "of the slope of RSS")], FewRegions),
        new("anchor", "the region that grows fastest moves its ends so", [new("form", ArgumentKind.Words, "how") { Words = RegionSteps.Words }], Anchor),
        new("region-count", "so many regions of these categories are there at the window's end", [new("category", ArgumentKind.Categories, "categories, taken together"), new("least", ArgumentKind.Number, "at least so many")], Count),
    ];

    private static CheckResult Count(CheckCall call)
    {
        var (c, categories) = (call.Case, call.Categories("category"));
        if (c.Count == 0) return CheckResult.Unknown("no snapshot");
        var assigned = c.File.Overrides.Apply(c.Track.AliveAt(c.To), c.Track.CategoriesAt(c.To));
        var count = assigned.Count(a => categories.Contains(a.Category));
        return CheckResult.Of(count >= call.Number("least"), $"{SizeWords.Count(count, "mapping")} of {GrowthChecks.Names(categories)} at {c.Number(c.To)}", c.SnapshotSource(categories.Count == 1 ? categories[0] : null)) with { Metric = SizeWords.Count(count, "mapping") };
    }

    private static CheckResult FewRegions(CheckCall call)
    {
        var c = call.Case;
        if (c.Fastest is not { } fastest || !(c.Slope > 0)) return CheckResult.Of(false, "no region grows", c.Count > 0 ? c.SnapshotSource() : null);
        var (most, least) = ((int)call.Number("regions"), call.Share("least"));
        var (share, count) = (0.0, 0);
        while (count < most && count < c.Ranking.Count && share < Math.Max(least, Enough)) share += c.Ranking[count++].BytesPerSecond / c.Slope;
        var bytes = c.Ranking.Take(count).SumOf(g => g.ChangeBytes);
        var others = c.Track.CountAt(c.To) - c.Ranking.Take(count).Count(g => g.Region.IsAliveAt(c.To));
        var figures = $"{GrowthChecks.Signed(bytes)} of {GrowthChecks.Signed(c.ChangeBytes)} between {c.Number(c.SteadyFrom)} and {c.Number(c.To)} in {SizeWords.Count(count, "region")}; {GrowthChecks.KiB(c.ChangeBytes - bytes)} in the {others} others";
        return CheckResult.Of(share >= least, figures, c.SnapshotSource() with { Kind = EvidenceKind.Region, Region = fastest.Region.Id }) with { Curve = CurveOf(c, fastest.Region), Metric = $"{GrowthChecks.Signed(bytes)} of {GrowthChecks.Signed(c.ChangeBytes)}" };
    }

    /// <summary>Further regions are not worth naming.</summary>
    private const double Enough = 0.97;

    private static CheckResult Anchor(CheckCall call)
    {
        var c = call.Case;
        if (c.Fastest is not { } fastest) return CheckResult.Of(false, "no region grows", c.Count > 0 ? c.SnapshotSource() : null);
        var steps = RegionSteps.Of(c.Track, fastest.Region, c.SteadyFrom, c.To);
        var source = new EvidenceSource(EvidenceKind.Region, $"lineage, {SizeWords.Count(c.To - c.SteadyFrom + 1, "snapshot")}") { Region = fastest.Region.Id };
        if (steps.Anchor == RegionAnchor.None) return CheckResult.Of(false, steps.Changes == 0 ? "its addresses stay" : "its ends move both ways", source);
        var (before, after) = (steps.Before, steps.After);
        var size = steps.StepBytes is { } step ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" = {steps.Steps:N0} × {SizeWords.Size(step)}") : $", {RegionWords.Size(after.Length > before.Length ? after.Length - before.Length : 0)} more";
        var figures = steps.Anchor switch
        {
            RegionAnchor.EndFixed => $"start {before.Start:x} → {after.Start:x}{size}, end {after.End:x}",
            RegionAnchor.StartFixed => $"end {before.End:x} → {after.End:x}{size}, start {after.Start:x}",
            _ => $"{before.Start:x} → {after.Start:x}{size}",
        };
        return CheckResult.Of(RegionSteps.Words[(int)steps.Anchor - 1] == call.Text("form"), figures, source) with { Curve = CurveOf(c, fastest.Region), Metric = steps.StepBytes is null ? null : size[" = ".Length..] };
    }

    private static IReadOnlyList<double> CurveOf(CaseFacts c, Region region) => CaseFacts.Curve(Growth.TrackSeries.OfRegion(c.Track, region, Metric.Rss)[c.From..(c.To + 1)]);
}
