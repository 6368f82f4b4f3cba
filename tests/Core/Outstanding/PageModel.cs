using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;

namespace MemScope.Tests.Outstanding;

/// <summary>
/// The simplest model of what docs/traces.md says: a dictionary from page to owner per process, every rule applied page by page. It shares no code with the replay and is as slow as it looks.
/// </summary>
internal sealed class PageModel
{
    private const ulong Size = 4096;

    private readonly IReadOnlyList<TraceEvent> _events;
    private readonly Func<TraceEvent, bool> _counts;
    private readonly int _traced;
    private readonly bool _knowsProtections, _knowsRequests;
    private readonly List<Process> _processes = [];
    private readonly Dictionary<int, Page[]> _held = [];

    /// <summary>What is known of a page: mapped in the trace or before it, and whether it may be accessed; null is not known.</summary>
    private sealed record Page(int Event, bool IsOld, bool IsNone, bool IsMade);

    private sealed class Process(int pid, bool isFork)
    {
        public int Pid { get; } = pid;

        public bool IsFork { get; } = isFork;

        public SortedDictionary<ulong, Page> Pages { get; } = [];

        public ulong Break { get; set; }
    }

    private PageModel(IReadOnlyList<TraceEvent> events, Func<TraceEvent, bool> counts, int traced)
    {
        (_events, _counts, _traced) = (events, counts, traced);
        _knowsProtections = events.Any(e => e.Call is MemoryCall.Mmap or MemoryCall.Mprotect && e.Protection != 0);
        _knowsRequests = events.Any(e => e.Call == MemoryCall.Brk && e.Address != 0);
    }

    /// <summary>Bytes that calls which count mapped, by callchain.</summary>
    public Dictionary<int, long> Mapped { get; } = [];

    /// <summary>Bytes gone of what a callchain had mapped.</summary>
    public Dictionary<int, long> Freed { get; } = [];

    /// <summary>Bytes of a callchain of which nobody knows where they are.</summary>
    public Dictionary<int, long> Unplaced { get; } = [];

    /// <summary>Bytes unmapped by the calls of a callchain.</summary>
    public Dictionary<int, long> Unmapped { get; } = [];

    /// <summary>Bytes given back by the calls of a callchain.</summary>
    public Dictionary<int, long> GivenBack { get; } = [];

    /// <summary>Bytes unmapped that were mapped before the trace.</summary>
    public long Foreign { get; private set; }

    /// <summary>Whether results were missing.</summary>
    public bool IsLowerBound { get; private set; }

    /// <summary>Plays events that are all replayed.</summary>
    public static PageModel Play(IReadOnlyList<TraceEvent> events, Func<TraceEvent, bool> counts, int traced)
    {
        var model = new PageModel(events, counts, traced);
        // Halves in the order in which they stand in the file; lines are all different.
        var halves = new SortedDictionary<int, (int Event, bool Begins)>();
        for (var i = 0; i < events.Count; i++)
        {
            halves.Add(events[i].Line, (i, true));
            if (events[i].ResumedLine > events[i].Line) halves.Add(events[i].ResumedLine, (i, false));
        }
        foreach (var (i, begins) in halves.Values)
        {
            var e = events[i];
            if (begins) model.Begin(i, e);
            if (!e.Failed && (!begins || e.ResumedLine <= e.Line)) model.End(i, e);
        }
        return model;
    }

    /// <summary>The pages outstanding, in order: process by process, page, callchain, whether it is a reserve.</summary>
    public IEnumerable<(int Pid, ulong Page, int Callchain, bool IsReserve)> Outstanding() =>
        from process in _processes
        from page in process.Pages
        where !page.Value.IsOld && _counts(_events[page.Value.Event])
        select (process.Pid, page.Key, _events[page.Value.Event].Callchain, page.Value.IsNone);

    /// <summary>The pages from before the trace that a call made usable.</summary>
    public IEnumerable<(int Pid, ulong Page, int Callchain)> MadeUsable() =>
        from process in _processes
        from page in process.Pages
        where page.Value is { IsOld: true, IsMade: true } && _counts(_events[page.Value.Event])
        select (process.Pid, page.Key, _events[page.Value.Event].Callchain);

    private void Begin(int index, TraceEvent e)
    {
        if (e.Failed)
        {
            if (e.Call == MemoryCall.Brk && e.HasResult && Of(e.Pid).Break == 0) Of(e.Pid).Break = e.Result;
            return;
        }
        if (e.Call == MemoryCall.Munmap) Unmap(e, e.Address, e.Length);
        if (e is { Call: MemoryCall.Fork, HasResult: true, Result: not 0 })
        {
            var heapEnd = Of(e.Pid).Break;
            _processes.Add(new Process((int)e.Result, isFork: true) { Break = heapEnd });
        }
        if (e.Call == MemoryCall.Mremap && e.HasResult && e.OldLength != 0 && (e.Flags & 4) == 0 && e.Result != e.Address) _held[index] = [.. Range(e.Address, e.OldLength).Select(at => Of(e.Pid).Pages.Remove(at, out var page) ? page : null!)];
    }

