using System.Runtime.InteropServices;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Growth;

/// <summary>How fast a region grew in a window.</summary>
/// <param name="Region">The region.</param>
/// <param name="BytesPerSecond">Least-squares slope with 0 where the region does not exist: the slopes of all regions add up to the slope of the total.</param>
/// <param name="FirstBytes">Bytes at the window's first point, 0 when absent.</param>
/// <param name="LastBytes">Bytes at the window's last point, 0 when absent.</param>
public readonly record struct RegionGrowth(Region Region, double BytesPerSecond, long FirstBytes, long LastBytes)
{
    /// <summary>Last minus first.</summary>
    public long ChangeBytes => LastBytes - FirstBytes;
}

/// <summary>Ranks regions by their growth over a window.</summary>
public static class GrowthRanking
{
    /// <summary>
    /// The regions seen at points <paramref name="from"/> to <paramref name="to"/> (both counted), fastest first. One pass over the changes of the number: a slope is a weighted sum of
    /// the values, so a change adds its difference times the weights of all points from there on, and points where nothing changes cost nothing.
    /// </summary>
    public static IReadOnlyList<RegionGrowth> Rank(Track track, int from, int to, Metric metric = Metric.Rss)
    {
        ArgumentNullException.ThrowIfNull(track);
        var weights = WeightsFrom(SlopeWeights(track, from, to));
        var (slopes, values) = (new double[track.Regions.Count], new long[track.Regions.Count]);
        var log = track.LogOf(metric);
        var changes = log.Points[..log.CountUpTo(to)];
        var before = log.CountUpTo(from);
        foreach (var (_, ordinals, stored) in changes[..before])
            for (var i = 0; i < ordinals.Length; i++) values[ordinals[i]] = log.Bytes(stored[i]);
        var firsts = (long[])values.Clone();
        foreach (var (at, ordinals, stored) in changes[before..])
        {
            var weight = weights[at - from];
            for (var i = 0; i < ordinals.Length; i++)
            {
                var (ordinal, bytes) = (ordinals[i], log.Bytes(stored[i]));
                slopes[ordinal] += weight * ((double)bytes - values[ordinal]);
                values[ordinal] = bytes;
            }
        }
        var growths = new List<RegionGrowth>(track.Regions.Count);
        foreach (var region in track.Regions)
            if (region.BornAt <= to && region.LastAt >= from) growths.Add(new(region, slopes[region.Ordinal], firsts[region.Ordinal], values[region.Ordinal]));
        CollectionsMarshal.AsSpan(growths).Sort(default(FastestFirst));
        return growths;
    }

    /// <summary>Per point of the window the sum of its weight and all behind it. All weights together are 0, so that the value at the first point has no part in a slope.</summary>
    private static double[] WeightsFrom(double[] weights)
    {
        for (var i = weights.Length - 2; i >= 0; i--) weights[i] += weights[i + 1];
        weights[0] = 0;
        return weights;
    }

    /// <summary>Per point of the window the weight (t - mean) / Σ(t - mean)²; all 0 for a single instant.</summary>
    private static double[] SlopeWeights(Track track, int from, int to)
    {
        var weights = new double[to - from + 1];
        for (var i = 0; i < weights.Length; i++) weights[i] = (track.Points[from + i].TakenAt - track.Points[from].TakenAt).TotalSeconds;
        var mean = weights.Average();
        double squares = 0;
        for (var i = 0; i < weights.Length; i++) squares += (weights[i] -= mean) * weights[i];
        for (var i = 0; i < weights.Length; i++) weights[i] = squares > 0 ? weights[i] / squares : 0;
        return weights;
    }

    /// <summary>A structure, so that the sort calls it directly.</summary>
    private readonly struct FastestFirst : IComparer<RegionGrowth>
    {
        public int Compare(RegionGrowth x, RegionGrowth y)
        {
            var order = y.BytesPerSecond.CompareTo(x.BytesPerSecond);
            if (order == 0) order = y.LastBytes.CompareTo(x.LastBytes);
            return order == 0 ? x.Region.Ordinal.CompareTo(y.Region.Ordinal) : order;
        }
    }
}
