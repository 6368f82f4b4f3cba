using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What the callchains of some traces of a process did, and what of it snapshots show to be in RAM.</summary>
internal sealed class TracedFigures
{
    private readonly Dictionary<ChainOfTrace, ChainFigures> _chains = [];
    private readonly IReadOnlyList<PlacedTrace> _traces;
    private readonly StackSurroundings _around;
    private readonly int? _tid;

    private TracedFigures(IReadOnlyList<PlacedTrace> traces, StackSurroundings around, StackQuestion question)
    {
        (_traces, _around, _tid) = (traces, around, question.Thread);
        var isGrowth = question.Weight == CallchainWeight.Growth;
        // What grew was mapped before the window as well; the window's ends only say when it is looked at.
        var part = around.Part with { From = isGrowth ? null : around.Part.From, Tid = _tid };
        Memory = TracedMemory.At(traces, part, part.To is null ? WithinTraces() : around.Evidence);
        AddCalls();
        AddOutstanding();
        AddBlocks();
        if (isGrowth) AddGrowth();
        else AddResident(part);
    }

    /// <summary>By callchain.</summary>
    public IReadOnlyDictionary<ChainOfTrace, ChainFigures> Chains => _chains;

    /// <summary>What is outstanding.</summary>
    public TracedMemory Memory { get; }

    /// <summary>How the growth of the window splits; null for other weights, or where no two snapshots tell.</summary>
    public GrowthByStackWire? Growth { get; private set; }

    /// <summary>Blocks that were outstanding at their trace's end and that the snapshot of the question, or one before, shows to be unmapped since.</summary>
    public IReadOnlyList<EndedBlocks> Ended { get; private set; } = [];

    /// <summary>Blocks alive at the snapshot that tells what is resident; empty where none does.</summary>
    public IReadOnlyList<TracedBlock> Alive { get; private set; } = [];

    /// <summary>Of weight growth, blocks alive at the window's first snapshot.</summary>
    public IReadOnlyList<TracedBlock> AliveBefore { get; private set; } = [];

    /// <summary>Adds up.</summary>
    public static TracedFigures Of(IReadOnlyList<PlacedTrace> traces, StackSurroundings around, StackQuestion question) => new(traces, around, question);

    // Without an end of the window, what is outstanding is told as of the end of the last trace.
    private List<TrackPoint> WithinTraces()
    {
        var last = long.MinValue;
        foreach (var trace in _traces)
            if (trace.IsPlaced) last = Math.Max(last, trace.WallNs(trace.Span.Last));
        return [.. _around.Evidence.Where(s => (s.TakenAt - DateTimeOffset.UnixEpoch).Ticks * 100 <= last)];
    }

    private void AddCalls()
    {
        for (var trace = 0; trace < _traces.Count; trace++)
        {
            if (Memory.Replays[trace] is not { } replay) continue;
            if (_around.Within is null)
                foreach (var total in replay.Callchains) Add(new ChainOfTrace(trace, total.Callchain), new ChainFigures(0, total.MappedBytes, total.Calls, null));
        }
    }

    private void AddOutstanding()
    {
        foreach (var block in Memory.Blocks)
        {
            if (_around.Within is not { } within)
            {
                Add(block.Owner, new ChainFigures((long)block.Range.Length, 0, 0, null));
                continue;
            }
            var bytes = within.SumOf(r => (long)r.Overlap(block.Range));
            if (bytes > 0) Add(block.Owner, new ChainFigures(bytes, bytes, 1, null));
        }
        if (_around.Within is not null) return;
        // Children that a tracer followed have memory of their own, which no snapshot of this process shows.
        for (var trace = 0; trace < _traces.Count; trace++)
        {
            foreach (var block in Memory.Replays[trace]?.Blocks ?? [])
                if (block.Pid != Memory.Replays[trace]!.MainPid) Add(new ChainOfTrace(trace, block.Callchain), new ChainFigures((long)block.Range.Length, 0, 0, null));
        }
    }

    private void AddBlocks()
    {
        foreach (var of in Memory.Blocks.GroupBy(b => b.Owner))
        {
            if (!_chains.ContainsKey(of.Key)) continue;
            var common = of.CountBy(b => b.Range.Length).MaxBy(l => l.Value);
            Add(of.Key, new ChainFigures(0, 0, 0, null) { Blocks = of.Count(), BlockBytes = (long)common.Key });
        }
    }

    private void AddResident(TracedPart part)
    {
        if (!_around.HasRss) return;
        var now = part.To is null && _around.Evidence.Count > 0 ? TracedMemory.At(_traces, part, _around.Evidence) : Memory;
        Ended = now.Ended;
        Alive = now.Blocks;
        foreach (var chain in _chains.Keys.ToList()) Add(chain, new ChainFigures(0, 0, 0, 0));
        foreach (var (chain, bytes) in new MappedMoment(_around.At!.Vmas, now.Blocks, _around.Rows).Resident()) Add(chain, new ChainFigures(0, 0, 0, bytes));
    }

    private void AddGrowth()
    {
        if (_around.Ends is not var (from, fromRows, to, toRows)) return;
        (AliveBefore, Alive) = (Moment(from, fromRows, null).Blocks, Moment(to, toRows, null).Blocks);
        var whole = GrowthOf(null);
        Growth = new GrowthByStackWire(from.Number, to.Number, whole.RssBytes, whole.TracedBytes, whole.BeforeBytes, whole.NotSeenBytes);
        foreach (var chain in _chains.Keys.ToList()) Add(chain, new ChainFigures(0, 0, 0, 0) { ResidentBeforeBytes = 0 });
        foreach (var (chain, change) in (_tid is null ? whole : GrowthOf(_tid)).Callchains) Add(chain, new ChainFigures(0, 0, 0, change.ToBytes) { ResidentBeforeBytes = change.FromBytes });

        GrowthByCallchain GrowthOf(int? tid) => GrowthByCallchain.Between(Moment(from, fromRows, tid), Moment(to, toRows, tid));
    }

    private MappedMoment Moment(TrackPoint at, IReadOnlyList<bool>? rows, int? tid) =>
        new(at.Vmas, TracedMemory.At(_traces, new TracedPart { To = at.TakenAt, Tid = tid }, _around.Evidence).WithMadeUsable, rows);

    private void Add(ChainOfTrace chain, ChainFigures figures) => _chains[chain] = _chains.TryGetValue(chain, out var sum) ? sum.Plus(figures) : figures;
}
