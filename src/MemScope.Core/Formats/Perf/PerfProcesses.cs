using System.Runtime.InteropServices;
using MemScope.Core.Formats.Strace;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// Finds out which threads share an address space. perf script prints thread ids only, unless it is asked for pids; records of tasks and mappings (<c>--show-task-events</c>,
/// <c>--show-mmap-events</c>) and clones say whose they are. Threads of which nothing is known are taken for threads of one process: perf record -p watches one.
/// </summary>
internal sealed class PerfProcesses
{
    private readonly Dictionary<int, int> _processOf = [];
    private readonly Dictionary<int, string> _names = [];
    private readonly HashSet<int> _children = [];
    private readonly HashSet<int> _cloned = [];
    private string _lastComm = "";
    private int _lastTid = -1;

    /// <summary>Names of the threads.</summary>
    public IReadOnlyDictionary<int, string> Names => _names;

    /// <summary>Notes the name that a sample prints.</summary>
    public void Named(int tid, string comm)
    {
        if (tid == _lastTid && ReferenceEquals(comm, _lastComm)) return;
        (_lastTid, _lastComm) = (tid, comm);
        if (tid > 0 && comm.Length > 0) _names[tid] = comm;
    }

    /// <summary>Notes whose thread it is.</summary>
    public void Known(int tid, int pid)
    {
        if (tid > 0 && pid > 0) _processOf[tid] = pid;
    }

    /// <summary>Notes a process that another one made; false when it was known.</summary>
    public bool Forked(int child) => _children.Add(child);

    /// <summary>Notes a thread, or a child that uses its parent's memory until it becomes another program.</summary>
    public void Cloned(int parent, int child)
    {
        _cloned.Add(child);
        _processOf[child] = _processOf.GetValueOrDefault(parent, parent);
    }

    /// <summary>Sets the process of every event.</summary>
    /// <param name="events">In the order of the file.</param>
    /// <param name="guessed">How many threads were taken for threads of one process because nothing says whose they are.</param>
    /// <returns>The process and its name; no pid where the events are those of several processes of which none made the others.</returns>
    public ProcessHint Resolve(List<TraceEvent> events, out int guessed)
    {
        // A child of vfork or posix_spawn uses its parent's memory until it becomes another program; what it does before is little.
        foreach (ref readonly var e in CollectionsMarshal.AsSpan(events))
        {
            if (e is not { Call: MemoryCall.Exec, Failed: false } || !_cloned.Remove(e.Tid)) continue;
            _processOf[e.Tid] = e.Tid;
            _children.Add(e.Tid);
        }
        var unknown = new SortedSet<int>();
        foreach (ref readonly var e in CollectionsMarshal.AsSpan(events)) if (e.Pid == 0 && !_processOf.ContainsKey(e.Tid) && !_children.Contains(e.Tid)) unknown.Add(e.Tid);
        guessed = _processOf.Count == 0 ? unknown.Count : 0;
        var root = unknown.Min;
        var roots = new SortedSet<int>();
        foreach (ref var e in CollectionsMarshal.AsSpan(events))
        {
            if (e.Pid == 0) e = e with { Pid = _processOf.TryGetValue(e.Tid, out var pid) ? pid : _children.Contains(e.Tid) || guessed == 0 ? e.Tid : root };
            if (!_children.Contains(e.Pid)) roots.Add(e.Pid);
        }
        // perf's own child has that name until it becomes the command.
        if (roots.Count == 0) roots.UnionWith(_processOf.Values.Where(p => _names.GetValueOrDefault(p) is not "perf-exec"));
        if (roots.Count != 1 || roots.Min <= 0) return ProcessHint.None;
        return new ProcessHint(roots.Min, _names.GetValueOrDefault(roots.Min));
    }

    /// <summary>Whether a clone shares its parent's memory.</summary>
    public static bool SharesMemory(ulong cloneFlags) => (cloneFlags & StraceFlags.CloneVm) != 0;
}
