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
    /// The regions seen at points <paramref name="from"/> to <paramref name="to"/> (both counted), fastest first. Linear in their sightings there: a slope is a weighted sum of
    /// the values, so points where a region is absent cost nothing.
    /// </summary>
    public static IReadOnlyList<RegionGrowth> Rank(Track track, int from, int to, Metric metric = Metric.Rss)
    {
        ArgumentNullException.ThrowIfNull(track);
        var weights = SlopeWeights(track, from, to);
        var growths = new RegionGrowth[track.Regions.Count];
        for (var at = from; at <= to; at++)
        {
            var vmas = track.Points[at].Vmas;
            var regions = track.AliveAt(at);
            for (var row = 0; row < vmas.Count; row++)
            {
                var bytes = TrackSeries.BytesOf(vmas, row, metric);
                ref var growth = ref growths[regions[row].Ordinal];
                growth = new(regions[row], growth.BytesPerSecond + (weights[at - from] * bytes), at == from ? (long)bytes : growth.FirstBytes, at == to ? (long)bytes : 0);
            }
        }
        return [.. growths.Where(g => g.Region is not null).OrderByDescending(g => g.BytesPerSecond).ThenByDescending(g => g.LastBytes).ThenBy(g => g.Region.Ordinal)];
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
}
