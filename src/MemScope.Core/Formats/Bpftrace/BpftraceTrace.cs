using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>What the text and the JSON output of bpftrace have in common: events, the tool's own messages, maps, losses.</summary>
internal sealed class BpftraceTrace(StackTable stacks, NameTable names)
{
    private const int NoEvent = -1;

    private readonly TraceBuilder _trace = new("bpftrace", stacks);
    private readonly NameCounts _maps = new(names);
    private readonly NameCounts _lostProbes = new(names);
    private int _owner = NoEvent, _firstPid, _notUnderstood;
    private readonly ClockBracket _clocks = new();
    private long? _beginNs;
    private int? _tracedPid;
    private bool _severalPids;
    private string? _comm;
    private long _lostEvents;

    /// <summary>What the parser has to say.</summary>
    public DiagnosticBag Diagnostics => _trace.Diagnostics;

    /// <summary>Lines that show that the script ran.</summary>
    public int Understood { get; set; }

    /// <summary>Reads the line of a call and waits for its stack; false when it is none.</summary>
    public bool TryEvent(ReadOnlySpan<byte> line, int number)
    {
        if (!BpftraceEvent.TryRead(line, out var memoryEvent, out var comm) && !BpftraceLooseEvent.TryRead(line, out memoryEvent, out comm)) return false;
        Understood++;
        _owner = _trace.Add(memoryEvent with { Line = number });
        if (memoryEvent.TimeNs > 0) _clocks.See(memoryEvent.TimeNs);
        if (memoryEvent.Pid != 0)
        {
            if (_firstPid == 0) _firstPid = memoryEvent.Pid;
            _severalPids |= memoryEvent.Pid != _firstPid;
        }
        if (_comm is null && !comm.IsEmpty) _comm = names.Get(comm);
        return true;
    }

    /// <summary>Whether the last event still waits for its stack.</summary>
    public bool AwaitsStack => _owner >= 0;

    /// <summary>Ends the wait for a stack.</summary>
    public void EndEvent() => _owner = NoEvent;

    /// <summary>Gives the last event the stack that is printed in some lines of the file.</summary>
    public void SetStack(ReadOnlySpan<byte> lines)
    {
        if (_owner >= 0) _trace.SetStack(_owner, lines);
        _owner = NoEvent;
    }

    /// <summary>Gives the last event the stack that comes next, where the same lines were read before, and goes behind them.</summary>
    public bool TryTakeKnownStack(LineStream lines)
    {
        if (_owner < 0 || lines.Ahead is not [var lead and ((byte)'\t' or (byte)' '), ..] || !_trace.TryTakeKnownStack(_owner, lines, lead, lead == '\t' ? (byte)' ' : (byte)'\t')) return false;
        _owner = NoEvent;
        return true;
    }

    /// <summary>Reads a line that is not about a call; false when it is not known.</summary>
    public bool TryOther(ReadOnlySpan<byte> line, int number)
    {
        var cursor = new ByteCursor(line);
        if (line.StartsWith("Attach"u8) && line.IndexOf(" probe"u8) > 0) Understood++;
        else if (cursor.TrySkip("TRACE-BEGIN "u8)) Begin(cursor);
        else if (line.StartsWith("TRACE-END"u8)) Understood++;
        else if (cursor.TrySkip("Lost "u8) && cursor.TryDecimal(out var lost) && cursor.Rest.StartsWith(" event"u8)) Lose(lost);
        else return TryMessage(line, number);
        return true;
    }

    /// <summary>Counts events that the kernel's buffer could not hold.</summary>
    public void Lose(ulong events)
    {
        Understood++;
        _lostEvents += (long)Math.Min(events, int.MaxValue);
    }

    /// <summary>Notes that the last line lacks its end: the number that it ends in may lack digits.</summary>
    public void CutOff() => _trace.Lose("cut-off", 1, "The file ends in the middle of a line.");

    /// <summary>Notes a value of a map that the script printed.</summary>
    public void AddMap(ReadOnlySpan<byte> name)
    {
        Understood++;
        _maps.Add(name);
    }

    /// <summary>Counts a line of the script that is neither call nor message.</summary>
    public void NotUnderstood(int number, ReadOnlySpan<byte> line)
    {
        _notUnderstood++;
        Diagnostics.Add("BPFTRACE002", Severity.Warning, number, "Not understood and skipped", line);
    }

    /// <summary>Reports a stack, by its first frame, that belongs to no call.</summary>
    public void Stray(int number, ReadOnlySpan<byte> frame) => Diagnostics.Add("BPFTRACE002", Severity.Warning, number, "A frame that belongs to no call was skipped", frame);

    /// <summary>Notes a wall time that the script printed.</summary>
    public void SetWallTime(DateTimeOffset at, bool zoneKnown)
    {
        Understood++;
        _clocks.Wall(at, zoneKnown);
    }

