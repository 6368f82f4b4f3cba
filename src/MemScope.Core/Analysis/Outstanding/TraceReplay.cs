using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>
/// Plays the calls of a trace again on an interval map per process and tells what is still mapped at the end, and by whom:
/// <list type="bullet">
/// <item>a block belongs to the callchain that first mapped it, wherever mremap moves it; an mremap is charged the grown bytes only;</item>
/// <item>growth of the heap belongs to the callchain of its brk;</item>
/// <item>what was mapped before the trace is charged to nobody, also when it is moved or an mprotect makes it usable, which is told apart;</item>
/// <item>a failed call changes nothing; munmap, mprotect and brk without a recorded result are taken to have succeeded;</item>
/// <item>threads share a map, a forked child has its own, in which its parent's blocks are not outstanding again; exec empties it, and so does the end of a process other than the traced one;</item>
/// <item>PROT_NONE mappings count, marked as reserves: they are address space; madvise gives memory back and no mapping.</item>
/// </list>
/// docs/traces.md has the rules in full.
/// </summary>
public sealed partial class TraceReplay
{
    private readonly Trace _trace;
    private readonly ReplayFilter? _filter;
    private readonly Limits _limits;
    private readonly ReplayTally _tally;
    private readonly ReplayNotes _notes = new();
    private readonly int _mainPid;
    private readonly List<AddressSpace> _spaces = [];
    private readonly Dictionary<int, AddressSpace> _spaceOf = [];
    private readonly PriorityQueue<int, int> _unfinished = new();
    private readonly Dictionary<int, IntervalMap.Interval[]> _held = [];
    private AddressSpace? _last;
    private bool _knowsProtections;
    private long _pieces;

    private TraceReplay(Trace trace, ReplayFilter? filter, Limits limits, TimelineTally? timeline)
    {
        (_trace, _filter, _limits) = (trace, filter, limits);
        _tally = new ReplayTally(trace, filter) { Timeline = timeline };
        _mainPid = TracedProcess.Of(trace);
        foreach (var e in trace.Events)
        {
            if (filter is not null && !filter.Reaches(e)) continue;
            // Where no call has an access, protections were not recorded: mappings that are all PROT_NONE are of no use to anybody.
            _knowsProtections |= e is { Call: MemoryCall.Mmap or MemoryCall.Mprotect, Protection: not 0 };
            _notes.BreaksAreRequested |= e is { Call: MemoryCall.Brk, Address: not 0 };
        }
    }

    /// <summary>
    /// Replays a trace, or the part of it that is asked for. Does not throw, whatever the events say, and takes O(n log n) for n events. Up to a moment it gives what the trace cut behind that
    /// moment gives, but for the traced process, which is that of the whole trace.
    /// </summary>
    public static OutstandingMemory Run(Trace trace, ReplayFilter? filter = null) => Run(trace, filter, Limits.Default, null);

    /// <summary>The same under other limits and with a tally of what happens when.</summary>
    internal static OutstandingMemory Run(Trace trace, ReplayFilter? filter, Limits limits, TimelineTally? timeline) => new TraceReplay(trace, filter, limits, timeline).Run();

    private OutstandingMemory Run()
    {
        for (var i = 0; i < _trace.Events.Count; i++)
        {
            var e = _trace.Events[i];
            if (_filter is not null && !_filter.Reaches(e)) continue;
            if (_unfinished.Count > 0) FinishUpTo(e.Line);
            Begin(i, e);
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
            Finish(index, _trace.Events[index]);
        }
    }

    private void Begin(int index, in TraceEvent e)
    {
        _tally.See(e);
        _notes.See(e, _tally.Counts(e));
        if (e.Failed)
        {
            // A refused brk still tells where the heap ends.
            if (e.Call == MemoryCall.Brk && e.HasResult && SpaceOf(e.Pid) is { Break: 0 } space) space.Break = e.Result;
            return;
        }
        if (e.Call == MemoryCall.Munmap) Unmap(SpaceOf(e.Pid), AddressSpace.Pages(e.Address, e.Length), e);
        else if (e.Call == MemoryCall.Fork) Fork(e);
        else if (e.Call == MemoryCall.Mremap && e.HasResult) Hold(index, e);
        if (e.ResumedLine > e.Line) _unfinished.Enqueue(index, e.ResumedLine);
        else Finish(index, e);
    }

