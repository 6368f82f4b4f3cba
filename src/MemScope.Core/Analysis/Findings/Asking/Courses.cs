using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>The rise of RSS in a window from its lasting low to its lasting top. A value lasts when three snapshots in a row do not fall below it (of a low: rise above it), so a spike of a snapshot or two is none.</summary>
/// <param name="Low">Index in the window of the low's snapshot.</param>
/// <param name="Top">Index of the top's.</param>
/// <param name="Bytes">From the one to the other.</param>
internal sealed record LastingRise(int Low, int Top, long Bytes)
{
    /// <summary>Snapshots that a value must last.</summary>
    public const int Lasts = 3;

    /// <summary>Least part of their greatest that the values of a top have: a straight rise from nothing over nine snapshots changes by a quarter over its last three, a burst by more.</summary>
    private const double Flat = 0.75;

    /// <summary>Of a series; null where it has fewer snapshots than a value must last, or a gap.</summary>
    public static LastingRise? Of(double[] series)
    {
        if (series.Length < Lasts || Array.Exists(series, v => !double.IsFinite(v))) return null;
        var (low, best) = (0, new LastingRise(0, 0, 0));
        for (var i = 0; i + Lasts <= series.Length; i++)
        {
            if (Greatest(series, i) < Greatest(series, low)) low = i;
            // The snapshots of the low and of the top are others; of the top the first is named.
            if (i >= low + Lasts - 1 && Least(series, i) >= Flat * Greatest(series, i) && Least(series, i) - Greatest(series, low) is var rise && rise > best.Bytes) best = new LastingRise(low, i, (long)rise);
        }
        return best;
    }

    private static double Least(double[] s, int at) => Math.Min(s[at], Math.Min(s[at + 1], s[at + 2]));

    private static double Greatest(double[] s, int at) => Math.Max(s[at], Math.Max(s[at + 1], s[at + 2]));
}

/// <summary>Series of a case that several checks ask for.</summary>
internal static class Courses
{
    /// <summary>Sum of a number of smaps over some categories (of all when none are named) at the window's points; null where no snapshot prints it.</summary>
    public static double[]? Of(CaseFacts c, IReadOnlyList<Metric> metrics, IReadOnlyList<Category> categories)
    {
        if (c.Count == 0) return null;
        double[]? sum = null;
        foreach (var metric in metrics)
        {
            var part = categories.Count == 0 ? c.Series(metric) : OfCategories(c, metric, categories);
            if (part is null) continue;
            if (sum is null) sum = [.. part];
            else for (var i = 0; i < sum.Length; i++) sum[i] += part[i];
        }
        return sum is null || !Array.Exists(sum, double.IsFinite) ? null : sum;
    }

    /// <summary>The window's point nearest to a time, as an index in the window.</summary>
    public static int NearestIndex(CaseFacts c, DateTimeOffset at) => Enumerable.Range(0, c.Count).MinBy(i => Math.Abs((c.Track.Points[c.From + i].TakenAt - at).Ticks));

    private static double[]? OfCategories(CaseFacts c, Metric metric, IReadOnlyList<Category> categories)
    {
        if (metric == Metric.Rss) return c.Of(categories);
        var all = TrackSeries.ByCategory(c.Track, metric, c.File.Overrides);
        double[]? sum = null;
        foreach (var category in categories)
        {
            if (!all.TryGetValue(category, out var values)) continue;
            var part = values[c.From..(c.To + 1)];
            if (sum is null) sum = part;
            else for (var i = 0; i < sum.Length; i++) sum[i] += part[i];
        }
        return sum;
    }
}
