using System.Globalization;
using MemScope.Core.Analysis;
using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Sentences about two processes side by side. A is base, B is current, as on the page.</summary>
internal static class CompareWords
{
    /// <summary>Less than this share of the other side's slope counts as none.</summary>
    private const double NoShare = 0.01;

    private static readonly TimeSpan FarApart = TimeSpan.FromMinutes(1);

    /// <summary>What both hold, and whether the growth of one is gone in the other.</summary>
    public static string Answer(DiffWire diff, WindowWire a, WindowWire b, IReadOnlyList<SlopeRow> slopes) => $"{diff.Answer} {Growth(diff, a, b, slopes)}".TrimEnd();

    /// <summary>Which side has more, and in which category.</summary>
    public static string Held(SpaceDiff diff)
    {
        var (metric, name) = diff.MainMetric == DiffMetric.Rss ? (DiffMetric.Rss, "RSS") : (DiffMetric.Virtual, "address space");
        var (was, now) = (diff.BaseTotal.Of(metric), diff.CurrentTotal.Of(metric));
        var delta = now - was;
        if (delta == 0) return $"A and B have equal {name}, {SizeWords.Size(was)}.";
        var sentence = $"B has {SizeWords.Size(delta)} {(delta > 0 ? "more" : "less")} {name} than A: {SizeWords.Size(now)} instead of {SizeWords.Size(was)}.";
        var byCategory = new long[Categories.All.Count];
        foreach (var row in diff.Rows) byCategory[(int)row.Category] += row.Delta.Of(metric);
        var top = Categories.All.MaxBy(c => delta > 0 ? byCategory[(int)c] : -byCategory[(int)c]);
        var part = byCategory[(int)top];
        return $"{sentence[..^1]}; {SizeWords.Size(part)} {(part > 0 ? "more" : "less")} in {top.Slug()} memory.";
    }

    /// <summary>What is compared, and what is not.</summary>
    public static IReadOnlyList<string> Notes(SpaceDiff diff, WindowWire a, WindowWire b, bool sameProcess)
    {
        var notes = new List<string> { "Addresses of two processes say nothing of each other: mappings are brought together by category, backing and permissions, unnamed memory by size." };
        var missing = DiffMetrics.All.Except(diff.Metrics).Select(m => m.Slug()).ToList();
        if (missing.Count > 0) notes.Add($"Not compared, since A ({a.Source}) or B ({b.Source}) does not print it: {string.Join(", ", missing)}.");
        if (a.Source != b.Source) notes.Add($"A was read from {a.Source} and B from {b.Source}: what one of them names may be unnamed in the other{(sameProcess ? ", and they were read one after the other" : "")}.");
        if (sameProcess && (b.To - a.To).Duration() > FarApart) notes.Add($"Both are of one process, {SizeWords.Length((b.To - a.To).Duration())} apart.");
        return notes;
    }

    private static string Growth(DiffWire diff, WindowWire a, WindowWire b, IReadOnlyList<SlopeRow> slopes)
    {
        if (!diff.Metrics.Contains("rss", StringComparer.Ordinal)) return "";
        if (slopes.Count == 0) return $"Growth cannot be compared: {(a.Snapshots < 3 ? $"A has {SizeWords.Count(a.Snapshots, "snapshot")}" : $"B has {SizeWords.Count(b.Snapshots, "snapshot")}")} in its window, three are needed.";
        var total = slopes[0];
        var (growsA, growsB) = (Grows(total.Base, total.Current), Grows(total.Current, total.Base));
        var (rateA, rateB) = (Rate(total.Base), Rate(total.Current));
        return (growsA, growsB, total.Differs) switch
        {
            (true, false, true) => $"A grows by {rateA} ({Shape(total.Base)}), B does not ({Shape(total.Current)}): the growth of A is gone in B.",
            (false, true, true) => $"A does not grow ({Shape(total.Base)}), B does, by {rateB} ({Shape(total.Current)}).",
            (true, true, true) => $"A grows by {rateA}, B by {rateB}: {(total.BytesPerSecond > 0 ? "faster" : "slower")} by {MiBPerMinute(Math.Abs(total.BytesPerSecond))} (95 % interval {MiBPerMinute(total.LowBytesPerSecond)} to {MiBPerMinute(total.HighBytesPerSecond)}).",
            (false, false, _) => $"Neither grows: A is {Shape(total.Base)}, B is {Shape(total.Current)}.",
            _ => $"Growth does not differ beyond its intervals: A {rateA}, B {rateB}.",
        };
    }

    /// <summary>Rises beyond its interval, is not called bounded, and is not lost beside the other side.</summary>
    private static bool Grows(GrowthMeasure measure, GrowthMeasure other) =>
        measure is { LowBytesPerSecond: > 0, Shape: not (GrowthShape.Flat or GrowthShape.Bounded or GrowthShape.Plateau) } && measure.BytesPerSecond > NoShare * Math.Abs(other.BytesPerSecond);

    private static string Shape(GrowthMeasure measure) => measure.Shape.Slug();

    private static string Rate(GrowthMeasure measure) => MiBPerMinute(measure.BytesPerSecond);

    private static string MiBPerMinute(double bytesPerSecond)
    {
        var value = bytesPerSecond * 60 / (1 << 20);
        var digits = Math.Abs(value).ToString(Math.Abs(value) switch { >= 99.95 => "#,0", >= 9.995 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);
        return $"{(value < 0 && digits != "0.00" ? "\u2212" : "")}{digits} MiB/min";
    }
}
