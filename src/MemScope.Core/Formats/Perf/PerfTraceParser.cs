using MemScope.Core.Formats.Strace;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// Reads what perf trace prints: a line for each call when it has returned, with <c>--max-stack</c> or <c>--call-graph</c> its stack behind it, without addresses:
/// <code>
///      3.596 ( 0.018 ms): thr/2078 mmap(len: 12288, prot: READ|WRITE, flags: PRIVATE|ANONYMOUS)          = 0x7f4e30467000
///                                        __GI___mmap64 (inlined)
///                                        churn (/opt/threads)
///      6.442 ( 0.016 ms): thr/2074 mmap(addr: 0xfffffffffffff000, len: 4096, flags: PRIVATE|FIXED|ANONYMOUS) = -1 ENOMEM (Cannot allocate memory)
/// </code>
/// Times are milliseconds since the trace began. Calls of several threads stand in the order of their ends; an interrupted one stands where it began.
/// </summary>
internal sealed class PerfTraceParser
{
    private const int NoEvent = -1, LeastFrameBlanks = 20;
    private readonly ParseOptions _options;
    private readonly TraceBuilder _trace;
    private readonly StackLines _stack = new();
    private readonly NameCounts _passedOver;
    private readonly PerfProcesses _processes = new();
    private readonly Dictionary<int, (int Event, ulong CloneFlags)> _open = [];
    private readonly HashSet<int> _seen = [];
    private int _owner = NoEvent, _understood;
    private long _withoutBeginning;
    private ulong _lost;
    private bool _inEvent;

    private PerfTraceParser(ParseOptions options)
    {
        _options = options;
        _passedOver = new NameCounts(options.Names);
        _trace = new TraceBuilder("perf", new StackTable(new PerfFrame(new PerfModules(), hasAddresses: false).Read, options));
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new PerfTraceParser(options);
        parser.ReadLines(file.Lines(options.Limits.LineBytes));
        return parser.Finish();
    }

    private void ReadLines(LineStream lines)
    {
        while (lines.Next())
        {
            var line = lines.Line;
            if (lines.IsTooLong)
            {
                EndStack();
                _trace.Diagnostics.Add("PERFTRACE004", Severity.Warning, lines.Number, $"A line of more than {_options.Limits.LineBytes} bytes was skipped.");
            }
            else if (line.IsEmpty)
            {
                EndStack();
            }
            else if (!lines.IsTerminated)
            {
                EndStack();
                _trace.Lose("cut-off", 1, "The file ends in the middle of a line.");
            }
            else if (line.IndexOfAnyExcept((byte)' ') >= LeastFrameBlanks && _inEvent)
            {
                if (_owner >= 0) _stack.Add(line);
            }
            else
            {
                EndStack();
                ReadLine(line, lines.Number);
            }
        }
        EndStack();
    }

    private void EndStack()
    {
        if (_owner >= 0 && _stack.Any) _trace.SetStack(_owner, _stack.Bytes);
        _stack.Clear();
        _owner = NoEvent;
        _inEvent = false;
    }

    private void ReadLine(ReadOnlySpan<byte> line, int number)
    {
        if (!PerfTraceLine.TryRead(line, out var entry))
        {
            if (PerfMessage.TryLost(line, out var lost)) _lost += lost;
            else _trace.Diagnostics.Add("PERFTRACE002", Severity.Warning, number, "Not understood and skipped", line);
            return;
        }
        _understood++;
        _inEvent = true;
        _processes.Named(entry.Tid, _options.Names.Get(entry.Comm));
        if (!entry.IsCall || !StraceCall.TryKind(entry.Name, out var call))
        {
            if (!entry.IsContinued) _passedOver.Add(entry.Name);
            return;
        }
        if (entry.IsContinued) Continue(entry, call, number);
        else Begin(entry, call, number);
    }

