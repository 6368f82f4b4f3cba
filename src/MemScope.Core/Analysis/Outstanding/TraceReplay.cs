using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>
/// Plays the calls of a trace again on an interval map per process and tells what is still mapped at the end, and by whom:
/// <list type="bullet">
/// <item>a block belongs to the callchain that first mapped it, wherever mremap moves it; an mremap is charged the grown bytes only;</item>
/// <item>growth of the heap belongs to the callchain of its brk;</item>
/// <item>what was mapped before the trace is charged to nobody, also when it is moved;</item>
/// <item>a failed call changes nothing; munmap and brk without a recorded result are taken to have succeeded;</item>
/// <item>threads share a map, a forked child has its own, in which its parent's blocks are not outstanding again; exec empties it;</item>
/// <item>PROT_NONE mappings count: they are address space.</item>
/// </list>
/// </summary>
public sealed class TraceReplay
{
    private const ulong MapFixed = 0x10;
    private const ulong MremapDontUnmap = 0x4;

    private readonly Trace _trace;
    private readonly CallchainTally _tally;
    private readonly ReplayNotes _notes = new();
    private readonly List<AddressSpace> _spaces = [];
    private readonly Dictionary<int, AddressSpace> _spaceOf = [];
    private readonly PriorityQueue<int, int> _unfinished = new();
    private readonly Dictionary<int, IntervalMap.Interval[]> _held = [];
    private int _failed;

    private TraceReplay(Trace trace)
    {
        _trace = trace;
        _tally = new CallchainTally(trace.Callchains.Count);
        _notes.BreaksAreRequested = trace.Events.Any(e => e is { Call: MemoryCall.Brk, Address: not 0 });
    }

    /// <summary>Replays a trace. Does not throw, whatever the events say.</summary>
    public static OutstandingMemory Run(Trace trace) => new TraceReplay(trace).Run();

    private OutstandingMemory Run()
    {
        for (var i = 0; i < _trace.Events.Count; i++)
        {
            FinishUpTo(_trace.Events[i].Line);
            Begin(i);
        }
        FinishUpTo(int.MaxValue);
        return Result();
    }

    // Between the halves of a split call stand the calls of other threads. What it frees is free from its beginning, what it maps is used from its end.
    private void FinishUpTo(int line)
    {
        while (_unfinished.TryPeek(out var index, out var resumed) && resumed <= line)
        {
            _unfinished.Dequeue();
            Finish(index);
        }
    }

    private void Begin(int index)
    {
        var e = _trace.Events[index];
        _notes.See(e);
        if (e.Failed)
        {
            _failed++;
            // A refused brk still tells where the heap ends.
            if (e.Call == MemoryCall.Brk && e.HasResult && SpaceOf(e.Pid) is { Break: 0 } space) space.Break = e.Result;
            return;
        }
        if (e.Call == MemoryCall.Munmap) SpaceOf(e.Pid).Unmap(AddressSpace.Pages(e.Address, e.Length));
        else if (e.Call == MemoryCall.Fork) Fork(e);
        else if (e.Call == MemoryCall.Mremap && e.HasResult) Hold(index, e);
        if (e.ResumedLine > e.Line) _unfinished.Enqueue(index, e.ResumedLine);
        else Finish(index);
    }

    private void Finish(int index)
    {
        var e = _trace.Events[index];
        switch (e.Call)
        {
            case MemoryCall.Mmap: Mmap(index, e); break;
            case MemoryCall.Mremap when e.HasResult: Mremap(index, e); break;
            case MemoryCall.Mremap: MremapWithoutResult(e); break;
            case MemoryCall.Brk: Brk(index, e); break;
            case MemoryCall.Exec: Exec(e.Pid); break;
        }
    }

    private void Mmap(int index, in TraceEvent e)
    {
        var isFixed = (e.Flags & MapFixed) != 0;
        var bytes = AddressSpace.Pages(0, e.Length).Length;
        _tally.Called(e.Callchain, bytes);
        if (!e.HasResult && !(isFixed && e.Address != 0))
        {
            _notes.MmapWithoutResult(bytes);
            return;
        }
        var overlaps = SpaceOf(e.Pid).Put(AddressSpace.Pages(e.HasResult ? e.Result : e.Address, e.Length), index);
        if (overlaps && !isFixed) _notes.Overlapped++;
    }

    // Takes the old range out; Mremap puts it down where the result says.
    private void Hold(int index, in TraceEvent e)
    {
        if (e.OldLength == 0 || (e.Flags & MremapDontUnmap) != 0) return;
        _held[index] = [.. SpaceOf(e.Pid).Take(AddressSpace.Pages(e.Address, e.OldLength))];
    }

