using System.Globalization;
using System.IO.Compression;
using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Storage.HeapProfiles;
using MemScope.Storage.Traces;

namespace MemScope.Storage.Captures;

/// <summary>A block ready to be written. Its numbers count from the upload's first snapshot of the process.</summary>
internal sealed record PreparedBlock(SnapshotSource Source, int First, int Last, int Snapshots, long Vmas, DateTimeOffset From, DateTimeOffset To, byte[] Data);

/// <summary>A trace ready to be written.</summary>
internal sealed record PreparedTrace(Trace Trace, long? FromNs, long? ToNs, byte[] Data, TracedMoves Moves);

/// <summary>A heap profile ready to be written.</summary>
internal sealed record PreparedHeapProfile(PlannedHeapProfile Planned, byte[] Data);

/// <summary>All that takes time (sums, categories, compression), done before the transaction begins and locks the process.</summary>
internal sealed class PreparedProcess
{
    private PreparedProcess(PlannedProcess planned)
    {
        Planned = planned;
        Totals = [.. planned.Snapshots.Select(s => SnapshotTotals.Of(s.Snapshot))];
        Blocks = [.. planned.Snapshots.Select((s, i) => (s, i)).GroupBy(s => s.s.Snapshot.Source).SelectMany(g => BlocksOf(g.Key, g))];
        Traces = [.. planned.Traces.Select(PrepareTrace)];
        HeapProfiles = [.. planned.HeapProfiles.Select(p => new PreparedHeapProfile(p, HeapProfileCodec.Encode(p.Profile)))];
    }

    public PlannedProcess Planned { get; }
    public IReadOnlyList<SnapshotTotals> Totals { get; }
    public IReadOnlyList<PreparedBlock> Blocks { get; }
    public IReadOnlyList<PreparedTrace> Traces { get; }
    public IReadOnlyList<PreparedHeapProfile> HeapProfiles { get; }

    public static PreparedProcess Of(PlannedProcess planned) => new(planned);

    private static IEnumerable<PreparedBlock> BlocksOf(SnapshotSource source, IEnumerable<(PlannedSnapshot Snapshot, int Index)> snapshots) =>
        SnapshotBlockCodec.Split(snapshots.Select(s => new TrackPoint(s.Index, s.Snapshot.TakenAt, s.Snapshot.Snapshot.Vmas))).Select(p => BlockOf(source, p));

    /// <summary>A block of one is folded with its neighbours soon; until then a few bytes more cost less than the time to save them.</summary>
    private static PreparedBlock BlockOf(SnapshotSource source, IReadOnlyList<TrackPoint> points) => new(source, points[0].Number, points[^1].Number, points.Count,
        points.Sum(p => (long)p.Vmas.Count), points[0].TakenAt, points[^1].TakenAt, SnapshotBlockCodec.Encode(points, points.Count > 1 ? CompressionLevel.Optimal : CompressionLevel.Fastest));

    private static PreparedTrace PrepareTrace(Trace trace)
    {
        var timed = trace.Clock != ClockDomain.None && trace.Events.Count > 0;
        var moves = TracedMoves.Of(trace, Limits.Default.TraceMoves);
        if (moves.LeftOut > 0) trace = trace with { Losses = [.. trace.Losses, MovesLeftOut(moves.LeftOut)] };
        return new PreparedTrace(trace, timed ? trace.Events.Min(e => e.TimeNs) : null, timed ? trace.Events.Max(e => e.TimeNs) : null, TraceCodec.Encode(trace), moves);
    }

    private static TraceLoss MovesLeftOut(int count) => new("moves-left-out", count, string.Create(CultureInfo.InvariantCulture,
        $"{count:N0} moves and lasting mappings over the first {Limits.Default.TraceMoves:N0} are not used for following regions: moves there are inferred."));
}
