using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Makes a <see cref="TracedMemory"/>.</summary>
internal sealed class TracedMemoryBuilder(IReadOnlyList<PlacedTrace> traces, TracedPart part, IReadOnlyList<TrackPoint> snapshots)
{
    // A snapshot is read over a while, and is told by one moment of it.
    private const long ReadingNs = 1_000_000_000;

    private readonly OutstandingMemory?[] _replays = new OutstandingMemory?[traces.Count];
    private readonly List<OwnedBlock> _owners = [];
    private readonly IntervalMap _loose = new();
    private readonly IntervalMap _usable = new();
    private readonly EarlierBlocks _placed = new();
    private readonly Dictionary<(int Trace, int Snapshot), (int Blocks, long Bytes)> _ended = [];
    private readonly List<IntervalMap.Interval> _removed = [];
    private long _coveredUntil = long.MinValue;
    private int _seen;

    public TracedMemory Build()
    {
        foreach (var trace in Enumerable.Range(0, traces.Count).Where(t => traces[t].IsPlaced).OrderBy(t => traces[t].WallNs(traces[t].Span.First)).ThenBy(t => t)) AddPlaced(trace);
        End(long.MaxValue);
        // The newest last, so that it lies on top.
        for (var trace = traces.Count - 1; trace >= 0; trace--)
            if (!traces[trace].IsPlaced) AddLoose(trace);

        foreach (var block in _placed.Map.ToList()) Put(_loose, new AddressRange(block.Start, block.End), block.Owner);
        var blocks = ToBlocks(_loose);
        foreach (var block in _loose.ToList()) Put(_usable, new AddressRange(block.Start, block.End), block.Owner);
        return new TracedMemory(blocks, _usable.Count == _loose.Count ? blocks : ToBlocks(_usable), _replays,
            [.. _ended.OrderBy(e => e.Key).Select(e => new EndedBlocks(e.Key.Trace, e.Key.Snapshot, e.Value.Blocks, e.Value.Bytes))]);
    }

    private void AddPlaced(int index)
    {
        var trace = traces[index];
        var (first, last) = trace.Span;
        long? to = part.To is { } end ? Saturating.Add(trace.NsOf(end), trace.UncertainNs) : null;
        if (first > to) return;
        End(trace.WallNs(first));
        _placed.Carry(trace, to, _owners);

        var from = part.From is { } begin ? trace.NsOf(begin) : first;
        if (_coveredUntil >= trace.WallNs(first)) from = Math.Max(from, Saturating.Add(Saturating.Add(first, Saturating.Add(_coveredUntil, -trace.WallNs(first))), 1));
        var isWhole = from <= first && !(to < last) && part.Tid is null;
        var replay = _replays[index] = isWhole ? trace.Whole : TraceReplay.Run(trace.Trace, new ReplayFilter { FromNs = from <= first ? null : from, ToNs = to, Tid = part.Tid });
        Add(_placed.Map, replay, replay.Blocks, index);
        Add(_usable, replay, replay.MadeUsable, index);
        _coveredUntil = Math.Max(_coveredUntil, trace.WallNs(Math.Min(last, to ?? last)));
    }

    private void AddLoose(int index)
    {
        var trace = traces[index];
        var replay = _replays[index] = part.Tid is null ? trace.Whole : TraceReplay.Run(trace.Trace, new ReplayFilter { Tid = part.Tid });
        Add(_loose, replay, replay.Blocks, index);
        Add(_usable, replay, replay.MadeUsable, index);
    }

    private void Add(IntervalMap map, OutstandingMemory replay, IReadOnlyList<OutstandingBlock> blocks, int index)
    {
        foreach (var block in blocks)
        {
            if (block.Pid != replay.MainPid) continue;
            Put(map, block.Range, _owners.Count);
            var trace = traces[index];
            _owners.Add(new OwnedBlock(new ChainOfTrace(index, block.Callchain), trace.IsPlaced ? trace.WallNs(block.MappedAtNs) : long.MaxValue, trace.IsPlaced ? trace.WithinNs : 0));
        }
    }

    private void Put(IntervalMap map, AddressRange range, int owner)
    {
        _removed.Clear();
        map.Remove(range.Start, range.End, _removed);
        map.Add(range.Start, range.End, owner);
    }

    /// <summary>Ends what snapshots before a moment of wall time show to be gone.</summary>
    private void End(long beforeNs)
    {
        for (; _seen < snapshots.Count; _seen++)
        {
            var (number, takenAt, vmas) = snapshots[_seen];
            var takenNs = WallNs(takenAt);
            if (takenNs >= beforeNs || takenAt > part.To) return;
            foreach (var block in _placed.Map.ToList())
            {
                var owner = _owners[block.Owner];
                var trace = traces[owner.Chain.Trace];
                var end = Saturating.Add(trace.WallNs(trace.Span.Last), Saturating.Add(trace.WithinNs, ReadingNs));
                var row = ResidentShare.FirstEndingBehind(block.Start, vmas);
                if (takenNs <= end || (row < vmas.Count && vmas.StartColumn[row] < block.End)) continue;
                _removed.Clear();
                _placed.Map.Remove(block.Start, block.End, _removed);
                var (blocks, bytes) = _ended.GetValueOrDefault((owner.Chain.Trace, number));
                _ended[(owner.Chain.Trace, number)] = (blocks + 1, Saturating.Add(bytes, (long)Math.Min(block.Length, long.MaxValue)));
            }
        }
    }

    private List<TracedBlock> ToBlocks(IntervalMap map)
    {
        var blocks = new List<TracedBlock>(map.Count);
        foreach (var (start, end, owner) in map.ToList()) blocks.Add(new TracedBlock(new AddressRange(start, end), _owners[owner].Chain));
        return blocks;
    }

    private static long WallNs(DateTimeOffset time) => Saturating.Multiply(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, 100);
}
