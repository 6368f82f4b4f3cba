using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Regions as wire records.</summary>
internal static class RegionWires
{
    /// <summary>Points of a sparkline.</summary>
    public const int SparklinePoints = 60;

    private const int MostChanges = 100, MostParts = 100;

    /// <summary>Series over the whole track that are held at once, whose making is one pass over its changes.</summary>
    private const int SeriesAtOnce = 64;

    /// <summary>A region over a window.</summary>
    public static RegionWire Of(TrackWindow window, RegionGrowth growth) => Of(window, growth, TrackSeries.OfRegion(window.Track, growth.Region, Metric.Rss));

    private static RegionWire Of(TrackWindow window, RegionGrowth growth, double[] series)
    {
        var (track, region) = (window.Track, growth.Region);
        var at = Math.Clamp(window.To, region.BornAt, region.LastAt);
        var extent = track.NearestExtentOf(region, at);
        var (assignment, vma) = (window.AssignmentOf(region), VmaOf(window, region));
        return new RegionWire(region.Id, assignment.Category.Slug(), extent.Name, extent.Permissions.Text(), AddressText.Of(extent.Range.Start), AddressText.Of(extent.Range.End), track.BytesOf(region, at, Metric.Rss), (long)extent.Range.Length,
            Slope(growth), Shape(window, series).Slug(), track.Points[region.BornAt].TakenAt, GoneAt(track, region),
            [.. region.Changes.TakeLast(MostChanges).Select(c => Of(track, c))])
        {
            PssBytes = track.BytesOf(region, at, Metric.Pss),
            PrivateDirtyBytes = track.BytesOf(region, at, Metric.PrivateDirty),
            RssChangeBytes = growth.ChangeBytes,
            Anchor = RegionWords.Anchor(region),
            Kind = assignment.Kind,
            CategoryReason = vma is { } line ? assignment.Rule.Explain(line) : assignment.Reason,
            CategoryConfidence = assignment.Confidence.Letter(),
            CategoryRule = region.Assignment.Rule.Id,
            CategoryByRule = assignment == region.Assignment ? null : region.Category.Slug(),
            CategoryOverride = window.Overrides.Of(region, region.Assignment.Rule)?.Text,
            PatchedBytes = vma is { } code ? PatchedCode.BytesOf(code.Table, code.Index) : null,
            RssSparkline = Sparkline(series),
            Alive = region.BornAt <= window.To && region.LastAt >= window.To,
            ChangeCount = region.Changes.Count,
            OwnerId = region.OwnerId,
        };
    }

    /// <summary>The same with its history in words and what it holds, which lists do not show.</summary>
    public static RegionWire WithStory(TrackWindow window, RegionGrowth growth)
    {
        var (track, region) = (window.Track, growth.Region);
        var at = Math.Clamp(window.To, region.BornAt, region.LastAt);
        var parts = RegionParts.Of(track, region, at);
        var shown = parts.Count <= MostParts ? parts : [.. parts.OrderByDescending(p => p.Range.Length).Take(MostParts).OrderBy(p => p.Range.Start)];
        return Of(window, growth) with
        {
            History = RegionStory.Tell(track, region),
            Holds = [.. shown.Select(p => Of(track, p))],
            HoldsCount = parts.Count,
            Edges = RegionSurroundings.Edges(region),
            Course = RegionSurroundings.Course(track, region),
            Neighbours = RegionSurroundings.Neighbours(window, region, at),
            VmFlags = VmaOf(window, region)?.Flags,
        };
    }

    /// <summary>Regions over a window, with another measure beside RSS where one was asked for.</summary>
    public static List<RegionWire> Of(TrackWindow window, IReadOnlyList<(RegionGrowth Rss, RegionGrowth Measured)> growths, GrowthMetric metric)
    {
        var wires = new List<RegionWire>(growths.Count);
        foreach (var some in growths.Chunk(SeriesAtOnce)) Add(window, some, metric, wires);
        return wires;
    }

    /// <summary>The mapping of a region at the window's end; null where it is not there: the table of another moment would cost a pass over the track.</summary>
    private static Vma? VmaOf(TrackWindow window, Region region)
    {
        if (!region.IsAliveAt(window.To)) return null;
        var vmas = window.Track.VmasAt(window.To);
        return vmas.IndexOf(window.Track.RangeOf(region, window.To).Start) is >= 0 and var row ? vmas[row] : null;
    }

    private static void Add(TrackWindow window, (RegionGrowth Rss, RegionGrowth Measured)[] growths, GrowthMetric metric, List<RegionWire> into)
    {
        var regions = Array.ConvertAll(growths, g => g.Rss.Region);
        var rss = TrackSeries.OfRegions(window.Track, regions, Metric.Rss);
        var series = metric == GrowthMetric.Rss ? null : GrowthSeries.OfRegions(window.Track, regions, metric);
        for (var i = 0; i < growths.Length; i++)
        {
            var (wire, measured) = (Of(window, growths[i].Rss, rss[i]), growths[i].Measured);
            into.Add(series is null ? wire : wire with { Measured = new MeasuredWire(measured.FirstBytes, measured.LastBytes, Slope(measured), Shape(window, series[i]).Slug()) });
        }
    }

    /// <summary>The slope in bytes per second, without what rounding leaves of a constant.</summary>
    public static double Slope(RegionGrowth growth) => Math.Abs(growth.BytesPerSecond) < 1e-6 ? 0 : growth.BytesPerSecond;

    /// <summary>Up to <see cref="SparklinePoints"/> values, evenly picked, the first and the last among them; -1 where there is none.</summary>
    public static long[] Sparkline(double[] series)
    {
        var count = Math.Min(series.Length, SparklinePoints);
        var values = new long[count];
        for (var i = 0; i < count; i++)
        {
            var value = series[count == 1 ? 0 : (int)((long)i * (series.Length - 1) / (count - 1))];
            values[i] = double.IsFinite(value) ? (long)value : -1;
        }
        return values;
    }

    // Most regions never change, and a fit takes milliseconds.
    private static GrowthShape Shape(TrackWindow window, double[] series)
    {
        var values = window.Slice(series);
        return values.ContainsAnyExcept(values[0], double.NaN) ? window.Shape(series) : GrowthShape.Flat;
    }

    private static DateTimeOffset? GoneAt(Track track, Region region) => region.LastAt + 1 < track.Points.Count ? track.Points[region.LastAt + 1].TakenAt : null;

    private static RegionChangeWire Of(Track track, RegionChange change)
    {
        var point = track.Points[change.At];
        return new RegionChangeWire(change.Kind.ToString().ToLowerInvariant(), point.Number, point.TakenAt, RegionWords.Describe(change), change.Exact);
    }

    private static RegionPartWire Of(Track track, RegionPart part) => new(AddressText.Of(part.Range.Start), AddressText.Of(part.Range.End), (long)part.Range.Length,
        part.Origin == PartOrigin.FirstSeen ? "first-seen" : part.Origin.ToString().ToLowerInvariant(), track.Points[part.Since].Number, part.Pieces, part.Region, part.MappedAt, part.Exact, RegionStory.Of(track, part));
}
