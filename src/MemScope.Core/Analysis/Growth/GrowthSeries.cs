using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Growth;

/// <summary>Series of a <see cref="GrowthMetric"/> over all points of a track, whole and in parts. NaN marks points whose source does not print it. Parts add up to the total at every point.</summary>
public static class GrowthSeries
{
    private const string Deleted = " (deleted)";

    /// <summary>Over all mappings.</summary>
    public static double[] Total(Track track, GrowthMetric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return metric.IsBytes ? metric.Parts.Select(p => TrackSeries.Total(track, p)).Aggregate(Add) : MappingCounts.Of(track, new int[track.Regions.Count], 1)[0];
    }

    /// <summary>Per category as <see cref="TrackSeries.ByCategory"/>.</summary>
    public static IReadOnlyDictionary<Category, double[]> ByCategory(Track track, GrowthMetric metric, CategoryOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        if (!metric.IsBytes) return MappingCounts.ByCategory(track, overrides ?? CategoryOverrides.None);
        var parts = metric.Parts.Select(p => TrackSeries.ByCategory(track, p, overrides)).ToList();
        return parts.Count == 1 ? parts[0] : parts[0].ToDictionary(c => c.Key, c => parts.Select(p => p[c.Key]).Aggregate(Add));
    }

    /// <summary>
    /// Per backing: the file or the name in brackets, a file that was unlinked while mapped counted with itself; unnamed memory by its category (the last one that a region had). In the
    /// order of their first sighting.
    /// </summary>
    public static IReadOnlyList<(string Backing, double[] Values)> ByBacking(Track track, GrowthMetric metric, CategoryOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(metric);
        var (numbers, names, groups) = (new Dictionary<string, int>(StringComparer.Ordinal), new List<string>(), new int[track.Regions.Count]);
        foreach (var region in track.Regions)
        {
            var name = BackingOf(region, overrides);
            if (numbers.TryAdd(name, names.Count)) names.Add(name);
            groups[region.Ordinal] = numbers[name];
        }
        var series = metric.IsBytes ? metric.Parts.Select(p => Sums(track, p, groups, names.Count)).Aggregate((a, b) => [.. a.Zip(b, Add)]) : MappingCounts.Of(track, groups, names.Count);
        return [.. names.Select((n, i) => (n, series[i]))];
    }

    /// <summary>What a region is counted under by <see cref="ByBacking"/>.</summary>
    public static string BackingOf(Region region, CategoryOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(region);
        if (region.Backing.Length == 0) return (overrides ?? CategoryOverrides.None).Apply(region, region.Assignment).Category.Slug();
        return region.Backing.EndsWith(Deleted, StringComparison.Ordinal) ? region.Backing[..^Deleted.Length] : region.Backing;
    }

    /// <summary>Per region as <see cref="TrackSeries.OfRegion"/>: NaN where it does not exist.</summary>
    public static double[][] OfRegions(Track track, IReadOnlyList<Region> regions, GrowthMetric metric)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(regions);
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.IsBytes) return metric.Parts.Select(p => TrackSeries.OfRegions(track, regions, p)).Aggregate((a, b) => [.. a.Zip(b, Add)]);
        return [.. regions.Select(r =>
        {
            var alive = new double[track.Points.Count];
            Array.Fill(alive, double.NaN);
            alive.AsSpan(r.BornAt..(r.LastAt + 1)).Fill(1);
            return alive;
        })];
    }

    /// <summary>The regions seen at points <paramref name="from"/> to <paramref name="to"/>, fastest first, as <see cref="GrowthRanking.Rank"/>; of a count its values are counts.</summary>
    public static IReadOnlyList<RegionGrowth> Rank(Track track, int from, int to, GrowthMetric metric)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(metric);
        if (metric.Parts.Count == 1) return GrowthRanking.Rank(track, from, to, metric.Parts[0]);
        var growths = new Dictionary<int, RegionGrowth>();
        if (!metric.IsBytes)
        {
            foreach (var growth in MappingCounts.Growths(track, from, to)) growths.Add(growth.Region.Ordinal, growth);
        }
        foreach (var part in metric.Parts)
        {
            foreach (var growth in GrowthRanking.Rank(track, from, to, part))
            {
                var sum = growths.GetValueOrDefault(growth.Region.Ordinal);
                growths[growth.Region.Ordinal] = new(growth.Region, sum.BytesPerSecond + growth.BytesPerSecond, Saturating.Add(sum.FirstBytes, growth.FirstBytes), Saturating.Add(sum.LastBytes, growth.LastBytes));
            }
        }
        return [.. growths.Values.OrderByDescending(g => g.BytesPerSecond).ThenByDescending(g => g.LastBytes).ThenBy(g => g.Region.Ordinal)];
    }

    /// <summary>Sum per group of regions, as running sums over what changes.</summary>
    private static double[][] Sums(Track track, Metric metric, int[] groups, int count)
    {
        var log = track.LogOf(metric);
        var changes = log.Points;
        var (series, sums, values, next) = (New(track, count), new Int128[count], new long[track.Regions.Count], 0);
        for (var at = 0; at < track.Points.Count; at++)
        {
            for (; next < changes.Length && changes[next].At == at; next++)
            {
                var (ordinals, stored) = (changes[next].Ordinals, changes[next].Values);
                for (var i = 0; i < ordinals.Length; i++)
                {
                    var bytes = log.Bytes(stored[i]);
                    sums[groups[ordinals[i]]] += (Int128)bytes - values[ordinals[i]];
                    values[ordinals[i]] = bytes;
                }
            }
            var printed = TrackSeries.IsPrinted(track, at, metric);
            for (var g = 0; g < count; g++) series[g][at] = printed ? (double)sums[g] : double.NaN;
        }
        return series;
    }

    /// <summary>Series of zeros.</summary>
    internal static double[][] New(Track track, int count) => [.. Enumerable.Range(0, count).Select(_ => new double[track.Points.Count])];

    private static double[] Add(double[] a, double[] b)
    {
        var sum = new double[a.Length];
        for (var i = 0; i < sum.Length; i++) sum[i] = a[i] + b[i];
        return sum;
    }
}
