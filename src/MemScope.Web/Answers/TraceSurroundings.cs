using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Web.Answers;

/// <summary>What the snapshots of a track say around a trace.</summary>
/// <param name="Maps">Mappings of the first snapshot at or after the trace's end, else of the last one: they place addresses and tell what is resident. Null without a snapshot.</param>
/// <param name="Region">Where the region asked for lies in that snapshot, or lay when it was last seen; null when none was asked for.</param>
/// <param name="RssGrowthBytes">By how much RSS grew during the trace; null when the trace has no wall time, does not lie within the track, or the track has no RSS.</param>
internal sealed record TraceSurroundings(VmaTable? Maps, AddressRange? Region, double? RssGrowthBytes)
{
    /// <summary>Of a process without snapshots.</summary>
    public static TraceSurroundings None { get; } = new(null, null, null);

    /// <summary>Whether resident sizes are known.</summary>
    public bool HasRss => Maps?.Has(Metric.Rss) is true;

    /// <summary>Looks around each trace.</summary>
    public static List<TraceSurroundings> Of(Track track, List<TraceRow> traces, Region? region)
    {
        if (track.Points.Count == 0) return traces.ConvertAll(_ => None);
        var rss = TrackSeries.Total(track, Metric.Rss);
        return traces.ConvertAll(trace =>
        {
            var at = FirstAtOrAfter(track, trace.To);
            return new TraceSurroundings(track.VmasAt(at), region is null ? null : track.NearestExtentOf(region, at).Range, Growth(track, rss, trace.From, trace.To));
        });
    }

    private static int FirstAtOrAfter(Track track, DateTimeOffset? time)
    {
        for (var i = 0; time is not null && i < track.Points.Count; i++) if (track.Points[i].TakenAt >= time) return i;
        return track.Points.Count - 1;
    }

    private static double? Growth(Track track, double[] rss, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (from is not { } begin || to is not { } end || begin < track.Points[0].TakenAt || end > track.Points[^1].TakenAt) return null;
        return RssAt(track, rss, end) - RssAt(track, rss, begin) is var growth && double.IsFinite(growth) ? growth : null;
    }

    // Between two snapshots RSS is taken to move in a straight line.
    private static double RssAt(Track track, double[] rss, DateTimeOffset time)
    {
        var after = FirstAtOrAfter(track, time);
        if (after == 0) return rss[0];
        var (t0, t1) = (track.Points[after - 1].TakenAt, track.Points[after].TakenAt);
        var part = t1 > t0 ? (time - t0) / (t1 - t0) : 1;
        return rss[after - 1] + (part * (rss[after] - rss[after - 1]));
    }
}
