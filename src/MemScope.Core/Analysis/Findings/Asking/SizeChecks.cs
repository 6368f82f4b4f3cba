using System.Globalization;
using System.Numerics;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of the sizes that growth comes in: doublings, whole MiBs, powers of two, teeth.</summary>
internal static class SizeChecks
{
    /// <summary>A doubling may be seen with what happened beside it: half as much again is none, twice twice is two.</summary>
    private const double LeastDoubling = 1.5, MostDoubling = 3;

    /// <summary>Steps of that many times the number before are noise.</summary>
    private const double Noise = 0.02;

    private static readonly CheckArgument Metric = new("metric", ArgumentKind.Metric, "the number");
    private static readonly CheckArgument Least = new("least", ArgumentKind.Share, "of the slope of RSS");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("metric-grows", "a number of smaps brings that share of the growth of RSS", [Metric, Least], MetricGrows),
        new("doubles", "a number of smaps doubles in single jumps and is level between", [Metric, new("times", ArgumentKind.Number, "at least so often")], Doubles),
        new("relocates", "the region that grows fastest was made longer elsewhere, again and again",
            [new("factor", ArgumentKind.Number, "by this factor at least"), new("times", ArgumentKind.Number, "at least so often")], Relocates),
        new("whole-multiples", "unnamed private regions of whole multiples of a size, not aligned to it, bring that share of the growth", [new("size", ArgumentKind.Size, "the size"), Least], WholeMultiples),
        new("powers-of-two", "new regions of these categories that are a power of two long, or a page more, bring that share of the growth",
            [new("category", ArgumentKind.Categories, "categories"), Least], PowersOfTwo),
        new("floor-rises", "RSS falls back again and again, each time to a higher floor", [], FloorRises),
    ];

    private static CheckResult MetricGrows(CheckCall call)
    {
        var (c, metric) = (call.Case, call.Metric("metric"));
        var series = c.Series(metric);
        if (CaseFacts.Ends(series) is not var (first, last)) return CheckResult.Unknown(c.Count == 0 ? "no snapshot" : $"{c.Track.Source.Text()} prints no {metric.SmapsName()}");
        var share = c.ShareOf(series);
        return CheckResult.Of(share >= call.Share("least"), $"{metric.SmapsName()}: {GrowthChecks.KiB(first)} → {GrowthChecks.KiB(last)}, {GrowthChecks.Percent(share)} of the growth", c.SnapshotSource()) with
        {
            Curve = CaseFacts.Curve(series), Metric = GrowthChecks.Percent(share),
        };
    }

    private static CheckResult Doubles(CheckCall call)
    {
        var (c, metric) = (call.Case, call.Metric("metric"));
        var series = Array.FindAll(c.Series(metric), double.IsFinite);
        if (series.Length < ProcessAssessor.FewestSnapshots) return CheckResult.Unknown("too few snapshots with that number");
        var (doublings, others) = (0, 0);
        for (var i = 1; i < series.Length; i++)
        {
            if (series[i - 1] <= 0 || Math.Abs(series[i] - series[i - 1]) <= Noise * series[i - 1]) continue;
            // A jump that a snapshot cuts in two is one.
            var (from, to) = (series[i - 1], series[i]);
            if (to > from && i + 1 < series.Length && series[i + 1] > to * (1 + Noise)) to = series[++i];
            var ratio = to / from;
            if (ratio is >= LeastDoubling and < MostDoubling) doublings++;
            else if (ratio is >= MostDoubling and < LeastDoubling * LeastDoubling * MostDoubling) doublings += 2;
            else others++;
        }
        var figures = $"{metric.SmapsName()}: {SizeWords.Size((long)series[0])} → {SizeWords.Size((long)series[^1])} in {SizeWords.Count(doublings, "doubling")}{(others > 0 ? $" and {SizeWords.Count(others, "other change")}" : ", level between")}";
        return CheckResult.Of(doublings >= call.Number("times") && others <= doublings / 2, figures, c.SnapshotSource()) with { Curve = CaseFacts.Curve(series), Metric = $"{doublings} ×2" };
    }

    /// <summary>
    /// A block that is made longer elsewhere: the region moves, or where no trace saw the mremap, one goes and another comes in the same snapshot that is longer and holds what it held.
    /// </summary>
    private static CheckResult Relocates(CheckCall call)
    {
        var c = call.Case;
        if (c.Fastest is not { } fastest) return CheckResult.Of(false, "no region grows", c.Count > 0 ? c.SnapshotSource() : null);
        var sizes = new List<ulong> { c.Track.NearestExtentOf(fastest.Region, c.To).Range.Length };
        for (var region = fastest.Region; region is not null && sizes.Count <= MostSizes; region = Predecessor(c, region, call.Number("factor")))
        {
            foreach (var change in region.Changes.Reverse())
                if (change.Kind == RegionChangeKind.Moved && change.At > c.From && change.At <= c.To && change.Before.Length < change.After.Length) sizes.Insert(0, change.Before.Length);
            if (region != fastest.Region) sizes.Insert(0, c.Track.NearestExtentOf(region, region.LastAt).Range.Length);
        }
        var factors = sizes.Zip(sizes.Skip(1), (a, b) => (double)b / a).Where(f => f > 1).ToList();
        var source = new EvidenceSource(EvidenceKind.Region, $"lineage, {SizeWords.Count(c.Count, "snapshot")}") { Region = fastest.Region.Id };
        if (factors.Count == 0) return CheckResult.Of(false, "it stays where it is", source);
        return CheckResult.Of(factors.Count >= call.Number("times") && factors.TrueForAll(f => f >= call.Number("factor")), string.Join(" → ", sizes.TakeLast(6).Select(s => SizeWords.Size((long)s))), source) with
        {
            Metric = string.Create(CultureInfo.InvariantCulture, $"×{factors.Min():0.#}"), Curve = CaseFacts.Curve([.. sizes.Select(s => (double)s)]),
        };
    }

    /// <summary>No block doubles more often in 64 bits of addresses.</summary>
    private const int MostSizes = 64;

    /// <summary>What must be found again of what the block held: a copy holds all, and more may come or be dropped until the next snapshot.</summary>
    private const double Kept = 0.5;

    /// <summary>The region whose content another one took over when it was born, or null.</summary>
    private static Region? Predecessor(CaseFacts c, Region region, double factor)
    {
        if (region.BornAt <= c.From) return null;
        var (length, held) = (c.Track.RangeOf(region, region.BornAt).Length, c.Track.BytesOf(region, region.BornAt, Model.Metric.Rss) ?? 0);
        Region? best = null;
        foreach (var other in c.Track.AliveAt(region.BornAt - 1))
        {
            if (other.LastAt != region.BornAt - 1 || other.Backing.Length > 0 || other.Category != region.Category) continue;
            var before = c.Track.RangeOf(other, other.LastAt).Length;
            if (before * factor > length || held < Kept * (c.Track.BytesOf(other, other.LastAt, Model.Metric.Rss) ?? 0)) continue;
            if (best is null || before > c.Track.RangeOf(best, best.LastAt).Length) best = other;
        }
        return best;
    }

    private static CheckResult WholeMultiples(CheckCall call)
    {
        var (c, size) = (call.Case, (ulong)call.Size("size"));
        if (!(c.Slope > 0)) return CheckResult.Of(false, "RSS does not grow", c.Count > 0 ? c.SnapshotSource() : null);
        var candidates = c.Ranking.Where(g => g is { BytesPerSecond: > 0, Region.Backing: "", Region.Category: Category.Anonymous }).ToList();
        var extents = c.Track.NearestExtentsOf([.. candidates.Select(g => g.Region)], c.To);
        double slope = 0;
        long bytes = 0;
        var (count, region) = (0, (Region?)null);
        for (var i = 0; i < extents.Length; i++)
        {
            var (range, permissions, name) = extents[i];
            if (name.Length > 0 || permissions != (VmaPermissions.Read | VmaPermissions.Write) || range.Length % size != 0 || range.Start % size == 0) continue;
            if (!HadWholeSizes(candidates[i].Region, c, size)) continue;
            (slope, bytes, count, region) = (slope + candidates[i].BytesPerSecond, bytes + candidates[i].ChangeBytes, count + 1, region ?? candidates[i].Region);
        }
        var share = slope / c.Slope;
        var source = region is null ? c.SnapshotSource(Category.Anonymous) : c.SnapshotSource() with { Kind = EvidenceKind.Region, Region = region.Id };
        return CheckResult.Of(share >= call.Share("least"), $"{GrowthChecks.Signed(bytes)} of {GrowthChecks.Signed(c.ChangeBytes)} in {SizeWords.Count(count, "region")} of whole multiples of {SizeWords.Size((long)size)}", source) with { Metric = GrowthChecks.Percent(share) };
    }

    /// <summary>Whether all sizes of a region in the window are whole multiples: one such size among regions of any length would be chance once in 256 pages.</summary>
    private static bool HadWholeSizes(Region region, CaseFacts c, ulong size)
    {
        foreach (var change in region.Changes)
            if (change.At > c.SteadyFrom && change.At <= c.To && !change.After.IsEmpty && change.After.Length % size != 0) return false;
        return true;
    }

    private static CheckResult PowersOfTwo(CheckCall call)
    {
        var (c, categories) = (call.Case, call.Categories("category"));
        if (!(c.Slope > 0)) return CheckResult.Of(false, "RSS does not grow", c.Count > 0 ? c.SnapshotSource() : null);
        var growing = c.Ranking.Where(g => g.BytesPerSecond > 0 && g.Region.BornAt > c.From && categories.Contains(g.Region.Category)).ToList();
        var extents = c.Track.NearestExtentsOf([.. growing.Select(g => g.Region)], c.To);
        double slope = 0;
        var count = 0;
        for (var i = 0; i < extents.Length; i++)
            if (IsPowerOfTwo(extents[i].Range.Length)) (slope, count) = (slope + growing[i].BytesPerSecond, count + 1);
        var share = slope / c.Slope;
        return CheckResult.Of(share >= call.Share("least"), $"{SizeWords.Count(count, "new region")} of a power of two: {GrowthChecks.Percent(share)} of the growth", c.SnapshotSource()) with { Metric = GrowthChecks.Percent(share) };
    }

    /// <summary>An allocator that rounds up asks for the power itself; a driver may add a page of its own.</summary>
    private static bool IsPowerOfTwo(ulong length) => BitOperations.IsPow2(length) || (length > 4096 && BitOperations.IsPow2(length - 4096));

    private static CheckResult FloorRises(CheckCall call)
    {
        var c = call.Case;
        if (c.Count < ProcessAssessor.FewestSnapshots) return CheckResult.Unknown("too few snapshots to tell teeth");
        var source = c.SnapshotSource();
        if (c.Growth.Shape != GrowthShape.Sawtooth) return CheckResult.Of(false, $"the form of RSS is {c.Growth.Shape.Slug()}", source);
        if (c.Growth.FloorBytesPerSecond is not { } floor) return CheckResult.Of(false, "it falls back to where it was", source) with { Curve = CaseFacts.Curve(c.Rss) };
        return CheckResult.Of(true, $"what is left after each fall rises by {AssessmentWords.Rate(floor)}", source) with { Curve = CaseFacts.Curve(c.Rss), Metric = AssessmentWords.Rate(floor) };
    }
}
