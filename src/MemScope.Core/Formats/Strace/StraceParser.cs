using System.Buffers;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Strace;

/// <summary>
/// Reads the output of <c>strace</c>, with or without <c>-f</c>, <c>-r</c>, <c>-t/-tt/-ttt</c>, <c>-T</c>, <c>-k</c>, <c>-y</c>, <c>-Y</c>, <c>-X</c>, <c>-n</c>, <c>-i</c>, <c>-C</c>, from a file
/// (<c>-o</c>) or from the terminal:
/// <code>
/// 3358  1795189479.522261 mremap(0x7f9cff760000, 5373952, 5439488, MREMAP_MAYMOVE) = 0x7f9cff230000 &lt;0.000069>
///  > /opt/memscope-corpus/bin/raw_mmap_leak(index_grow+0x3a) [0x19ca]
/// [pid 16667] 15:14:49.224720 mmap(NULL, 8392704, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK, -1, 0 &lt;unfinished ...>
/// [pid 16667] 15:14:49.296615 &lt;... mmap resumed>) = 0x7f4c91732000 &lt;0.071822>
/// --- SIGCHLD {si_signo=SIGCHLD, …} ---
/// 15484 1795267576.819938 restart_syscall(&lt;... resuming interrupted read ...>) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)
/// 15483 13:26:16.816229 execve("/proc/self/exe", ["modes", "-"], 0x7ffe1eef0ca8 /* 47 vars */ &lt;pid changed to 15481 ...>
/// 15481 13:26:16.816585 +++ superseded by execve in pid 15483 +++
/// 3358  +++ exited with 0 +++
/// </code>
/// </summary>
internal sealed class StraceParser
{
    private static readonly SearchValues<byte> CallName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_"u8);
    private const int NoEvent = -1;

    /// <summary>How to get stacks.</summary>
    public const string StackAdvice = "run strace with -k.";

    private const int SplicesPerLine = 16;
    private const long NanosecondsPerDay = 86_400_000_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly Limits _limits;
    private readonly TraceBuilder _trace;
    private readonly StraceFamily _family = new();
    private readonly NameCounts _passedOver;
    private readonly Dictionary<int, int> _unfinished = [];
    private readonly Dictionary<int, ThreadClone> _unfinishedThreads = [];
    private ClockDomain _clock;
    private long _lastTimeNs, _dayNs;
    private int? _rootPid;
    private bool _insideSummary;
    private int _understood, _resumedWithoutHead, _stackOwner = NoEvent;
    private readonly StackLines _stack = new();

    // A clone that shares the memory: no event of the address space, but the child's calls must be counted to the same process.
    private readonly record struct ThreadClone(int BeforeEvent, ulong Flags, TraceEvent Call);

    private StraceParser(ParseOptions options)
    {
        _limits = options.Limits;
        _passedOver = new NameCounts(options.Names);
        _trace = new TraceBuilder("strace", new StackTable(StraceFrame.Read, options) { RemembersLines = true });
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new StraceParser(options);
        parser.ReadLines(file.Lines(options.Limits.LineBytes));
        return parser.Finish();
    }

    private void ReadLines(LineStream lines)
    {
        byte[]? head = null;
        int headNumber = 0, splices = 0;
        while (lines.Next())
        {
            var isFrame = (head ?? lines.Line).StartsWith(StraceFrame.Mark);
            if (!isFrame) EndStack();
            if (lines.IsTooLong || lines.Line.Length + (head?.Length ?? 0) > _limits.LineBytes)
            {
                _trace.Diagnostics.Add("STRACE004", Severity.Warning, lines.Number, "A line longer than the limit was skipped", lines.Line);
                head = null;
                continue;
            }
            var line = head is null ? lines.Line : [.. head, .. lines.Line];
            var number = head is null ? lines.Number : headNumber;
            head = null;
            if (StraceNotice.At(line) is > 0 and var at && splices++ < SplicesPerLine)
            {
                Notice(line[at..], number);
                head = line[..at].ToArray();
                headNumber = number;
                continue;
            }
            splices = 0;
            if (!isFrame)
            {
                ReadLine(line, number, lines.IsTerminated);
                if (_stackOwner >= 0) _trace.TryTakeKnownStack(_stackOwner, lines, StraceFrame.Mark[0], StraceFrame.Mark[0]);
            }
            else if (lines.IsTerminated || line.EndsWith("]"u8)) _stack.Add(line);
            else CutOff();
        }
        EndStack();
        if (head is not null && !head.AsSpan().StartsWith(StraceFrame.Mark)) ReadLine(head, headNumber, false);
    }