    private void Finish(int index, in TraceEvent e)
    {
        switch (e.Call)
        {
            case MemoryCall.Mmap: Mmap(index, e); break;
            case MemoryCall.Mremap when e.HasResult: Mremap(index, e); break;
            case MemoryCall.Mremap: MremapWithoutResult(e); break;
            case MemoryCall.Brk: Brk(index, e); break;
            case MemoryCall.Mprotect: Mprotect(index, e); break;
            case MemoryCall.Madvise: Madvise(e); break;
            case MemoryCall.Exec: End(e); break;
            // The traced process's end is the trace's: what it had mapped then is what is asked for.
            case MemoryCall.Exit when e.Pid != _mainPid: End(e); break;
            case MemoryCall.Exit: _notes.Ended = true; break;
        }
    }

    private void Fork(in TraceEvent e)
    {
        if (!e.HasResult || e.Result is 0 or > int.MaxValue) return;
        var heapEnd = SpaceOf(e.Pid).Break;
        NewSpace((int)e.Result, isFork: true).Break = heapEnd;
    }

    // exec puts a new program in the place of the old one, exit none.
    private void End(in TraceEvent e)
    {
        var space = SpaceOf(e.Pid);
        Free(space.Map.ToList(), e, withProcess: true);
        space.Map.Clear();
        space.Break = 0;
    }

    private AddressSpace SpaceOf(int pid)
    {
        if (_last is { } last && last.Pid == pid) return last;
        return _last = _spaceOf.TryGetValue(pid, out var space) ? space : NewSpace(pid, isFork: false);
    }

    // A pid may be used again: the older process keeps its blocks.
    private AddressSpace NewSpace(int pid, bool isFork)
    {
        var space = new AddressSpace(pid, isFork);
        _spaces.Add(space);
        _spaceOf[pid] = space;
        return _last = space;
    }

    private OutstandingMemory Result()
    {
        var blocks = new List<OutstandingBlock>();
        var usable = new List<OutstandingBlock>();
        foreach (var space in _spaces) AddBlocks(space, blocks, usable);
        var callchains = _tally.Callchains();
        var total = _tally.Total.ToActivity(_tally.ObservedNs);
        return new OutstandingMemory(blocks, [.. callchains.Where(Maps).Select(Totals)], total.MappedBytes, total.OutstandingBytes, _tally.BeforeTraceUnmappedBytes, _tally.Failed, _notes.ToList())
        {
            MainPid = _mainPid,
            LowerBoundReason = _notes.LowerBoundReason,
            MadeUsable = usable,
            Total = total,
            CallchainActivity = callchains,
            ThreadActivity = _tally.Threads(),
            Observed = _tally.Observed,
            StartUpLagNs = _filter?.FromNs is null && _trace.BeganNs is { } began && _tally.Observed is { } span && span.FirstNs >= began ? new ObservedSpan(began, span.FirstNs).Ns : null,
        };
    }

    private static bool Maps(CallchainActivity c) => c.Activity.MappingCalls > 0 || c.Activity.OutstandingBlocks > 0;

    private static CallchainTotals Totals(CallchainActivity c) =>
        new(c.Callchain, c.Activity.MappingCalls, c.Activity.MappedBytes, c.Activity.OutstandingBytes, c.Activity.OutstandingBlocks);

    private void AddBlocks(AddressSpace space, List<OutstandingBlock> blocks, List<OutstandingBlock> usable)
    {
        var intervals = space.Map.ToList();
        for (var i = 0; i < intervals.Count; i++)
        {
            var (start, end, code) = intervals[i];
            for (; i + 1 < intervals.Count && intervals[i + 1].Start == end && intervals[i + 1].Owner == code; i++) end = intervals[i + 1].End;
            var owner = new PageOwner(code);
            var e = _trace.Events[owner.Event];
            if (!_tally.Counts(e)) continue;
            var block = new OutstandingBlock(new AddressRange(start, end), e.Callchain, e.Tid, e.TimeNs) { Pid = space.Pid, IsReserve = owner.State == PageState.Reserve };
            if (owner.IsMapped)
            {
                blocks.Add(block);
                _tally.Left(e, block);
            }
            else if (owner.State == PageState.MadeUsable)
            {
                usable.Add(block);
                _tally.LeftUsable(e, end - start);
            }
        }
    }
}
