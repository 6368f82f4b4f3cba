using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>Collects what the trace formats have in common: events, the stacks that follow them, losses and diagnostics.</summary>
/// <param name="tool">Slug of the tool, as in <see cref="Trace.Tool"/>.</param>
/// <param name="stacks">The table of the callchains.</param>
internal sealed class TraceBuilder(string tool, StackTable stacks)
{
    private readonly List<TraceLoss> _losses = [];

    /// <summary>What the parser has to say.</summary>
    public DiagnosticBag Diagnostics { get; } = new();

    /// <summary>The events so far.</summary>
    public List<TraceEvent> Events { get; } = [];

    /// <summary>Whether it is known whose the events are and in which order they happened; else what they seem to map over one another shows no loss.</summary>
    public bool KnowsOrder { get; set; } = true;

    /// <summary>Adds an event that has no stack yet and returns its index.</summary>
    public int Add(TraceEvent memoryEvent)
    {
        Events.Add(memoryEvent with { Callchain = -1 });
        return Events.Count - 1;
    }

    /// <summary>Gives an event the stack that is printed in some lines of the file.</summary>
    public void SetStack(int index, ReadOnlySpan<byte> lines)
    {
        ref var e = ref CollectionsMarshal.AsSpan(Events)[index];
        e = e with { Callchain = stacks.Intern(lines) };
    }

    /// <summary>
    /// Gives an event the stack that stands in front of it in the buffer, where the same lines were read before, and goes behind them. Lines that come for the first time are left to be
    /// read one by one.
    /// </summary>
    /// <param name="index">The event.</param>
    /// <param name="lines">The text behind the event's line.</param>
    /// <param name="lead">How a frame's line begins.</param>
    /// <param name="other">Another byte with which a line may belong to the stack: then it is not taken as a whole.</param>
    public bool TryTakeKnownStack(int index, LineStream lines, byte lead, byte other)
    {
        if (lines.IsCrLf) return false;
        var ahead = lines.AheadAtLeast(StackBlock.Bytes);
        var length = StackBlock.Measure(ahead, lead, out var frames);
        if (length == 0 || ahead[length] == other || stacks.Known(ahead[..length]) is not (>= 0 and var callchain)) return false;
        ref var e = ref CollectionsMarshal.AsSpan(Events)[index];
        e = e with { Callchain = callchain };
        lines.Pass(length, frames);
        return true;
    }

    /// <summary>The losses so far.</summary>
    public IReadOnlyList<TraceLoss> Losses => _losses;

    /// <summary>Notes a loss that the tool or the text shows.</summary>
    public void Lose(string kind, long count, string text) => _losses.Add(new TraceLoss(kind, count, text));

    /// <summary>What ties the clock of the events to wall time, or null.</summary>
    public ClockAnchor? Anchor { get; set; }

    /// <summary>When the tracer says that it began to watch, in the clock of the events, or null.</summary>
    public long? BeganNs { get; set; }

    /// <summary>The finished capture: one trace with the losses that the events themselves show, or none when the tool did not even run; then what it said comes first.</summary>
    /// <param name="format">Slug of the format.</param>
    /// <param name="ran">Whether the text shows that the tool watched the process, be it without seeing a call.</param>
    /// <param name="clock">Clock of the events' times.</param>
    /// <param name="process">What the text says of the process.</param>
    /// <param name="stackAdvice">How to get stacks from this tool.</param>
    public ParsedCapture Build(string format, bool ran, ClockDomain clock, ProcessHint process, string stackAdvice)
    {
        if (!ran && Events.Count == 0) return ParsedCapture.Nothing(format, [.. Diagnostics.ToList().OrderByDescending(d => d.Severity)]);
        return new ParsedCapture(format, "", [], [], [Trace(clock, process, stackAdvice)], Diagnostics.ToList());
    }

