using MemScope.Core.Model;

namespace MemScope.Core.Formats.Strace;

/// <summary>
/// Finds out which threads share an address space. strace prints thread ids only; clone, fork and vfork tell whose they are. Threads that were there before the trace
/// began are taken for threads of the first process: strace attaches to all threads of a process.
/// </summary>
internal sealed class StraceFamily
{
    private readonly List<ThreadBirth> _births = [];
    private readonly Dictionary<int, int> _processOf = [];
    private readonly HashSet<int> _untilExec = [];

    /// <summary>What was noted, in the order of the calls' ends.</summary>
    public IReadOnlyList<ThreadBirth> Births => _births;

    /// <summary>Notes a successful clone, fork or vfork.</summary>
    public void Born(in ThreadBirth birth) => _births.Add(birth);

    /// <summary>Sets the process of every event and drops the ends of threads that are not the last of their process.</summary>
    /// <param name="events">In the order of the file.</param>
    /// <param name="rootPid">The traced process where the text names it, else null.</param>
    /// <returns>The pid of the first process, or null when several threads without a known process make it a guess.</returns>
    public int? Resolve(List<TraceEvent> events, int? rootPid)
    {
        var roots = Roots(events);
        var root = rootPid ?? roots.Min;
        _births.Sort((a, b) => a.BeforeEvent.CompareTo(b.BeforeEvent));
        var next = 0;
        for (var i = 0; i < events.Count; i++)
        {
            for (; next < _births.Count && _births[next].BeforeEvent <= i; next++) Apply(_births[next], root);
            events[i] = events[i] with { Pid = ProcessOf(events[i], root) };
        }
        events.RemoveAll(e => e.Call == MemoryCall.Exit && e.Tid != e.Pid && e.Tid != 0);
        return rootPid ?? (roots.Count == 1 && root != 0 ? root : null);
    }

    private SortedSet<int> Roots(List<TraceEvent> events)
    {
        var children = _births.Select(b => b.Child).ToHashSet();
        var roots = new SortedSet<int>();
        foreach (var e in events) if (e.Tid != 0 && !children.Contains(e.Tid)) roots.Add(e.Tid);
        return roots;
    }

    private void Apply(ThreadBirth birth, int root)
    {
        var shares = (birth.CloneFlags & StraceFlags.CloneVm) != 0;
        _processOf[birth.Child] = shares ? _processOf.GetValueOrDefault(birth.Parent, root) : birth.Child;
        // vfork, posix_spawn: the child runs in the parent's memory until it becomes another program.
        if (shares && (birth.CloneFlags & StraceFlags.CloneThread) == 0) _untilExec.Add(birth.Child);
        else _untilExec.Remove(birth.Child);
    }

    private int ProcessOf(TraceEvent e, int root)
    {
        if (e.Call == MemoryCall.Exec && !e.Failed && _untilExec.Remove(e.Tid)) _processOf[e.Tid] = e.Tid;
        return _processOf.GetValueOrDefault(e.Tid, root);
    }
}
