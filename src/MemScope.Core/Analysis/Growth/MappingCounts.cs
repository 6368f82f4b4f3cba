using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Growth;

/// <summary>How many mappings there are over time. A region is one mapping from its first sighting to its last, so births and ends are all that counts.</summary>
internal static class MappingCounts
{
    /// <summary>Per group of regions and point; <paramref name="groups"/> is by ordinal.</summary>
    public static double[][] Of(Track track, int[] groups, int count)
    {
        var series = GrowthSeries.New(track, count);
        foreach (var region in track.Regions)
        {
            series[groups[region.Ordinal]][region.BornAt]++;
            if (region.LastAt + 1 < track.Points.Count) series[groups[region.Ordinal]][region.LastAt + 1]--;
        }
        foreach (var values in series) for (var at = 1; at < values.Length; at++) values[at] += values[at - 1];
        return series;
    }

    /// <summary>Per category and point, by the category that a mapping had then; in stacking order.</summary>
    public static IReadOnlyDictionary<Category, double[]> ByCategory(Track track, CategoryOverrides overrides)
    {
        var differences = GrowthSeries.New(track, Model.Categories.All.Count);
        var (seen, now) = (new bool[differences.Length], new int[track.Regions.Count]);
        Array.Fill(now, -1);
        foreach (var (at, ordinals, numbers) in track.CategoryChanges.Points)
        {
            for (var i = 0; i < ordinals.Length; i++)
            {
                var category = (int)overrides.Apply(track.Regions[ordinals[i]], track.AssignmentOf(numbers[i])).Category;
                ref var before = ref now[ordinals[i]];
                if (before >= 0) differences[before][at]--;
                differences[category][at]++;
                (before, seen[category]) = (category, true);
            }
        }
        foreach (var region in track.Regions)
            if (region.LastAt + 1 < track.Points.Count && now[region.Ordinal] >= 0) differences[now[region.Ordinal]][region.LastAt + 1]--;
        foreach (var values in differences) for (var at = 1; at < values.Length; at++) values[at] += values[at - 1];
        return Model.Categories.All.Where(c => seen[(int)c]).ToDictionary(c => c, c => differences[(int)c]);
    }

    /// <summary>Regions of a window with the slope of being there or not.</summary>
    public static IEnumerable<RegionGrowth> Growths(Track track, int from, int to)
    {
        var seconds = TrackSeries.Seconds(track)[from..(to + 1)];
        var there = new double[seconds.Length];
        foreach (var region in track.Regions)
        {
            if (region.BornAt > to || region.LastAt < from) continue;
            var (first, last) = (Math.Max(region.BornAt, from) - from, Math.Min(region.LastAt, to) - from);
            var slope = 0.0;
            if (first > 0 || last < there.Length - 1)
            {
                Array.Clear(there);
                there.AsSpan(first..(last + 1)).Fill(1);
                slope = GrowthFit.Slope(seconds, there);
            }
            yield return new RegionGrowth(region, slope, first == 0 ? 1 : 0, last == there.Length - 1 ? 1 : 0);
        }
    }
}