    private void Begin(in PerfTraceLine entry, MemoryCall call, int number)
    {
        _seen.Add(entry.Tid);
        var memoryEvent = PerfTraceArguments.Read(call, entry.Name, entry.Arguments, out var cloneFlags, out var unknownFlag);
        if (unknownFlag) _trace.Diagnostics.Add("PERFTRACE005", Severity.Warning, number, "A flag is not known; its bits are missing", entry.Arguments);
        memoryEvent = memoryEvent with { Tid = entry.Tid, TimeNs = entry.TimeNs, Line = number };
        var isThread = call == MemoryCall.Fork && PerfProcesses.SharesMemory(cloneFlags);
        if (entry.Arguments.TrimEnd(" "u8).EndsWith("..."u8) && entry.Arguments.LastIndexOf(" = "u8) < 0)
        {
            _open[entry.Tid] = (isThread ? NoEvent : _trace.Add(memoryEvent), cloneFlags);
            return;
        }
        memoryEvent = WithResult(memoryEvent, entry.Arguments, entry.Tid, isThread);
        if (!isThread) _owner = _trace.Add(memoryEvent);
    }

    private void Continue(in PerfTraceLine entry, MemoryCall call, int number)
    {
        if (!_open.Remove(entry.Tid, out var open))
        {
            // A child returns from its parent's clone.
            if (_seen.Add(entry.Tid) && call is MemoryCall.Fork or MemoryCall.Exec) return;
            _withoutBeginning++;
            return;
        }
        var begun = open.Event < 0 ? new TraceEvent { Call = MemoryCall.Fork } : _trace.Events[open.Event];
        if (begun.Call != call) return;
        begun = WithResult(begun, entry.Arguments, entry.Tid, open.Event < 0);
        if (open.Event < 0) return;
        _trace.Events[open.Event] = begun with { ResumedLine = number };
        _owner = open.Event;
    }

    // ") = 0x7fa1b2c00000", ") = -1 ENOMEM (Cannot allocate memory)", ") = 2075 (thr)", ") = " of a clone's child.
    private TraceEvent WithResult(TraceEvent memoryEvent, ReadOnlySpan<byte> text, int tid, bool isThread)
    {
        var at = text.LastIndexOf("= "u8);
        if (at < 0 || !new ByteCursor(text[(at + 2)..]).TryNumber(out var result)) return memoryEvent;
        var failed = MemoryCallFields.IsError(result) || (memoryEvent.Call == MemoryCall.Brk && memoryEvent.Address != 0 && memoryEvent.Address != result);
        if (memoryEvent.Call == MemoryCall.Fork && !failed && result is > 0 and <= int.MaxValue)
        {
            if (isThread) _processes.Cloned(tid, (int)result);
            else _processes.Forked((int)result);
        }
        return memoryEvent with { HasResult = true, Result = result, Failed = failed };
    }

    private ParsedCapture Finish()
    {
        var process = _processes.Resolve(_trace.Events, out var guessed);
        // A line is printed when its call has ended, so that those of several threads are out of order.
        _trace.KnowsOrder = _seen.Count <= 1;
        if (guessed > 1) _trace.Diagnostics.Add("PERFTRACE006", Severity.Info, 0, $"The text does not say whose the {guessed} threads are, and they were taken for threads of one process.");
        if (_lost > 0) _trace.Lose("lost-events", (long)Math.Min(_lost, long.MaxValue), $"perf lost {_lost} events: its buffer was full (perf trace -m makes it larger).");
        if (_withoutBeginning > 0) _trace.Lose("unmatched-resume", _withoutBeginning, $"{TraceBuilder.Calls(_withoutBeginning)} began before the trace, so that the arguments are not known.");
        if (_open.Count > 0) _trace.Lose("cut-off", _open.Count, $"{TraceBuilder.Calls(_open.Count)} had not returned when the trace ended.");
        if (_trace.Events is [not ({ Call: MemoryCall.Exec } or { Call: MemoryCall.Brk, Address: 0 }), ..]) _trace.Lose("began-late", 0, "The process was running when the trace began: what it had mapped before is not in the trace.");
        if (_trace.Events.Count == 0) _trace.Diagnostics.Add("PERFTRACE001", Severity.Warning, 0, "No memory call was recorded: the process made none while perf watched, or other calls were traced.");
        if (_passedOver.Any) _trace.Diagnostics.Add("PERFTRACE003", Severity.Info, 0, $"Calls and events that do not change the address space were passed over: {_passedOver}.");
        var capture = _trace.Build("perf-trace", _understood > 0, ClockDomain.Relative, process, "run perf trace with --call-graph dwarf or --max-stack 127.");
        return capture with { Traces = [.. capture.Traces.Select(t => t with { ThreadNames = _processes.Names })] };
    }
}
