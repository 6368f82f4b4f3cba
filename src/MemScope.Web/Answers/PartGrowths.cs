using System.Globalization;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Growth of a window's parts: categories, backings, regions.</summary>
internal static class PartGrowths
{
    /// <summary>What stands for all parts that were not asked for.</summary>
    public const string Other = "other";

    /// <summary>Measures the parts; at most <paramref name="top"/> of them, the rest in sum.</summary>
    public static GrowthsWire Of(TrackWindow window, string by, GrowthMetric metric, int top)
    {
        if (metric.Missing(window.Track, window.From, window.To) is { } missing) return new GrowthsWire(window.ToWire(), by, metric.Slug, metric.Unit, null, []) { Missing = missing };
        var whole = GrowthSeries.Total(window.Track, metric);
        var slope = GrowthFit.Slope(window.Seconds(), window.Slice(whole));
        var parts = Parts(window, by, metric, top);
        if (parts.Others > 0)
        {
            var rest = (double[])whole.Clone();
            foreach (var part in parts.Shown) SeriesColumns.TakeOff(rest, part.Values);
            parts.Shown.Add(new Part(Other, string.Create(CultureInfo.InvariantCulture, $"{parts.Others:N0} others"), rest));
        }
        return new GrowthsWire(window.ToWire(), by, metric.Slug, metric.Unit, Measured(window, metric, new Part("total", "Total", whole), whole, slope), [.. parts.Shown.Select(p => Measured(window, metric, p, whole, slope))]);
    }

    private static (List<Part> Shown, int Others) Parts(TrackWindow window, string by, GrowthMetric metric, int top)
    {
        if (by == "total") return ([], 0);
        if (by == "region")
        {
            var ranked = GrowthSeries.Rank(window.Track, window.From, window.To, metric);
            var shown = ranked.Take(top).Select(g => g.Region).ToList();
            var series = GrowthSeries.OfRegions(window.Track, shown, metric);
            return ([.. shown.Select((r, i) => new Part(r.Id.ToString(), SeriesColumns.Title(window, r), series[i]))], ranked.Count - shown.Count);
        }
        var seconds = window.Seconds();
        IEnumerable<Part> all = by == "category"
            ? GrowthSeries.ByCategory(window.Track, metric, window.Overrides).Select(c => new Part(c.Key.Slug(), c.Key.Slug(), c.Value))
            : GrowthSeries.ByBacking(window.Track, metric, window.Overrides).Select(b => new Part(b.Backing, b.Backing, b.Values));
        var some = all.Where(p => window.Slice(p.Values).ContainsAnyExcept(0, double.NaN)).OrderByDescending(p => GrowthFit.Slope(seconds, window.Slice(p.Values))).ThenByDescending(p => p.Values[window.To]).ToList();
        return (some.Take(top).ToList(), Math.Max(0, some.Count - top));
    }

    private static PartGrowthWire Measured(TrackWindow window, GrowthMetric metric, Part part, double[] whole, double wholeSlope)
    {
        var values = window.Slice(part.Values);
        // Where the source lacks the number there is none; where only this part is absent, it has 0.
        var filled = values.ToArray();
        for (var i = 0; i < filled.Length; i++) if (double.IsNaN(filled[i]) && double.IsFinite(whole[window.From + i])) filled[i] = 0;
        var slope = GrowthFit.Slope(window.Seconds(), filled);
        var weight = metric.Weight;
        var weighed = Array.ConvertAll(values.ToArray(), v => v * weight);
        var growth = GrowthFit.Measure(window.Seconds(), weighed);
        var changes = values.ContainsAnyExcept(values[0], double.NaN) ? ChangePoints.Of(window.Seconds(), weighed) : [];
        return new PartGrowthWire(part.Key, part.Title, Known(filled[0]), Known(filled[^1]), Rounded(slope), growth.LowBytesPerSecond / weight, growth.HighBytesPerSecond / weight, growth.RSquared, growth.Shape.Slug())
        {
            Share = Math.Abs(wholeSlope) > 1e-6 ? slope / wholeSlope : null,
            WarmUpUntil = growth.WarmUpSeconds > 0 ? window.First.TakenAt.AddSeconds(growth.Steady.FromSeconds) : null,
            SteadyPerSecond = Rounded(growth.Steady.BytesPerSecond / weight),
            SteadyLowPerSecond = growth.Steady.LowBytesPerSecond / weight,
            SteadyHighPerSecond = growth.Steady.HighBytesPerSecond / weight,
            ChangePoints = [.. changes.Select(c => ChangeWords.ToWire(window, new(c.Seconds, c.BeforeBytesPerSecond / weight, c.AfterBytesPerSecond / weight, c.JumpBytes / weight), metric))],
        };
    }

    private static double Known(double value) => double.IsNaN(value) ? 0 : value;

    private static double Rounded(double slope) => Math.Abs(slope) < 1e-6 ? 0 : slope;

    private sealed record Part(string Key, string Title, double[] Values);
}