    /// <summary>Reports what the tool said in JSON: a helper that failed, a warning of the script.</summary>
    public void Said(Severity severity, int number, ReadOnlySpan<byte> text)
    {
        Understood++;
        Diagnostics.Add("BPFTRACE006", severity, number, "bpftrace said", text);
    }

    /// <summary>The finished capture.</summary>
    public ParsedCapture Finish(string format, BpftraceMaps maps)
    {
        if (_maps.Any) Diagnostics.Add("BPFTRACE003", Severity.Info, 0, $"Values of maps that the script printed are sums, not events, and were not read as such: {_maps}.");
        if (maps.LeftOut > 0) Diagnostics.Add("BPFTRACE008", Severity.Warning, 0, $"The file names too many maps; {maps.LeftOut} entries of the later ones were left out.");
        if (_notUnderstood > 0)
            Diagnostics.Add("BPFTRACE009", Severity.Info, 0, $"{_notUnderstood} lines that the script printed were not understood. A call is read from a line that names it and gives its fields as words: nsecs pid tid comm mmap addr= len= ret=, as recipes/memory.bt prints them.");
        if (_trace.Events.Count == 0 && maps.AddUp)
        {
            // The script adds up and prints no calls.
        }
        else if (_trace.Events.Count == 0)
        {
            Diagnostics.Add("BPFTRACE001", Severity.Warning, 0, "No event was recorded: the process made none of the traced calls while bpftrace watched, or the probes did not fire.");
        }
        else
        {
            _trace.Lose("began-late", 0, "The process was running when the trace began: what it had mapped before is not in the trace." + FirstEvent());
        }
        if (_lostEvents > 0) _trace.Lose("lost-events", _lostEvents, $"bpftrace lost {_lostEvents} events: its buffer was full.");
        if (_lostProbes.Any) _trace.Lose("lost-events", 0, $"A probe stopped part way, and its calls after that are missing: {_lostProbes}.");
        var pid = _tracedPid ?? (_firstPid == 0 || _severalPids ? null : _firstPid);
        var process = new ProcessHint(pid, _comm);
        _trace.Anchor = _clocks.Anchor();
        _trace.BeganNs = _beginNs;
        var read = _trace.Build(format, Understood > 0, ClockDomain.Monotonic, process, "print ustack in the script.");
        if (!maps.Any) return read;
        read = read with { HeapProfiles = maps.Finish(process) };
        return _trace.Events.Count == 0 && maps.AddUp ? read with { Traces = [] } : read;
    }

    // "3458913348160 pid=3358 time=2026-11-21T13:35:42.799601+0000"
    private void Begin(ByteCursor cursor)
    {
        Understood++;
        if (cursor.TryDecimal(out var begin) && begin is > 0 and <= long.MaxValue)
        {
            _beginNs ??= (long)begin;
            if (cursor.Rest.IndexOf(" time="u8) is >= 0 and var time)
            {
                var text = new ByteCursor(cursor.Rest[(time + " time="u8.Length)..]);
                if (TimeText.TryRead(ref text, out var wall, out var zoneKnown)) _clocks.Both((long)begin, wall, zoneKnown);
            }
            else
            {
                _clocks.See((long)begin);
            }
        }
        var at = cursor.Rest.IndexOf("pid="u8);
        if (at < 0) return;
        cursor.Skip(at + 4);
        if (cursor.TryInt(out var pid) && pid > 0) _tracedPid = pid;
    }

    // From TRACE-BEGIN on every call is recorded; a first one that comes late says that little happened, or that the probe of what happened did not work yet.
    private string FirstEvent()
    {
        var first = _trace.Events[0].TimeNs;
        var seconds = _beginNs is { } begin && first > begin ? (first - begin) / 1e9 : 0;
        return seconds < 1 ? "" : FormattableString.Invariant($" Its first call came {seconds:F1} s after TRACE-BEGIN.");
    }

    private static ReadOnlySpan<byte> LostProbe => "failed to close perf event FDs for probe: "u8;

    private bool TryMessage(ReadOnlySpan<byte> line, int number)
    {
        var error = line.StartsWith("ERROR: "u8) || line.IndexOf(": ERROR: "u8) > 0;
        if (!error && !line.StartsWith("WARNING: "u8) && line.IndexOf(": WARNING: "u8) < 0) return false;
        if (line.IndexOf("couldn't set RLIMIT_MEMLOCK"u8) >= 0)
        {
            Diagnostics.Add("BPFTRACE004", Severity.Info, number, "bpftrace said", line);
        }
        else if (line.IndexOf("failed to look up stack id"u8) >= 0)
        {
            Diagnostics.Add("BPFTRACE005", Severity.Warning, number, "bpftrace lost a stack", line);
        }
        else if (line.IndexOf(LostProbe) is >= 0 and var at)
        {
            _lostProbes.Add(line[(at + LostProbe.Length)..]);
        }
        else
        {
            Diagnostics.Add("BPFTRACE006", error ? Severity.Error : Severity.Warning, number, "bpftrace said", line);
        }
        return true;
    }
}