    private void ReadLine(ReadOnlySpan<byte> line, int number, bool terminated)
    {
        _stackOwner = NoEvent;
        if (line.IsEmpty || IsSummary(line)) return;
        if (line.StartsWith("strace: "u8) || StraceNotice.At(line) == 0)
        {
            Notice(line, number);
            return;
        }
        var prefix = StracePrefix.Read(line);
        var body = prefix.Body;
        if (body.IsEmpty) return;
        var timeNs = TimeOf(prefix);
        _understood++;
        if (body.StartsWith("<... "u8)) Resume(prefix.Tid, body, number);
        else if (body.StartsWith("+++ exited "u8) || body.StartsWith("+++ killed "u8)) _trace.Add(new TraceEvent { Call = MemoryCall.Exit, Tid = prefix.Tid, TimeNs = timeNs, Line = number });
        else if (body.StartsWith(Superseded)) Supersede(prefix.Tid, body);
        else if (body.StartsWith("--- SIG"u8) || body.StartsWith("--- stopped"u8) || body.StartsWith("<detached"u8)) return;
        else if (!TryCall(prefix.Tid, timeNs, body, number, terminated)) NotUnderstood(line, number, terminated);
    }

    private static ReadOnlySpan<byte> Superseded => "+++ superseded by execve in pid "u8;

    // A thread that becomes another program takes the place of its process's first one: the call that it began is resumed there.
    private void Supersede(int first, ReadOnlySpan<byte> body)
    {
        if (new ByteCursor(body[Superseded.Length..]).TryInt(out var thread) && _unfinished.Remove(thread, out var index)) _unfinished[first] = index;
    }

    // The table of -C behind the calls, from "% time     seconds  usecs/call" to "100.00    0.000216           6        31         1 total".
    private bool IsSummary(ReadOnlySpan<byte> line)
    {
        if (!_insideSummary && !line.StartsWith("% time"u8)) return false;
        _insideSummary = !line.EndsWith(" total"u8);
        return true;
    }

    private bool TryCall(int tid, long timeNs, ReadOnlySpan<byte> body, int number, bool terminated)
    {
        var open = body.IndexOf((byte)'(');
        if (open <= 0 || body[..open].IndexOfAnyExcept(CallName) >= 0) return false;
        var name = body[..open];
        if (!StraceCall.TryKind(name, out var call))
        {
            _passedOver.Add(name);
            return true;
        }
        var text = body[(open + 1)..];
        var end = text.IndexOf("<unfinished ..."u8);
        if (end < 0) end = text.IndexOf("<detached ..."u8);
        if (end < 0) end = text.IndexOf("<pid changed to "u8);
        var unfinished = end >= 0;
        if (unfinished) text = text[..end];
        if (!unfinished && (text.LastIndexOf(" = "u8) < 0 || (!terminated && IsCutResult(text)))) return false;
        var memoryEvent = new TraceEvent { Call = call, Tid = tid, TimeNs = timeNs, Line = number };
        if (!StraceCall.TryArguments(call, name, text, ref memoryEvent, out var unknownFlag)) return false;
        if (unknownFlag) _trace.Diagnostics.Add("STRACE005", Severity.Warning, number, "A flag is not known; its bits are missing", body);
        if (!unfinished) memoryEvent = StraceCall.WithResult(memoryEvent, text);
        var flags = call == MemoryCall.Fork ? StraceCall.CloneFlags(name, text) : 0;
        if ((flags & StraceFlags.CloneVm) == 0) AddCall(memoryEvent, unfinished);
        else if (unfinished) _unfinishedThreads[tid] = new ThreadClone(_trace.Events.Count, flags, memoryEvent);
        else Born(_trace.Events.Count, memoryEvent, flags);
        return true;
    }

    // A result that ends with the file may lack its last digits; "<0.000056>" or "(File exists)" behind it shows that it does not.
    private static bool IsCutResult(ReadOnlySpan<byte> text) => text[^1] is not ((byte)'>' or (byte)')');

    private void AddCall(TraceEvent memoryEvent, bool unfinished)
    {
        var index = _trace.Add(memoryEvent);
        if (unfinished)
        {
            _unfinished[memoryEvent.Tid] = index;
            return;
        }
        _stackOwner = index;
        if (memoryEvent.Call == MemoryCall.Fork) Born(index, memoryEvent, 0);
    }

    private void Born(int beforeEvent, in TraceEvent call, ulong flags)
    {
        if (call.HasResult && !call.Failed && call.Result is > 0 and <= int.MaxValue) _family.Born(new ThreadBirth(beforeEvent, call.TimeNs, call.Tid, (int)call.Result, flags));
    }

