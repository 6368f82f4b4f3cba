using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>
/// Finds in a trace what lineage can use: moves, the ends of what was moved, and mappings that lasted. Of mremap(2):
/// <list type="bullet">
/// <item>the result says whether and where to memory moved; without MREMAP_MAYMOVE it is the old address or an error, so the flag need not be looked at;</item>
/// <item>MREMAP_FIXED "unmaps any previous mapping" in the new range: what a move had put there ends;</item>
/// <item>MREMAP_DONTUNMAP (Linux 5.7) moves the pages and leaves the old range mapped, but empty: a region is its pages, so it moves, and what stays behind is a new one;</item>
/// <item>an old length of 0 maps shared pages a second time: nothing moves;</item>
/// <item>a call without a recorded result (enter-only probes, gdb) says nothing.</item>
/// </list>
/// </summary>
public sealed class TracedMoves
{
    /// <summary>A mapping that went again within this time (ns) is not told: no snapshot is likely to show it.</summary>
    private const long LastingNs = 100_000_000;

    /// <summary>The same in a trace without times, in calls.</summary>
    private const int LastingCalls = 1000;

    /// <summary>An anchor less sure than this is none.</summary>
    private const long MostAnchorErrorMs = 1000;

    private const ulong MapFixed = 0x10, MremapDontUnmap = 0x4;

    private readonly Trace _trace;
    private readonly int _most, _pid;
    private readonly IntervalMap _map = new();
    private readonly List<IntervalMap.Interval> _removed = [];
    private readonly List<Block> _blocks = [];
    private readonly Stack<int> _free = new();
    private readonly List<(int Order, TracedMove Move)> _moves = [], _mapped = [];
    private readonly PriorityQueue<int, int> _unfinished = new();
    private int _order, _calls;

    private TracedMoves(Trace trace, int most)
    {
        (_trace, _most) = (trace, most);
        _pid = trace.Process.Pid ?? (trace.Events.Count > 0 ? trace.Events[0].Pid : 0);
    }

    /// <summary>A range that the trace mapped or moved. Slots of blocks that went whole are used again, so that a trace of nothing but churn takes no memory; a slot of which the map still holds a piece behind a hole is not.</summary>
    private struct Block
    {
        public AddressRange Range;
        public long TimeNs;
        public int Order, Call;
        public bool Moved, Told, IsHoled;
    }

    /// <summary>What the trace says, in its order and without wall times: at most as many as asked for, moves before mappings.</summary>
    public IReadOnlyList<TracedMove> Records { get; private set; } = [];

