using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of how memory rises in a window, holds and falls, whether or not it grows to the window's end.</summary>
internal static class CourseChecks
{
    private static readonly CheckArgument Categories = new("category", ArgumentKind.Categories, "of these categories; without, of all") { IsOptional = true };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("rises", "RSS rises and holds what it rose by for three snapshots at least",
            [new("least", ArgumentKind.Share, "of the RSS that it rises to"), new("bytes", ArgumentKind.Size, "and at least so much")], Rises),
        new("rise-share", "these categories or numbers have that share of the rise of RSS",
            [Categories, new("metric", ArgumentKind.MetricList, "numbers of smaps, taken together; without, Rss") { IsOptional = true },
             new("least", ArgumentKind.Share, "at least") { IsOptional = true }, new("most", ArgumentKind.Share, "at most, up or down") { IsOptional = true }], RiseShare),
        new("released", "memory in RAM falls between two snapshots, and its addresses stay: its pages were given back or taken, nothing was unmapped",
            [Categories, new("metric", ArgumentKind.MetricList, "this number falls, and RSS with it; without, Rss") { IsOptional = true }, new("least", ArgumentKind.Share, "of what there was falls")], Released),
        new("addresses-outgrow", "address space grows so many times as much as RSS",
            [Categories, new("times", ArgumentKind.Number, "as much as RSS, at least"), new("least", ArgumentKind.Share, "of the address space at the window's begin that comes")], AddressesOutgrow),
        new("chunk-steps", "address space of these categories grows in steps of so many bytes, to the window's end",
            [new("category", ArgumentKind.Categories, "categories, taken together"), new("bytes", ArgumentKind.Size, "each step, or a multiple of it"),
             new("slack", ArgumentKind.Size, "and at most so much for headers and alignment, each"), new("steps", ArgumentKind.Number, "at least so many")], ChunkSteps),
        new("metric-peaks", "a number of smaps is that share of RSS at some snapshot", [new("metric", ArgumentKind.Metric, "the number"), new("least", ArgumentKind.Share, "of RSS")], MetricPeaks),
    ];

    private static CheckResult Rises(CheckCall call)
    {
        var c = call.Case;
        if (LastingRise.Of(c.Rss) is not { } rise) return CheckResult.Unknown("too few snapshots with RSS to see it rise and hold");
        var top = c.Rss[rise.Top];
        return CheckResult.Of(rise.Bytes > 0 && rise.Bytes >= call.Share("least") * top && rise.Bytes >= call.Size("bytes"), Words(c, rise), c.SnapshotSource()) with { Curve = CaseFacts.Curve(c.Rss), Metric = GrowthChecks.Signed(rise.Bytes) };
    }

    private static CheckResult RiseShare(CheckCall call)
    {
        var c = call.Case;
        if (LastingRise.Of(c.Rss) is not { Bytes: > 0 } rise) return CheckResult.Of(false, "RSS does not rise", c.Count > 0 ? c.SnapshotSource() : null);
        var metrics = call.Has("metric") ? call.Metrics("metric") : [Metric.Rss];
        var categories = call.Categories("category");
        var what = Name(categories, call.Has("metric") ? metrics : []);
        if (Courses.Of(c, metrics, categories) is not { } series)
            return call.Has("metric") ? CheckResult.Unknown($"{c.Track.Source.Text()} prints no {what}") : CheckResult.Of(!call.Has("least"), $"no snapshot has {what}", c.SnapshotSource());
        var bytes = series[rise.Top] - series[rise.Low];
        var share = bytes / rise.Bytes;
        var holds = (!call.Has("least") || share >= call.Share("least")) && (!call.Has("most") || Math.Abs(share) <= call.Share("most"));
        return CheckResult.Of(holds, $"{what}: {GrowthChecks.Signed((long)bytes)} while {Words(c, rise)}", c.SnapshotSource(categories.Count == 1 ? categories[0] : null)) with { Curve = CaseFacts.Curve(series), Metric = GrowthChecks.Percent(share) };
    }

    private static CheckResult Released(CheckCall call)
    {
        var c = call.Case;
        var (metrics, categories) = (call.Has("metric") ? call.Metrics("metric") : [Metric.Rss], call.Categories("category"));
        var what = Name(categories, call.Has("metric") ? metrics : []);
        if (c.Count < LastingRise.Lasts + 2 || Courses.Of(c, metrics, categories) is not { } series || Courses.Of(c, [Metric.Rss], categories) is not { } rss || Courses.Of(c, [Metric.Size], categories) is not { } size)
            return CheckResult.Unknown($"nothing shows {what} being given back");
        var (at, fall) = (-1, 0.0);
        // What fell must have been there for three snapshots: a request that ends is no reserve that is given back.
        for (var i = LastingRise.Lasts; i < series.Length; i++)
        {
            var had = Math.Min(series[i - 1], Math.Min(series[i - 2], series[i - 3]));
            var (down, downRss, downSize) = (had - series[i], rss[i - 1] - rss[i], size[i - 1] - size[i]);
            if (down < call.Share("least") * had || downRss * 2 < down || downSize * 2 > down || down <= fall) continue;
            // And it must stay away, at least in the next snapshot.
            if (i + 1 < series.Length && series[i + 1] > series[i] + (down / 2)) continue;
            (at, fall) = (i, down);
        }
        if (at < 0) return CheckResult.Unknown($"nobody has given back {what} while snapshots were taken");
        return CheckResult.Of(true, $"{what}: {GrowthChecks.KiB((long)(series[at] + fall))} → {GrowthChecks.KiB((long)series[at])} at {c.Number(c.From + at)}, its addresses {GrowthChecks.KiB((long)size[at - 1])} → {GrowthChecks.KiB((long)size[at])}",
            c.SnapshotSource(categories.Count == 1 ? categories[0] : null)) with { Curve = CaseFacts.Curve(series), Metric = GrowthChecks.Signed(-(long)fall) };
    }

    private static CheckResult AddressesOutgrow(CheckCall call)
    {
        var c = call.Case;
        if (c.Count < LastingRise.Lasts + 2 || Courses.Of(c, [Metric.Size], call.Categories("category")) is not { } size) return CheckResult.Unknown("too few snapshots to see addresses grow");
        var (bytes, rss) = (size[^1] - size[0], c.Rss[^1] - c.Rss[0]);
        if (!double.IsFinite(rss)) return CheckResult.Unknown("the snapshots print no RSS");
        var figures = string.Create(CultureInfo.InvariantCulture, $"address space {SizeWords.Size((long)size[0])} → {SizeWords.Size((long)size[^1])}, RSS {SizeWords.Size((long)c.Rss[0])} → {SizeWords.Size((long)c.Rss[^1])}");
        var half = size[size.Length / 2];
        // To the end: a program that maps what it needs at its start is no growth.
        var toTheEnd = size[^1] - half >= bytes / 4;
        return CheckResult.Of(bytes > 0 && bytes >= call.Share("least") * size[0] && bytes >= call.Number("times") * Math.Max(0, rss) && toTheEnd, figures, c.SnapshotSource()) with { Curve = CaseFacts.Curve(size), Metric = GrowthChecks.Signed((long)bytes) };
    }

    private static CheckResult ChunkSteps(CheckCall call)
    {
        var (c, categories) = (call.Case, call.Categories("category"));
        if (c.Count < LastingRise.Lasts + 2 || Courses.Of(c, [Metric.Size], categories) is not { } size) return CheckResult.Unknown("too few snapshots to see steps");
        var (chunk, slack, steps, stepped, grown, last) = (call.Size("bytes"), call.Size("slack"), 0L, 0.0, 0.0, 0);
        for (var i = 1; i < size.Length; i++)
        {
            var up = size[i] - size[i - 1];
            if (up <= 0) continue;
            var count = (long)(up / chunk);
            var isStep = count > 0 && up - (count * (double)chunk) <= count * slack;
            // What a program maps before the first step is its start.
            if (isStep || steps > 0) grown += up;
            if (isStep) (steps, stepped, last) = (steps + 1, stepped + up, i);
        }
        var figures = string.Create(CultureInfo.InvariantCulture, $"{steps:N0} steps of multiples of {SizeWords.Size(chunk)}: {SizeWords.Size((long)stepped)} of {SizeWords.Size((long)grown)} more addresses of {GrowthChecks.Names(categories)}{(steps > 0 ? $", last at {c.Number(c.From + last)}" : "")}");
        // The last third is where a plateau would show.
        return CheckResult.Of(steps >= call.Number("steps") && stepped >= 0.9 * grown && last >= size.Length * 2 / 3, figures, c.SnapshotSource()) with { Curve = CaseFacts.Curve(size), Metric = string.Create(CultureInfo.InvariantCulture, $"{steps:N0} steps") };
    }

    private static CheckResult MetricPeaks(CheckCall call)
    {
        var (c, metric) = (call.Case, call.Metric("metric"));
        if (Courses.Of(c, [metric], []) is not { } series) return CheckResult.Unknown(c.Count == 0 ? "no snapshot" : $"{c.Track.Source.Text()} prints no {metric.SmapsName()}");
        var at = Enumerable.Range(0, c.Count).Where(i => c.Rss[i] > 0 && double.IsFinite(series[i])).DefaultIfEmpty(-1).MaxBy(i => i < 0 ? 0 : series[i] / c.Rss[i]);
        if (at < 0) return CheckResult.Unknown("the snapshots print no RSS");
        var share = series[at] / c.Rss[at];
        return CheckResult.Of(share >= call.Share("least"), $"{metric.SmapsName()}: {SizeWords.Size((long)series[at])} of {SizeWords.Size((long)c.Rss[at])} at {c.Number(c.From + at)}, {GrowthChecks.Percent(share)}", c.SnapshotSource()) with { Curve = CaseFacts.Curve(series), Metric = GrowthChecks.Percent(share) };
    }

    private static string Words(CaseFacts c, LastingRise rise) => $"RSS rises by {GrowthChecks.KiB(rise.Bytes)} between {c.Number(c.From + rise.Low)} and {c.Number(c.From + rise.Top)}";

    private static string Name(IReadOnlyList<Category> categories, IReadOnlyList<Metric> metrics)
    {
        var of = metrics.Count == 0 ? "" : string.Join(" and ", metrics.Select(m => m.SmapsName()));
        if (categories.Count == 0) return of.Length > 0 ? of : "RSS";
        return of.Length > 0 ? $"{of} of {GrowthChecks.Names(categories)}" : GrowthChecks.Names(categories);
    }
}
