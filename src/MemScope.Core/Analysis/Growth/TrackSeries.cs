using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Growth;

/// <summary>
/// Series over the points of a track, in bytes, as running sums over what changes. <see cref="Metric.Size"/> is the virtual size of the ranges, so that every source has it; other
/// numbers that a source does not print are NaN in totals and categories.
/// </summary>
public static class TrackSeries
{
    /// <summary>Seconds of each point since the first.</summary>
    public static double[] Seconds(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        var seconds = new double[track.Points.Count];
        for (var at = 0; at < seconds.Length; at++) seconds[at] = (track.Points[at].TakenAt - track.Points[0].TakenAt).TotalSeconds;
        return seconds;
    }

    /// <summary>Sum over all mappings per point.</summary>
    public static double[] Total(Track track, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(track);
        var log = track.LogOf(metric);
        var changes = log.Points;
        var (totals, values, sum, next) = (new double[track.Points.Count], new long[track.Regions.Count], Int128.Zero, 0);
        for (var at = 0; at < totals.Length; at++)
        {
            for (; next < changes.Length && changes[next].At == at; next++)
            {
                var (ordinals, stored) = (changes[next].Ordinals, changes[next].Values);
                for (var i = 0; i < ordinals.Length; i++)
                {
                    ref var value = ref values[ordinals[i]];
                    sum -= value;
                    sum += value = log.Bytes(stored[i]);
                }
            }
            totals[at] = IsPrinted(track, at, metric) ? (double)sum : double.NaN;
        }
        return totals;
    }

    /// <summary>Sum per category and point; categories that no point has are missing, in stacking order, points without a category hold 0. They add up to <see cref="Total"/>. <paramref name="overrides"/> go before the rules.</summary>
    public static IReadOnlyDictionary<Category, double[]> ByCategory(Track track, Metric metric, CategoryOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(track);
        var sums = new CategorySums(track, metric, overrides);
        var series = new double[]?[Model.Categories.All.Count];
        for (var at = 0; at < track.Points.Count; at++)
        {
            sums.AdvanceTo(at);
            var printed = IsPrinted(track, at, metric);
            for (var c = 0; c < series.Length; c++)
                if (sums.Seen[c]) (series[c] ??= NewSeries(track, metric, at))[at] = printed ? (double)sums.Bytes[c] : double.NaN;
        }
        return Model.Categories.All.Where(c => series[(int)c] is not null).ToDictionary(c => c, c => series[(int)c]!);
    }

    /// <summary>One region per point: NaN where it does not exist, 0 where its line lacks the number.</summary>
    public static double[] OfRegion(Track track, Region region, Metric metric) => OfRegions(track, [region], metric)[0];

    /// <summary>Several regions as <see cref="OfRegion"/>, in one pass.</summary>
    public static double[][] OfRegions(Track track, IReadOnlyList<Region> regions, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(regions);
        var series = new double[regions.Count][];
        var places = new int[track.Regions.Count]; // by ordinal the place in the list plus one
        var log = track.LogOf(metric);
        var to = -1;
        for (var r = 0; r < series.Length; r++)
        {
            series[r] = new double[track.Points.Count];
            Array.Fill(series[r], double.NaN);
            series[r].AsSpan(regions[r].BornAt..(regions[r].LastAt + 1)).Clear();
            places[regions[r].Ordinal] = r + 1;
            to = Math.Max(to, regions[r].LastAt);
        }
        foreach (var (at, ordinals, stored) in log.Points[..log.CountUpTo(to)])
        {
            for (var i = 0; i < ordinals.Length; i++)
            {
                if (places[ordinals[i]] is > 0 and var place && regions[place - 1].LastAt is var last && last >= at) series[place - 1].AsSpan(at..(last + 1)).Fill(log.Bytes(stored[i]));
            }
        }
        return series;
    }

    /// <summary>Whether a point has the number at all.</summary>
    internal static bool IsPrinted(Track track, int at, Metric metric) => metric == Metric.Size || track.Has(at, metric) || track.CountAt(at) == 0;

    /// <summary>A category that is first seen at a point has 0 before it, but for points without the number.</summary>
    private static double[] NewSeries(Track track, Metric metric, int seenAt)
    {
        var values = new double[track.Points.Count];
        for (var at = 0; at < seenAt; at++) if (!IsPrinted(track, at, metric)) values[at] = double.NaN;
        return values;
    }
}
