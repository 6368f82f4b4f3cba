using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Growth;

/// <summary>A region's whole life in figures.</summary>
/// <param name="Region">The region.</param>
/// <param name="Range">Its addresses when last seen.</param>
/// <param name="Permissions">Its permissions when last seen.</param>
/// <param name="Assignment">Its category when last seen.</param>
/// <param name="First">The first snapshot that shows it.</param>
/// <param name="Last">The last snapshot that shows it.</param>
/// <param name="GoneAt">Time of the first snapshot without it, or null while it lives.</param>
public sealed record RegionSummary(Region Region, AddressRange Range, VmaPermissions Permissions, CategoryAssignment Assignment, TrackInstant First, TrackInstant Last, DateTimeOffset? GoneAt)
{
    /// <summary>How many snapshots show it.</summary>
    public int Snapshots => Region.LastAt - Region.BornAt + 1;

    /// <summary>Rss when first seen, bytes; null when the source prints none. So the following.</summary>
    public long? FirstRssBytes { get; init; }

    /// <summary>Rss when last seen.</summary>
    public long? LastRssBytes { get; init; }

    /// <summary>Greatest Rss.</summary>
    public long? MostRssBytes { get; init; }

    /// <summary>Least-squares slope of Rss over its life.</summary>
    public double? RssBytesPerSecond { get; init; }

    /// <summary>Form of its Rss over its life.</summary>
    public GrowthShape Shape { get; init; }
}

/// <summary>Sums regions up for whoever keeps them outside of a track.</summary>
public static class RegionSummaries
{
    /// <summary>Series that are in memory at once.</summary>
    private const int MostSeries = 512;

    /// <summary>The regions that are wanted, by birth. One pass over the changes, and over the series of those whose Rss changes.</summary>
    public static IReadOnlyList<RegionSummary> Of(Track track, Func<Region, bool> isWanted)
    {
        ArgumentNullException.ThrowIfNull(track);
        var wanted = track.Regions.Where(isWanted).ToList();
        var (extents, categories) = (LastOf(track, track.Extents), LastOf(track, track.CategoryChanges));
        var figures = Resident(track);
        var summaries = new RegionSummary[wanted.Count];
        for (var i = 0; i < summaries.Length; i++)
        {
            var region = wanted[i];
            var extent = extents[region.Ordinal];
            var isPrinted = TrackSeries.IsPrinted(track, region.LastAt, Metric.Rss);
            var (first, last, most, _) = figures[region.Ordinal];
            summaries[i] = new(region, new(extent.Start, extent.End), track.LineOf(extent.Line).Permissions, track.AssignmentOf(categories[region.Ordinal]), track.Points[region.BornAt],
                track.Points[region.LastAt], region.LastAt + 1 < track.Points.Count ? track.Points[region.LastAt + 1].TakenAt : null)
            {
                FirstRssBytes = isPrinted ? first : null, LastRssBytes = isPrinted ? last : null, MostRssBytes = isPrinted ? most : null, RssBytesPerSecond = isPrinted ? 0 : null,
            };
        }
        var moving = Enumerable.Range(0, summaries.Length).Where(i => figures[wanted[i].Ordinal].Changes > 1).ToArray();
        if (moving.Length > 0) Measure(track, summaries, moving);
        return summaries;
    }

    /// <summary>Slope and shape of those whose Rss is not one number for life.</summary>
    private static void Measure(Track track, RegionSummary[] summaries, int[] moving)
    {
        var seconds = TrackSeries.Seconds(track);
        foreach (var batch in moving.Chunk(MostSeries))
        {
            var series = TrackSeries.OfRegions(track, [.. batch.Select(i => summaries[i].Region)], Metric.Rss);
            for (var s = 0; s < batch.Length; s++)
            {
                var summary = summaries[batch[s]];
                var life = summary.Region.BornAt..(summary.Region.LastAt + 1);
                summaries[batch[s]] = summary with { RssBytesPerSecond = GrowthFit.Slope(seconds.AsSpan(life), series[s].AsSpan(life)), Shape = GrowthFit.Shape(seconds.AsSpan(life), series[s].AsSpan(life)) };
            }
        }
    }

    /// <summary>By ordinal what a fact was when the region was last seen.</summary>
    private static T[] LastOf<T>(Track track, ChangeLog<T> log)
        where T : struct
    {
        var last = new T[track.Regions.Count];
        foreach (var (at, ordinals, values) in log.Points)
            for (var i = 0; i < ordinals.Length; i++)
                if (at <= track.Regions[ordinals[i]].LastAt) last[ordinals[i]] = values[i];
        return last;
    }

    /// <summary>By ordinal the first, last and greatest Rss of its life, and how many numbers it had one after the other.</summary>
    private static (long First, long Last, long Most, int Changes)[] Resident(Track track)
    {
        var figures = new (long First, long Last, long Most, int Changes)[track.Regions.Count];
        var log = track.LogOf(Metric.Rss);
        foreach (var (at, ordinals, stored) in log.Points)
        {
            for (var i = 0; i < ordinals.Length; i++)
            {
                var region = track.Regions[ordinals[i]];
                if (at > region.LastAt) continue;
                var bytes = log.Bytes(stored[i]);
                ref var figure = ref figures[ordinals[i]];
                // Nothing is noted at its birth when it begins with 0.
                if (figure.Changes == 0 && at > region.BornAt) figure.Changes = 1;
                figure = (at == region.BornAt ? bytes : figure.First, bytes, Math.Max(figure.Most, bytes), figure.Changes + 1);
            }
        }
        return figures;
    }
}