    private void End(int index, TraceEvent e)
    {
        var process = Of(e.Pid);
        switch (e.Call)
        {
            case MemoryCall.Mmap:
                Add(Mapped, e, e.Length);
                if (!e.HasResult && (e.Address == 0 || (e.Flags & 0x10) == 0 || (e.Flags & 0x100000) != 0))
                {
                    Add(Unplaced, e, e.Length);
                    IsLowerBound |= _counts(e);
                    return;
                }
                foreach (var at in Range(e.HasResult ? e.Result : e.Address, e.Length)) Put(process, at, new Page(index, false, _knowsProtections && (e.Protection & 7) == 0, false));
                break;
            case MemoryCall.Mremap when !e.HasResult:
                if (e.Length == 0 || e.Length > e.OldLength)
                {
                    // A length of 0 is one that the tool does not print.
                    IsLowerBound |= _counts(e);
                    if (e.Length == 0) return;
                    Add(Mapped, e, e.Length - e.OldLength);
                    Add(Unplaced, e, e.Length - e.OldLength);
                    foreach (var at in Range(e.Address, e.OldLength))
                    {
                        if (!process.Pages.Remove(at, out var lost) || lost.IsOld) continue;
                        Add(Unplaced, _events[lost.Event], Size);
                        IsLowerBound |= _counts(_events[lost.Event]);
                    }
                    return;
                }
                Unmap(e, e.Address + e.Length, e.OldLength - e.Length);
                break;
            case MemoryCall.Mremap:
                Mremap(process, index, e);
                break;
            case MemoryCall.Brk:
                Brk(process, index, e);
                break;
            case MemoryCall.Mprotect when _knowsProtections:
                foreach (var at in Range(e.Address, e.Length)) Protect(process, at, index, e.Protection);
                break;
            case MemoryCall.Madvise when e.Protection is 4 or 8 or 9 or 24:
                Add(GivenBack, e, e.Length);
                break;
            case MemoryCall.Exit when e.Pid != _traced:
            case MemoryCall.Exec:
                foreach (var page in process.Pages.Values) Free(page);
                process.Pages.Clear();
                process.Break = 0;
                break;
        }
    }

    private void Mremap(Process process, int index, TraceEvent e)
    {
        if (e.OldLength != 0 && (e.Flags & 4) == 0 && e.Result == e.Address)
        {
            // It stays where it is: only what is behind the shorter of the two lengths changes.
            var last = process.Pages.LastOrDefault(p => p.Key >= e.Address && p.Key < e.Address + e.OldLength).Value;
            if (e.Length < e.OldLength) Unmap(e, e.Address + e.Length, e.OldLength - e.Length);
            if (e.Length <= e.OldLength) return;
            foreach (var at in Range(e.Address + e.OldLength, e.Length - e.OldLength)) Put(process, at, new Page(index, false, last is { IsNone: true }, false));
            Add(Mapped, e, e.Length - e.OldLength);
            return;
        }
        _held.Remove(index, out var held);
        foreach (var at in Range(e.Result, e.Length))
            if (process.Pages.Remove(at, out var over)) Free(over);
        var grown = 0UL;
        for (var i = 0; i < Math.Max(held?.Length ?? 0, (int)(e.Length / Size)); i++)
        {
            var at = e.Result + (ulong)i * Size;
            if (held is not null && i < held.Length)
            {
                if (i < (int)(e.Length / Size) && held[i] is not null) process.Pages[at] = held[i];
                if (i >= (int)(e.Length / Size)) Unmapped1(process, held[i], e);
            }
            else
            {
                process.Pages[at] = new Page(index, false, held?.LastOrDefault(p => p is not null) is { IsNone: true }, false);
                grown += Size;
            }
        }
        if (grown > 0 || held is null) Add(Mapped, e, grown);
    }

    private void Brk(Process process, int index, TraceEvent e)
    {
        var now = e.HasResult ? e.Result : e.Address;
        if (now == 0) return;
        var before = process.Break;
        process.Break = now;
        if (before == 0) return;
        if (now < before) Unmap(e, now, before - now);
        if (now <= before) return;
        foreach (var at in Range(before, now - before)) Put(process, at, new Page(index, false, false, false));
        Add(Mapped, e, now - before);
    }

    private static void Protect(Process process, ulong at, int index, ulong protection)
    {
        var none = (protection & 7) == 0;
        var page = process.Pages.GetValueOrDefault(at);
        if (page is null) process.Pages[at] = new Page(index, true, none, !none && (protection & 2) != 0);
        else if (page.IsNone != none) process.Pages[at] = page.IsOld ? new Page(index, true, none, !none) : page with { IsNone = none };
    }

    private void Unmap(TraceEvent e, ulong address, ulong length)
    {
        foreach (var at in Range(address, length))
        {
            Of(e.Pid).Pages.Remove(at, out var page);
            Unmapped1(Of(e.Pid), page, e);
        }
    }

    private void Unmapped1(Process process, Page? page, TraceEvent e)
    {
        Add(Unmapped, e, Size);
        if (page is { IsOld: false }) Free(page);
        else if (!process.IsFork && _counts(e)) Foreign += (long)Size;
    }

    private void Put(Process process, ulong at, Page page)
    {
        if (process.Pages.TryGetValue(at, out var over)) Free(over);
        process.Pages[at] = page;
    }

    private void Free(Page page)
    {
        if (!page.IsOld) Add(Freed, _events[page.Event], Size);
    }

    private void Add(Dictionary<int, long> sums, TraceEvent e, ulong bytes)
    {
        if (_counts(e) && bytes > 0) sums[e.Callchain] = sums.GetValueOrDefault(e.Callchain) + (long)bytes;
    }

    // The last one with a pid is the one that lives.
    private Process Of(int pid)
    {
        if (_processes.FindLast(p => p.Pid == pid) is { } known) return known;
        _processes.Add(new Process(pid, isFork: false));
        return _processes[^1];
    }

    private static IEnumerable<ulong> Range(ulong address, ulong length)
    {
        for (var at = address; at < address + length; at += Size) yield return at;
    }
}