    private void Resume(int tid, ReadOnlySpan<byte> body, int number)
    {
        var word = new ByteCursor(body["<... "u8.Length..]).Word();
        if (!StraceCall.TryKind(word, out var call)) return;
        if (call == MemoryCall.Fork && (_unfinishedThreads.Remove(tid, out var thread) || _unfinishedThreads.Remove(0, out thread)))
        {
            Born(thread.BeforeEvent, StraceCall.WithResult(thread.Call, body) with { Tid = tid }, thread.Flags);
        }
        else if (TryTakeUnfinished(tid, call, out var index))
        {
            var whole = StraceCall.WithResult(_trace.Events[index], body) with { ResumedLine = number };
            _trace.Events[index] = whole;
            _stackOwner = index;
            if (call == MemoryCall.Fork) Born(index, whole with { Tid = tid }, 0);
        }
        else
        {
            _resumedWithoutHead++;
        }
    }

    // While there is one thread the terminal shows no [pid]: either half of a call may lack what the other half has.
    private bool TryTakeUnfinished(int tid, MemoryCall call, out int index)
    {
        if (_unfinished.Remove(tid, out index) || _unfinished.Remove(0, out index)) return _trace.Events[index].Call == call;
        if (tid != 0) return false;
        return TryTakeLatest(call, out index);
    }

    private bool TryTakeLatest(MemoryCall call, out int index)
    {
        int thread = 0;
        index = NoEvent;
        foreach (var (tid, unfinished) in _unfinished) if (unfinished > index && _trace.Events[unfinished].Call == call) (thread, index) = (tid, unfinished);
        return index >= 0 && _unfinished.Remove(thread);
    }

    private long TimeOf(in StracePrefix prefix)
    {
        if (prefix.Clock == ClockDomain.None) return 0;
        if (_clock == ClockDomain.None) _clock = prefix.Clock;
        if (_clock != prefix.Clock) return 0;
        var since = Math.Min(prefix.SinceLineBeforeNs ?? 0, long.MaxValue - Math.Max(_lastTimeNs, 0));
        if (_clock == ClockDomain.Relative) return _lastTimeNs += since;
        var timeNs = prefix.TimeNs + _dayNs;
        // Times without a date start again at midnight.
        if (_clock == ClockDomain.WallTimeOfDay && timeNs < _lastTimeNs - NanosecondsPerDay / 2)
        {
            _dayNs += NanosecondsPerDay;
            timeNs += NanosecondsPerDay;
        }
        // Whole seconds beside the time since the line before: within its second a line stands where the sum puts it.
        if (prefix.SinceLineBeforeNs is not null && !prefix.HasFraction && _lastTimeNs > 0) timeNs = Math.Clamp(_lastTimeNs + since, timeNs, timeNs + NanosecondsPerSecond - 1);
        return _lastTimeNs = timeNs;
    }

    private void Notice(ReadOnlySpan<byte> text, int number)
    {
        if (StraceNotice.TryProcess(text, out var pid, out var attached))
        {
            _understood++;
            if (_rootPid is null && _trace.Events.Count == 0 && attached) _rootPid = pid;
            return;
        }
        _trace.Diagnostics.Add("STRACE006", text.IndexOf("attach: "u8) > 0 ? Severity.Error : Severity.Warning, number, "strace said", text);
    }

    private void CutOff() => _trace.Lose("cut-off", 1, "The file ends in the middle of a line.");

    private void NotUnderstood(ReadOnlySpan<byte> line, int number, bool terminated)
    {
        _understood--;
        if (!terminated) CutOff();
        else _trace.Diagnostics.Add("STRACE002", Severity.Warning, number, "Not understood and skipped", line);
    }

    private void EndStack()
    {
        if (_stack.Any && _stackOwner >= 0) _trace.SetStack(_stackOwner, _stack.Bytes);
        _stack.Clear();
    }

    private ParsedCapture Finish()
    {
        var rootPid = _family.Resolve(_trace.Events, _rootPid);
        if (_resumedWithoutHead > 0) _trace.Lose("unmatched-resume", _resumedWithoutHead, $"{TraceBuilder.Calls(_resumedWithoutHead)} began before the log, so that the arguments are not known.");
        if (_unfinished.Count > 0) _trace.Lose("cut-off", _unfinished.Count, $"{TraceBuilder.Calls(_unfinished.Count)} had not returned when the log ended.");
        // The first call of a program that strace started is ld.so's brk(NULL), where execve is not traced.
        if (_trace.Events.Count > 0 && _trace.Events[0] is not ({ Call: MemoryCall.Exec } or { Call: MemoryCall.Brk, Address: 0 })) _trace.Lose("began-late", 0, "The process was running when the trace began: what it had mapped before is not in the trace.");
        if (_trace.Events.Count == 0) _trace.Diagnostics.Add("STRACE001", Severity.Warning, 0, "No memory call was recorded: the process mapped nothing while strace watched, or strace could not attach.");
        if (_passedOver.Any) _trace.Diagnostics.Add("STRACE003", Severity.Info, 0, $"Calls that do not change the address space were passed over: {_passedOver}.");
        return _trace.Build("strace", _understood > 0, _clock, new ProcessHint(rootPid), StackAdvice) with { ThreadBirths = _family.Births };
    }
}
