using System.Globalization;
using System.IO.Compression;
using MemScope.Core;
using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Storage.HeapProfiles;
using MemScope.Storage.Stacks;
using MemScope.Storage.Traces;

namespace MemScope.Storage.Captures;

/// <summary>A block ready to be written. Its numbers count from the upload's first snapshot of the process.</summary>
internal sealed record PreparedBlock(SnapshotSource Source, int First, int Last, int Snapshots, long Vmas, DateTimeOffset From, DateTimeOffset To, byte[] Data);

/// <summary>A trace ready to be written.</summary>
internal sealed record PreparedTrace(Trace Trace, long? FromNs, long? ToNs, byte[] Data, TracedMoves Moves)
{
    /// <summary>Wall time of its middle, where its clock is tied to it.</summary>
    public DateTimeOffset? MiddleAt(CaptureUpload upload) => FromNs is { } from && ToNs is { } to ? AnchorOf(upload)?.WallOf(from + (to - from) / 2) : null;

    /// <summary>What ties its clock to wall time, or null.</summary>
    public ClockAnchor? AnchorOf(CaptureUpload upload) => Trace.Clock == ClockDomain.Wall ? Trace.Anchor : ClockAnchor.Of(Trace, FromNs ?? 0, upload.TraceStart, upload.TakenAt);
}

/// <summary>A heap profile ready to be written.</summary>
internal sealed record PreparedHeapProfile(PlannedHeapProfile Planned, byte[] Data);

/// <summary>All that takes time (sums, categories, compression), done before the transaction begins and locks the process.</summary>
internal sealed record PreparedProcess
{
    private readonly CaptureUpload _upload;
    private readonly Dictionary<string, string> _buildIds;

    private PreparedProcess(PlannedProcess planned, CaptureUpload upload)
    {
        _upload = upload;
        Planned = planned;
        Totals = [.. planned.Snapshots.Select(s => SnapshotTotals.Of(s.Snapshot))];
        Blocks = [.. planned.Snapshots.Select((s, i) => (s, i)).GroupBy(s => s.s.Snapshot.Source).SelectMany(g => BlocksOf(g.Key, g))];
        _buildIds = planned.Modules.Where(m => m.BuildId is not null).GroupBy(m => m.Path, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().BuildId!, StringComparer.Ordinal);
        Traces = [.. planned.Traces.Select(PrepareTrace)];
        HeapProfiles = [.. planned.HeapProfiles.Select(p => Prepare(p with { Profile = Normalization.Of(p.Profile, ModuleMap.Of(p.Profile, Maps(p.TakenAt), _buildIds)) }))];
        CodeMaps = [.. planned.PerfMaps.Select(m => (CodeMapCodec.JitNames, CodeMapCodec.Encode(m)))];
        if (_buildIds.Count > 0) CodeMaps.Add((CodeMapCodec.BuildIds, CodeMapCodec.Encode(planned.Modules)));
    }

    public PlannedProcess Planned { get; }
    public IReadOnlyList<SnapshotTotals> Totals { get; }
    public IReadOnlyList<PreparedBlock> Blocks { get; }
    public IReadOnlyList<PreparedTrace> Traces { get; private init; }
    public IReadOnlyList<PreparedHeapProfile> HeapProfiles { get; private init; }

    /// <summary>What the upload says of the process' code: kind and packed value.</summary>
    public List<(byte Codec, byte[] Data)> CodeMaps { get; }

    /// <summary>Prepares what an upload says of a process. Its frames are placed by the mappings that the upload itself holds.</summary>
    public static PreparedProcess Of(PlannedProcess planned, CaptureUpload upload) => new(planned, upload);

    /// <summary>Whether frames are left that mappings which are stored already may place.</summary>
    public bool NeedsMaps => Traces.Any(t => Normalization.IsNeeded(t.Trace.Callchains)) || HeapProfiles.Any(p => Normalization.IsNeeded(p.Planned.Profile.Callchains));

