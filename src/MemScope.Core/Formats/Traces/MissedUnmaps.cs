using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>
/// Finds calls that a tracer lost without saying so: the kernel gives out addresses only while they are free, so a mapping over one that the trace still holds for mapped shows that an
/// munmap between the two is missing. MAP_FIXED and MREMAP_FIXED may replace what is there; a forked child and a program after exec have address spaces of their own.
/// </summary>
internal sealed class MissedUnmaps
{
    private const ulong MapFixed = 0x10, MremapFixed = 0x2, MremapDontUnmap = 0x4;

    // Lengths count in whole pages (mmap(2)).
    private const ulong PageMask = 4095;

    private readonly IReadOnlyList<TraceEvent> _events;
    private readonly Dictionary<int, IntervalMap> _spaces = [];
    private readonly PriorityQueue<int, int> _unfinished = new();
    private readonly List<IntervalMap.Interval> _taken = [];
    private long _count;

    private MissedUnmaps(IReadOnlyList<TraceEvent> events) => _events = events;

    /// <summary>How many mappings lie on memory that was mapped in the trace and not unmapped in it. Takes O(log n) for each event, whatever the events say.</summary>
    public static long Count(IReadOnlyList<TraceEvent> events) => new MissedUnmaps(events).Run();

    private long Run()
    {
        for (var i = 0; i < _events.Count; i++)
        {
            FinishUpTo(_events[i].Line);
            Begin(i);
        }
        FinishUpTo(int.MaxValue);
        return _count;
    }

    // What a split call frees is free from its beginning, what it maps is used from its end.
    private void FinishUpTo(int line)
    {
        while (_unfinished.TryPeek(out var index, out var resumed) && resumed <= line)
        {
            _unfinished.Dequeue();
            Finish(_events[index]);
        }
    }

    private void Begin(int index)
    {
        var e = _events[index];
        if (e.Failed) return;
        if (e.Call == MemoryCall.Munmap) Take(e.Pid, e.Address, e.Length);
        else if (e.Call == MemoryCall.Mremap && e.HasResult && (e.Flags & MremapDontUnmap) == 0) Take(e.Pid, e.Address, e.OldLength);
        else if (e.Call == MemoryCall.Fork && e.HasResult && e.Result <= int.MaxValue) _spaces.Remove((int)e.Result);
        if (e.ResumedLine > e.Line) _unfinished.Enqueue(index, e.ResumedLine);
        else Finish(e);
    }

    private void Finish(in TraceEvent e)
    {
        if (e.Call == MemoryCall.Exec) _spaces.Remove(e.Pid);
        else if (e.HasResult && e.Call == MemoryCall.Mmap) Put(e, (e.Flags & MapFixed) != 0);
        else if (e.HasResult && e.Call == MemoryCall.Mremap) Put(e, (e.Flags & MremapFixed) != 0);
    }

    private void Put(in TraceEvent e, bool replaces)
    {
        if (Take(e.Pid, e.Result, e.Length) && !replaces) _count++;
        var (start, end) = Pages(e.Result, e.Length);
        SpaceOf(e.Pid).Add(start, end, 0);
    }

    private bool Take(int pid, ulong address, ulong length)
    {
        _taken.Clear();
        var (start, end) = Pages(address, length);
        SpaceOf(pid).Remove(start, end, _taken);
        return _taken.Count > 0;
    }

    private IntervalMap SpaceOf(int pid)
    {
        if (!_spaces.TryGetValue(pid, out var space)) _spaces.Add(pid, space = new IntervalMap());
        return space;
    }

    private static (ulong Start, ulong End) Pages(ulong start, ulong length)
    {
        var end = start + Math.Min(length, ulong.MaxValue - start);
        return (start, end > ulong.MaxValue - PageMask ? ~PageMask : (end + PageMask) & ~PageMask);
    }
}