    /// <summary>Records that were left out over the cap.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Reads a trace. Does not throw, whatever the events say.</summary>
    /// <param name="trace">The trace; only calls of its main process are looked at, a fork's memory is another.</param>
    /// <param name="most">Most records, <see cref="Limits.TraceMoves"/>.</param>
    public static TracedMoves Of(Trace trace, int most)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var moves = new TracedMoves(trace, most);
        moves.Read();
        return moves;
    }

    /// <summary>The records with wall times, where something ties the trace's clock to them closely enough.</summary>
    /// <param name="anchor">What ties it, or null.</param>
    public IReadOnlyList<TracedMove> Anchored(ClockAnchor? anchor) =>
        anchor is { WithinMs: <= MostAnchorErrorMs } ? [.. Records.Select(r => r with { At = anchor.WallOf(r.TimeNs) })] : Records;

    private void Read()
    {
        for (var i = 0; i < _trace.Events.Count; i++)
        {
            var e = _trace.Events[i];
            if (e.Failed || (e.Pid != _pid && e.Pid != 0)) continue;
            FinishUpTo(e.Line);
            Begin(e);
            // A split call frees at its beginning and maps at its end; other threads' calls may stand between.
            if (e.ResumedLine > e.Line) _unfinished.Enqueue(i, e.ResumedLine);
            else Finish(e);
        }
        FinishUpTo(int.MaxValue);
        foreach (var interval in _map.ToList()) TellMapped(interval.Owner);
        LeftOut += Math.Max(0, _moves.Count + _mapped.Count - _most);
        Records = [.. _moves.Concat(_mapped.Take(_most - _moves.Count)).OrderBy(m => m.Order).Select(m => m.Move)];
    }

    private void FinishUpTo(int line)
    {
        while (_unfinished.TryPeek(out var index, out var resumed) && resumed <= line) Finish(_trace.Events[_unfinished.Dequeue()]);
    }

    private void Begin(in TraceEvent e)
    {
        _calls++;
        if (e.Call == MemoryCall.Munmap) End(AddressSpace.Pages(e.Address, e.Length), e);
        else if (Moves(e) && (e.Flags & MremapDontUnmap) == 0) Take(AddressSpace.Pages(e.Address, e.OldLength), e);
        else if (e.Call == MemoryCall.Exec) End(new AddressRange(0, ulong.MaxValue), e);
    }

    private void Finish(in TraceEvent e)
    {
        if (e.Call == MemoryCall.Mmap && e.HasResult) Map(AddressSpace.Pages(e.Result, e.Length), e);
        else if (Moves(e)) Move(AddressSpace.Pages(e.Address, e.OldLength), AddressSpace.Pages(e.Result, e.Length), e);
        else if (e is { Call: MemoryCall.Mremap, HasResult: true, OldLength: > 0 }) Resize(AddressSpace.Pages(e.Address, e.OldLength), AddressSpace.Pages(e.Address, e.Length), e);
    }

    private static bool Moves(in TraceEvent e) => e is { Call: MemoryCall.Mremap, HasResult: true, OldLength: > 0, Length: > 0 } && e.Result != e.Address;

    private void Map(AddressRange range, in TraceEvent e)
    {
        End(range, e);
        Put(range, e, moved: false);
    }

    private void Move(AddressRange from, AddressRange to, in TraceEvent e)
    {
        End(to, e);
        if (from.IsEmpty || to.IsEmpty) return;
        Tell(_moves, _order++, new TracedMove(e.TimeNs, null, from, to));
        Put(to, e, moved: true);
    }

    private void Put(AddressRange range, in TraceEvent e, bool moved)
    {
        if (range.IsEmpty) return;
        var block = new Block { Range = range, TimeNs = e.TimeNs, Order = _order++, Call = _calls, Moved = moved, Told = moved };
        if (!_free.TryPop(out var slot))
        {
            slot = _blocks.Count;
            _blocks.Add(block);
        }
        else _blocks[slot] = block;
        _map.Add(range.Start, range.End, slot);
    }

    /// <summary>Takes out what mremap puts down elsewhere: where it began is worth telling.</summary>
    private void Take(AddressRange range, in TraceEvent e)
    {
        foreach (var part in Removed(range))
        {
            // What came to lie beside the first block, and was one line with it, goes along, but is told as that one's only.
            var isFirst = part.Start == range.Start;
            if (isFirst) TellMapped(part.Owner);
            Lose(part, e, gone: !isFirst);
        }
    }

    /// <summary>Takes out what is unmapped.</summary>
    private void End(AddressRange range, in TraceEvent e)
    {
        foreach (var part in Removed(range))
        {
            var block = _blocks[part.Owner];
            var lasted = _trace.Clock == ClockDomain.None ? _calls - block.Call >= LastingCalls : e.TimeNs - block.TimeNs >= LastingNs;
            if (lasted && !block.Range.IsEmpty) TellMapped(part.Owner);
            Lose(part, e, gone: true);
        }
    }

    /// <summary>
    /// A block that loses its first page has ended, or goes on where mremap puts it; one that loses others is told as cut. What lies behind a hole is not followed further.
    /// </summary>
    private void Lose(IntervalMap.Interval part, in TraceEvent e, bool gone)
    {
        var block = _blocks[part.Owner];
        if (part.Start >= block.Range.End) return;
        var left = part.Start > block.Range.Start ? new AddressRange(block.Range.Start, part.Start) : default;
        if (block.Told && (gone || !left.IsEmpty)) Tell(block.Moved ? _moves : _mapped, _order++, new TracedMove(e.TimeNs, null, block.Range, left));
        _blocks[part.Owner] = block with { Range = left, IsHoled = block.IsHoled || (!left.IsEmpty && part.End < block.Range.End) };
        if (part.Start == block.Range.Start && part.End == block.Range.End && !block.IsHoled) _free.Push(part.Owner);
    }

    /// <summary>mremap in place: cuts the end off, or maps more there.</summary>
    private void Resize(AddressRange before, AddressRange after, in TraceEvent e)
    {
        if (after.End < before.End) End(new AddressRange(after.End, before.End), e);
        if (after.End <= before.End) return;
        var more = new AddressRange(before.End, after.End);
        End(more, e);
        var slot = _map.OwnerAt(before.Start);
        if (slot < 0 || _blocks[slot].Range != before) return;
        var block = _blocks[slot];
        if (block.Told) Tell(block.Moved ? _moves : _mapped, _order++, new TracedMove(e.TimeNs, null, before, after));
        _blocks[slot] = block with { Range = after };
        _map.Add(more.Start, more.End, slot);
    }

    private void TellMapped(int slot)
    {
        var block = _blocks[slot];
        if (block.Told || block.Range.IsEmpty) return;
        Tell(_mapped, block.Order, new TracedMove(block.TimeNs, null, default, block.Range));
        _blocks[slot] = block with { Told = true };
    }

    private void Tell(List<(int Order, TracedMove Move)> list, int order, TracedMove move)
    {
        if (list.Count < _most) list.Add((order, move));
        else LeftOut++;
    }

    private List<IntervalMap.Interval> Removed(AddressRange range)
    {
        _removed.Clear();
        _map.Remove(range.Start, range.End, _removed);
        return _removed;
    }
}
