using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;

namespace MemScope.Web.Answers;

/// <summary>What the snapshots of a track say around a trace.</summary>
/// <param name="Maps">The first snapshot at or after the trace's end, else the last one: its mappings place addresses. Null without a snapshot.</param>
/// <param name="GrowthBytes">By how much RSS grew during the trace; null when that cannot be told.</param>
/// <param name="SeenBytes">How much of that the blocks hold that the trace left mapped.</param>
internal sealed record TraceSurroundings(VmaTable? Maps, double? GrowthBytes, long SeenBytes)
{
    /// <summary>Looks around a trace.</summary>
    public static TraceSurroundings Of(Track track, ReplayedTrace trace)
    {
        var maps = track.VmasAt(StackSurroundings.FirstAtOrAfter(track, trace.Row.To));
        if (!maps.Has(Metric.Rss)) return new TraceSurroundings(maps, null, 0);
        if (trace.Row is not { From: { } from, To: { } to }) return ByPresence(track, trace, maps);
        if (from < track.Points[0].TakenAt || to > track.Points[^1].TakenAt) return new TraceSurroundings(maps, null, 0);
        var rss = TrackSeries.Total(track, Metric.Rss);
        var growth = RssAt(track, rss, to) - RssAt(track, rss, from);
        return new TraceSurroundings(maps, double.IsFinite(growth) ? growth : null, ResidentBytes.PerCallchain(trace.Outstanding, maps).Values.SumOf(b => b));
    }

    // Nothing says when it ran, but that it left some of its blocks in one snapshot and more of them in another.
    private static TraceSurroundings ByPresence(Track track, ReplayedTrace trace, VmaTable maps)
    {
        var blocks = TracedMemory.At([new PlacedTrace(trace.Trace, trace.Outstanding, null)], new TracedPart(), []).Blocks;
        if (TracePresence.While(track.Points.Count, track.VmasAt, blocks) is not var (first, last)) return new TraceSurroundings(maps, null, 0);
        var growth = GrowthByCallchain.Between(new MappedMoment(track.VmasAt(first), blocks), new MappedMoment(track.VmasAt(last), blocks));
        return new TraceSurroundings(maps, growth.RssBytes, growth.TracedBytes) { Presence = (track.Points[first].Number, track.Points[last].Number) };
    }

    /// <summary>The first and the last snapshot that hold some but not all of the blocks, of a trace that nothing else ties to wall time; else null.</summary>
    public (int From, int To)? Presence { get; private init; }

    // Between two snapshots RSS is taken to move in a straight line.
    private static double RssAt(Track track, double[] rss, DateTimeOffset time)
    {
        var after = StackSurroundings.FirstAtOrAfter(track, time);
        if (after == 0) return rss[0];
        var (t0, t1) = (track.Points[after - 1].TakenAt, track.Points[after].TakenAt);
        var part = t1 > t0 ? (time - t0) / (t1 - t0) : 1;
        return rss[after - 1] + (part * (rss[after] - rss[after - 1]));
    }
}
