using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// Reads the records that perf script shows when asked (<c>--show-mmap-events --show-task-events --show-lost-events</c>; tools/perf/util/event.c). The mappings, see <see cref="PerfModules"/>, and:
/// <code>
/// PERF_RECORD_COMM: frag:4767/4769
/// PERF_RECORD_COMM exec: raw_mmap_leak:3358/3358
/// PERF_RECORD_FORK(4770:4771):(4767:4767)
/// PERF_RECORD_EXIT(4770:4771):(4767:4767)
/// PERF_RECORD_LOST lost 17
/// </code>
/// </summary>
internal sealed class PerfRecords(PerfModules modules, PerfCalls calls, TraceBuilder trace, NameTable names)
{
    private ulong _lost;
    private bool _anyLost;

    /// <summary>Counts events that perf says it lost; 0 where it does not say how many.</summary>
    public void AddLost(ulong events)
    {
        _anyLost = true;
        _lost = _lost > long.MaxValue - Math.Min(events, long.MaxValue) ? long.MaxValue : _lost + events;
    }

    /// <summary>Reads what stands behind <c>PERF_RECORD_</c>; false when it is not understood. Kinds that are of no use here are passed over.</summary>
    public bool TryRead(ReadOnlySpan<byte> text, long timeNs, int number)
    {
        if (text.StartsWith("MMAP"u8)) return TryMapping(text, timeNs);
        if (text.StartsWith("COMM"u8)) return TryComm(text["COMM"u8.Length..], timeNs, number);
        if (text.StartsWith("FORK("u8)) return TryTask(text["FORK("u8.Length..], timeNs, number, isExit: false);
        if (text.StartsWith("EXIT("u8)) return TryTask(text["EXIT("u8.Length..], timeNs, number, isExit: true);
        if (text.StartsWith("LOST"u8)) return TryLost(text);
        return true;
    }

    /// <summary>Notes the losses that perf tells of.</summary>
    public void Lose()
    {
        if (_anyLost) trace.Lose("lost-events", (long)_lost, (_lost > 0 ? $"perf lost at least {_lost} events" : "perf lost events") + ": its buffer was full (perf record -m makes it larger).");
    }

    private bool TryMapping(ReadOnlySpan<byte> text, long timeNs)
    {
        var blank = text.IndexOf((byte)' ');
        if (blank < 0 || !modules.TryRead(text[(blank + 1)..], timeNs, names, out var pid, out var tid)) return false;
        calls.Processes.Known(tid, pid);
        return true;
    }

    // " exec: name:pid/tid" or ": name:pid/tid"; the name may hold colons and blanks.
    private bool TryComm(ReadOnlySpan<byte> text, long timeNs, int number)
    {
        var isExec = text.StartsWith(" exec"u8);
        if (isExec) text = text[" exec"u8.Length..];
        var colon = text.LastIndexOf((byte)':');
        if (!text.StartsWith(": "u8) || colon < 2) return false;
        var cursor = new ByteCursor(text[(colon + 1)..]);
        if (!cursor.TryInt(out var pid) || !cursor.TrySkip((byte)'/') || !cursor.TryInt(out var tid)) return false;
        calls.Processes.Known(tid, pid);
        calls.Processes.Named(tid, names.Get(text[2..colon]));
        // At the time 0 stand the processes that ran when the recording began.
        if (isExec && timeNs > 0) trace.Add(new TraceEvent { Call = MemoryCall.Exec, Pid = pid, Tid = tid, TimeNs = timeNs, Line = number });
        return true;
    }

    // "4770:4771):(4767:4767)": process and thread, and those that made them.
    private bool TryTask(ReadOnlySpan<byte> text, long timeNs, int number, bool isExit)
    {
        var cursor = new ByteCursor(text);
        if (!cursor.TryInt(out var pid) || !cursor.TrySkip((byte)':') || !cursor.TryInt(out var tid) || !cursor.TrySkip("):("u8)) return false;
        if (!cursor.TryInt(out var parent) || !cursor.TrySkip((byte)':') || !cursor.TryInt(out var parentThread)) return false;
        calls.Processes.Known(tid, pid);
        if (timeNs == 0) return true;
        if (isExit && pid == tid) trace.Add(new TraceEvent { Call = MemoryCall.Exit, Pid = pid, Tid = tid, TimeNs = timeNs, Line = number });
        // Where clone is traced as well, the call stands for itself.
        if (!isExit && pid != parent && calls.Processes.Forked(pid) && !calls.IsCloning(parentThread))
            trace.Add(new TraceEvent { Call = MemoryCall.Fork, Pid = parent, Tid = parent, TimeNs = timeNs, Line = number, HasResult = true, Result = (ulong)pid });
        return true;
    }

    // "LOST lost 17", "LOST_SAMPLES lost 17".
    private bool TryLost(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf(" lost "u8);
        if (at < 0 || !new ByteCursor(text[(at + " lost "u8.Length)..]).TryDecimal(out var lost)) return false;
        AddLost(lost);
        return true;
    }
}