    /// <summary>The same with the frames placed that were left, by stored mappings around the moment of each trace and profile.</summary>
    /// <param name="mapsAround">The mappings of a moment, the nearest in time first.</param>
    public async Task<PreparedProcess> PlacedAsync(Func<DateTimeOffset, Task<IReadOnlyList<VmaTable>>> mapsAround)
    {
        var traces = new List<PreparedTrace>(Traces.Count);
        foreach (var prepared in Traces)
        {
            if (!Normalization.IsNeeded(prepared.Trace.Callchains))
            {
                traces.Add(prepared);
                continue;
            }
            var maps = await mapsAround(MomentOf(prepared));
            var trace = Normalization.Of(prepared.Trace, ModuleMap.Of(prepared.Trace, maps, _buildIds));
            traces.Add(ReferenceEquals(trace, prepared.Trace) ? prepared : prepared with { Trace = trace, Data = TraceCodec.Encode(trace) });
        }
        var profiles = new List<PreparedHeapProfile>(HeapProfiles.Count);
        foreach (var prepared in HeapProfiles)
        {
            var profile = prepared.Planned.Profile;
            var isNeeded = Normalization.IsNeeded(profile.Callchains);
            profiles.Add(isNeeded ? Prepare(prepared.Planned with { Profile = Normalization.Of(profile, ModuleMap.Of(profile, await mapsAround(prepared.Planned.TakenAt), _buildIds)) }) : prepared);
        }
        return this with { Traces = traces, HeapProfiles = profiles };
    }

    /// <summary>The upload's own snapshots, the nearest to a moment first.</summary>
    private IEnumerable<VmaTable> Maps(DateTimeOffset at) => Planned.Snapshots.Where(s => s.Snapshot.Source is SnapshotSource.Smaps or SnapshotSource.Maps).OrderBy(s => (s.TakenAt - at).Duration()).Select(s => s.Snapshot.Vmas);

    private static PreparedHeapProfile Prepare(PlannedHeapProfile planned) => new(planned, HeapProfileCodec.Encode(planned.Profile));

    private static IEnumerable<PreparedBlock> BlocksOf(SnapshotSource source, IEnumerable<(PlannedSnapshot Snapshot, int Index)> snapshots) =>
        SnapshotBlockCodec.Split(snapshots.Select(s => new TrackPoint(s.Index, s.Snapshot.TakenAt, s.Snapshot.Snapshot.Vmas))).Select(p => BlockOf(source, p));

    /// <summary>A block of one is folded with its neighbours soon; until then a few bytes more cost less than the time to save them.</summary>
    private static PreparedBlock BlockOf(SnapshotSource source, IReadOnlyList<TrackPoint> points) => new(source, points[0].Number, points[^1].Number, points.Count,
        points.Sum(p => (long)p.Vmas.Count), points[0].TakenAt, points[^1].TakenAt, SnapshotBlockCodec.Encode(points, points.Count > 1 ? CompressionLevel.Optimal : CompressionLevel.Fastest));

    private PreparedTrace PrepareTrace(Trace trace)
    {
        var timed = trace.Clock != ClockDomain.None && trace.Events.Count > 0;
        var moves = TracedMoves.Of(trace, Limits.Default.TraceMoves);
        if (moves.LeftOut > 0) trace = trace with { Losses = [.. trace.Losses, MovesLeftOut(moves.LeftOut)] };
        var prepared = new PreparedTrace(trace, timed ? trace.Events.Min(e => e.TimeNs) : null, timed ? trace.Events.Max(e => e.TimeNs) : null, [], moves);
        trace = Normalization.Of(trace, ModuleMap.Of(trace, Maps(MomentOf(prepared)), _buildIds));
        return prepared with { Trace = trace, Data = TraceCodec.Encode(trace) };
    }

    /// <summary>The moment by whose mappings a trace's addresses are read.</summary>
    private DateTimeOffset MomentOf(PreparedTrace trace) => trace.MiddleAt(_upload) ?? _upload.TakenAt ?? _upload.ReceivedAt;

    private static TraceLoss MovesLeftOut(int count) => new("moves-left-out", count, string.Create(CultureInfo.InvariantCulture,
        $"{count:N0} moves and lasting mappings over the first {Limits.Default.TraceMoves:N0} are not used for following regions: moves there are inferred."));
}
