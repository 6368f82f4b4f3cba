using System.Runtime.InteropServices;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>Joins the beginnings and ends of calls, thread by thread, and finds the ones that lack the other half.</summary>
internal sealed class PerfCalls(TraceBuilder trace)
{
    private const int NoEvent = -1;
    private readonly Dictionary<int, Open> _open = [];
    private readonly HashSet<int> _seen = [];
    private long _endsMissed, _beginsMissed, _ends, _running;

    // A call that has begun. A clone that shares the memory is no event.
    private readonly record struct Open(int Event, MemoryCall Call, bool IsThread);

    /// <summary>Whose the threads are.</summary>
    public PerfProcesses Processes { get; } = new();

    /// <summary>Reads a sample of a call.</summary>
    /// <param name="perfEvent">Its event.</param>
    /// <param name="header">What stands before it.</param>
    /// <param name="text">What stands behind the event's name.</param>
    /// <param name="number">Its line.</param>
    /// <param name="owner">The event whose stack follows, or -1.</param>
    /// <returns>False when its numbers cannot be read.</returns>
    public bool TryRead(PerfEvent perfEvent, in PerfHeader header, ReadOnlySpan<byte> text, int number, out int owner)
    {
        owner = NoEvent;
        if (perfEvent.Kind is PerfEventKind.Enter or PerfEventKind.RawEnter)
        {
            ulong cloneFlags;
            if (perfEvent.Kind == PerfEventKind.Enter ? !perfEvent.TryFields(text, out var call, out cloneFlags) : !PerfRawCall.TryEnter(text, out call, out cloneFlags)) return false;
            if (perfEvent.Kind == PerfEventKind.RawEnter && call.Call == MemoryCall.Other) return true;
            owner = Enter(call with { Tid = header.Tid, Pid = header.Pid, TimeNs = header.TimeNs, Line = number }, cloneFlags);
            return true;
        }
        var ended = perfEvent.Call;
        ulong result;
        if (perfEvent.Kind == PerfEventKind.Exit ? !PerfEvent.TryResult(text, out result) : !PerfRawCall.TryExit(text, out ended, out result)) return false;
        if (perfEvent.Kind == PerfEventKind.Exit || ended != MemoryCall.Other) owner = Exit(ended, result, header.Tid, number);
        return true;
    }

    /// <summary>Whether a thread is inside a clone or fork that is traced.</summary>
    public bool IsCloning(int tid) => _open.TryGetValue(tid, out var open) && open.Call == MemoryCall.Fork;

    private int Enter(in TraceEvent call, ulong cloneFlags)
    {
        _seen.Add(call.Tid);
        var isThread = call.Call == MemoryCall.Fork && PerfProcesses.SharesMemory(cloneFlags);
        var index = isThread ? NoEvent : trace.Add(call);
        ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, call.Tid, out var before);
        if (before) _endsMissed++;
        open = new Open(index, call.Call, isThread);
        return index;
    }

    private int Exit(MemoryCall call, ulong result, int tid, int number)
    {
        _ends++;
        if (!_open.Remove(tid, out var open))
        {
            // A child returns from its parent's clone; the first end of a thread belongs to a call that ran when the trace began, execve among them where perf started the program.
            var isFirst = _seen.Add(tid);
            if (call == MemoryCall.Exec || (call == MemoryCall.Fork && result == 0)) return NoEvent;
            if (isFirst) _running++;
            else _beginsMissed++;
            return NoEvent;
        }
        if (open.Call != call)
        {
            _endsMissed++;
            _beginsMissed++;
            return NoEvent;
        }
        var failed = MemoryCallFields.IsError(result);
        if (call == MemoryCall.Fork && !failed && result is > 0 and <= int.MaxValue)
        {
            if (open.IsThread) Processes.Cloned(tid, (int)result);
            else Processes.Forked((int)result);
        }
        if (open.Event < 0) return NoEvent;
        ref var e = ref CollectionsMarshal.AsSpan(trace.Events)[open.Event];
        // brk returns the old break when it cannot move it (brk(2), the system call as against the library function).
        failed |= call == MemoryCall.Brk && e.Address != 0 && e.Address != result;
        e = e with { HasResult = true, Result = result, Failed = failed, ResumedLine = number };
        return e.Callchain < 0 ? open.Event : NoEvent;
    }

    /// <summary>Notes what the halves show of losses.</summary>
    public void Lose()
    {
        if (_running > 0) trace.Lose("unmatched-resume", _running, $"{TraceBuilder.Calls(_running)} began before the trace, so that the arguments are not known.");
        if (_beginsMissed > 0) trace.Lose("missed-begins", _beginsMissed, $"{TraceBuilder.Calls(_beginsMissed)} ended without having begun: perf lost their beginnings, although it may not say so.");
        // A recording of the enter tracepoints alone has no ends at all; the events without a result are counted then.
        if (_ends > 0 && _endsMissed > 0) trace.Lose("missed-ends", _endsMissed, $"{TraceBuilder.Calls(_endsMissed)} never ended, although the thread went on: perf lost their ends, although it may not say so.");
        if (_ends > 0 && _open.Count > 0) trace.Lose("cut-off", _open.Count, $"{TraceBuilder.Calls(_open.Count)} had not returned when the trace ended.");
        if (trace.Events is [not ({ Call: MemoryCall.Exec } or { Call: MemoryCall.Brk, Address: 0 }), ..]) trace.Lose("began-late", 0, "The process was running when the trace began: what it had mapped before is not in the trace.");
    }
}