    private Trace Trace(ClockDomain clock, ProcessHint process, string stackAdvice)
    {
        FillPid(process.Pid);
        LoseMissingStacks(stackAdvice);
        LoseMissingResults();
        if (KnowsOrder && MissedUnmaps.Count(Events) is > 0 and var over)
        {
            var reason = Events.Exists(e => e.Call == MemoryCall.Munmap) ? "munmaps in between were lost, although the tool reports no loss of them" : "munmap was not traced";
            Lose("missed-unmaps", over, $"{Calls(over)} mapped memory that the trace still held for mapped: {reason}.");
        }
        if (SilentProbe.Count(Events, out var last) is > 0 and var unknown)
            Lose("silent-probe", unknown, $"No mmap was recorded behind line {Events[last].Line}, but {unknown} munmaps of memory that the trace never saw being mapped: the probe of mmap went silent there.");
        if (stacks.CutChains > 0) Lose("cut-stacks", stacks.CutChains, $"Distinct stacks deeper than the limit, cut at their outer end: {stacks.CutChains}.");
        return new Trace(tool, clock, process, Events, stacks.Callchains, _losses) { Anchor = Anchor, BeganNs = BeganNs };
    }

    // Where the calls do not say whose they are, they are the traced process's.
    private void FillPid(int? pid)
    {
        if (pid is null) return;
        foreach (ref var e in CollectionsMarshal.AsSpan(Events)) if (e.Pid == 0) e = e with { Pid = pid.Value };
    }

    /// <summary>
    /// A call that maps memory should have a stack; one that does not (munmap, madvise) only where its kind has stacks at all, because many scripts do not ask for them there.
    /// </summary>
    private void LoseMissingStacks(string advice)
    {
        Span<long> missing = stackalloc long[(int)MemoryCall.Other + 1];
        Span<long> present = stackalloc long[(int)MemoryCall.Other + 1];
        foreach (ref readonly var e in CollectionsMarshal.AsSpan(Events))
        {
            if (e.Failed || e.Call is MemoryCall.Exec or MemoryCall.Fork or MemoryCall.Exit) continue;
            if (e.Callchain < 0) missing[(int)e.Call]++;
            else present[(int)e.Call]++;
        }
        long lost = 0, all = 0;
        for (var call = 0; call < missing.Length; call++)
        {
            if (present[call] == 0 && (MemoryCall)call is not (MemoryCall.Mmap or MemoryCall.Mremap or MemoryCall.Brk)) continue;
            lost += missing[call];
            all += missing[call] + present[call];
        }
        if (lost == 0) return;
        Lose("missing-stacks", lost, lost == all ? $"No event has a stack: {advice}" : $"{lost} of {all} events came without a stack.");
    }

    /// <summary>Notes how many events have a stack that ends before the function where a thread or a program begins.</summary>
    /// <param name="advice">How to get whole stacks from this tool.</param>
    public void LoseCutStacks(string advice)
    {
        var isWhole = stacks.Callchains.Select(StackRoots.IsWhole).ToArray();
        long cut = 0, all = 0;
        foreach (ref readonly var e in CollectionsMarshal.AsSpan(Events))
        {
            if (e.Callchain < 0) continue;
            all++;
            if (!isWhole[e.Callchain]) cut++;
        }
        if (cut > 0) Lose("cut-stacks", cut, $"{cut} of {all} stacks end before main or the function where a thread begins: {advice}");
    }

    /// <summary><c>1 call</c>, <c>2 calls</c>.</summary>
    public static string Calls(long count) => count == 1 ? "1 call" : FormattableString.Invariant($"{count} calls");

    private void LoseMissingResults()
    {
        long missing = 0;
        foreach (ref readonly var e in CollectionsMarshal.AsSpan(Events))
        {
            if (!e.HasResult && !e.Failed && e.Call is MemoryCall.Mmap or MemoryCall.Mremap or MemoryCall.Brk) missing++;
        }
        if (missing == 0) return;
        Lose("results-not-recorded", missing, $"{Calls(missing)} without a recorded result: where that memory lies, and whether it is still mapped, cannot be told.");
    }
}
