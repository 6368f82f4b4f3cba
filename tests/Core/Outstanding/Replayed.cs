using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;

namespace MemScope.Tests.Outstanding;

/// <summary>Short traces written as calls; the callchain of each is given as a number.</summary>
internal static class Replayed
{
    public const ulong Page = 4096;

    public static OutstandingMemory Run(params TraceEvent[] events) => Run(tool: "strace", events);

    public static OutstandingMemory Run(string tool, params TraceEvent[] events) => TraceReplay.Run(TraceOf(events) with { Tool = tool, Clock = ClockDomain.None });

    /// <summary>A trace of process 1, whose times are the events'.</summary>
    public static Trace TraceOf(params TraceEvent[] events)
    {
        var chains = Enumerable.Range(0, 10).Select(i => new Callchain([new RawFrame { Function = $"f{i}" }])).ToArray();
        var placed = events.Select((e, i) => e with { Line = e.Line == 0 ? 10 * (i + 1) : e.Line }).ToArray();
        return new Trace("strace", ClockDomain.Monotonic, new ProcessHint(1), placed, chains, []);
    }

    public static TraceEvent Mmap(ulong at, ulong pages, int chain, ulong flags = 0x22) =>
        new() { Call = MemoryCall.Mmap, Pid = 1, Tid = 1, HasResult = true, Length = pages * Page, Result = at * Page, Flags = flags, Callchain = chain };

    public static TraceEvent Munmap(ulong at, ulong pages) =>
        new() { Call = MemoryCall.Munmap, Pid = 1, Tid = 1, HasResult = true, Address = at * Page, Length = pages * Page, Callchain = 9 };

    public static TraceEvent Mremap(ulong from, ulong oldPages, ulong to, ulong newPages, int chain, ulong flags = 1) => new()
    {
        Call = MemoryCall.Mremap, Pid = 1, Tid = 1, HasResult = true, Address = from * Page, OldLength = oldPages * Page, Result = to * Page, Length = newPages * Page, Flags = flags,
        Callchain = chain,
    };

    public static TraceEvent Brk(ulong page, int chain, bool asked = true) =>
        new() { Call = MemoryCall.Brk, Pid = 1, Tid = 1, HasResult = true, Address = asked ? page * Page : 0, Result = page * Page, Callchain = chain };

    public static TraceEvent Fork(int child) => new() { Call = MemoryCall.Fork, Pid = 1, Tid = 1, HasResult = true, Result = (ulong)child, Callchain = -1 };

    public static TraceEvent Exec => new() { Call = MemoryCall.Exec, Pid = 1, Tid = 1, HasResult = true, Callchain = -1 };

    /// <summary>Pages outstanding by callchain.</summary>
    public static IEnumerable<(int Chain, long Pages)> Pages(this OutstandingMemory memory) =>
        memory.Callchains.Where(c => c.OutstandingBytes > 0).OrderBy(c => c.Callchain).Select(c => (c.Callchain, c.OutstandingBytes / (long)Page));

    /// <summary>Where they lie.</summary>
    public static IEnumerable<(ulong From, ulong To, int Chain)> Places(this OutstandingMemory memory) => memory.Blocks.Select(b => (b.Range.Start / Page, b.Range.End / Page, b.Callchain));
}