    private void Mremap(int index, in TraceEvent e)
    {
        var space = SpaceOf(e.Pid);
        var target = AddressSpace.Pages(e.Result, e.Length);
        if (!_held.Remove(index, out var parts))
        {
            // The old mapping stays: a length of 0 makes a second one of shared memory, MREMAP_DONTUNMAP leaves the addresses (mremap(2)).
            space.Put(target, index);
            _tally.Called(e.Callchain, target.Length);
            return;
        }
        var old = AddressSpace.Pages(e.Address, e.OldLength);
        space.Take(target);
        var tail = old.Length > target.Length ? old.Length - target.Length : 0;
        foreach (var part in parts)
        {
            var offset = part.Start - old.Start;
            if (offset + part.Length > target.Length) tail -= offset + part.Length - Math.Max(target.Length, offset);
            if (offset < target.Length) space.Map.Add(target.Start + offset, target.Start + Math.Min(offset + part.Length, target.Length), part.Owner);
        }
        space.CountForeign(tail);
        if (target.Length <= old.Length) return;
        space.Map.Add(target.Start + old.Length, target.End, index);
        _tally.Called(e.Callchain, target.Length - old.Length);
    }

    // Recorded at its beginning: a shrink happens in place, but where a grown block went is not known. The old one is left where it was.
    private void MremapWithoutResult(in TraceEvent e)
    {
        var old = AddressSpace.Pages(e.Address, e.OldLength);
        var length = AddressSpace.Pages(0, e.Length).Length;
        _notes.MremapsWithoutResult++;
        if (e.Length == 0) _tally.Called(e.Callchain, 0);
        else if (length > old.Length) _tally.Called(e.Callchain, length - old.Length);
        else SpaceOf(e.Pid).Unmap(new AddressRange(old.Start + length, old.End));
    }

    private void Brk(int index, in TraceEvent e)
    {
        var space = SpaceOf(e.Pid);
        var (before, now) = (space.Break, e.HasResult ? e.Result : e.Address);
        if (now == 0) return;
        space.Break = now;
        if (before == 0)
        {
            if (e.Address != 0 || !_notes.BreaksAreRequested) _notes.FirstBreaks++;
            return;
        }
        var (from, to) = (AddressSpace.PageUp(before), AddressSpace.PageUp(now));
        if (to < from)
        {
            space.Unmap(new AddressRange(to, from));
        }
        else if (to > from)
        {
            if (space.Put(new AddressRange(from, to), index)) _notes.Overlapped++;
            _tally.Called(e.Callchain, to - from);
        }
    }

    private void Fork(in TraceEvent e)
    {
        if (!e.HasResult || e.Result is 0 or > int.MaxValue) return;
        NewSpace((int)e.Result, isFork: true).Break = SpaceOf(e.Pid).Break;
    }

    private void Exec(int pid)
    {
        SpaceOf(pid).Map.Clear();
        SpaceOf(pid).Break = 0;
    }

    private AddressSpace SpaceOf(int pid) => _spaceOf.TryGetValue(pid, out var space) ? space : NewSpace(pid, isFork: false);

    // A pid may be used again: the older process keeps its blocks.
    private AddressSpace NewSpace(int pid, bool isFork)
    {
        var space = new AddressSpace(pid, isFork);
        _spaces.Add(space);
        _spaceOf[pid] = space;
        return space;
    }

    private OutstandingMemory Result()
    {
        var blocks = new List<OutstandingBlock>();
        ulong foreign = 0;
        foreach (var space in _spaces)
        {
            AddBlocks(space, blocks);
            foreign = Math.Min(foreign + Math.Min(space.ForeignUnmapped, long.MaxValue), long.MaxValue);
        }
        return new OutstandingMemory(blocks, _tally.ToList(), _tally.MappedBytes, _tally.OutstandingBytes, (long)foreign, _failed, _notes.ToList())
        {
            MainPid = _trace.Process.Pid ?? (_trace.Events.Count > 0 ? _trace.Events[0].Pid : 0),
        };
    }

    private void AddBlocks(AddressSpace space, List<OutstandingBlock> blocks)
    {
        var intervals = space.Map.ToList();
        for (var i = 0; i < intervals.Count; i++)
        {
            var (start, end, owner) = intervals[i];
            for (; i + 1 < intervals.Count && intervals[i + 1].Start == end && intervals[i + 1].Owner == owner; i++) end = intervals[i + 1].End;
            var e = _trace.Events[owner];
            blocks.Add(new OutstandingBlock(new AddressRange(start, end), e.Callchain, e.Tid, e.TimeNs) { Pid = space.Pid });
            _tally.Left(e.Callchain, end - start);
        }
    }
}
