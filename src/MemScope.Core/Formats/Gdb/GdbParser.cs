using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Gdb;

/// <summary>
/// Reads the log of a gdb batch run whose breakpoint commands print a line and a <c>bt</c> per hit:
/// <code>
/// === hit 3 nr=9 arg1=0x0 len=98304
/// #0  syscall () at ../sysdeps/unix/sysv/linux/x86_64/syscall.S:30
/// #1  0x0000557ba1a138c4 in raw_map (len=98304) at /opt/memscope-corpus/src/raw_mmap_leak.c:13
/// </code>
/// A breakpoint at the beginning of a call sees no result, unless the script goes on to the end of the call and prints it on a line of its own:
/// <code>
/// Value returned is $1 = (void *) 0x7ffff7fbe000          finish
/// rax            0x7ffff7fbe000      140737353867264      info registers rax
/// $2 = (void *) 0x7ffff7fbe000                            print (void *) $rax
/// === ret=0x7ffff7fbe000
/// === thread=2 ret=0x7ffff7fbe000                         of the last hit with thread=2
/// </code>
/// Mappings become a snapshot, backtraces without a hit a profile of samples. What else gdb prints is passed over and counted.
/// </summary>
internal sealed class GdbParser
{
    private const int NoEvent = -1;
    private readonly TraceBuilder _trace;
    private int _owner = NoEvent, _tid, _passedOver, _understood;
    private readonly StackLines _stack = new();
    private readonly GdbMappings _mappings;
    private readonly GdbSamples _samples;
    private readonly Dictionary<int, int> _hitOfThread = []; // hits whose end is still to come, by the number that a script gives its threads
    private int? _pid;
    private int _lastHit = NoEvent, _stackLine;
    private bool _failed, _insideFrame;

    private GdbParser(ParseOptions options)
    {
        _trace = new TraceBuilder("gdb", new StackTable(GdbFrame.Read, options) { Finish = GdbFrame.MarkInlined, Decode = GdbFrame.JoinBroken });
        _mappings = new GdbMappings(options, _trace.Diagnostics);
        _samples = new GdbSamples(options);
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new GdbParser(options);
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
                _trace.Diagnostics.Add("GDB004", Severity.Warning, lines.Number, "A line longer than the limit was skipped", line);
            }
            else if (!lines.IsTerminated && line is [(byte)'#' or (byte)'=', ..])
            {
                // What the line ends in may lack digits or letters.
                _trace.Lose("cut-off", 1, "The file ends in the middle of a line.");
            }
            else if (_mappings.TryTake(line, lines.Number, lines.Offset))
            {
                EndStack();
            }
            else if (GdbFrame.IsFrame(line, out var level))
            {
                if (level == 0) EndStack();
                if (!_stack.Any) _stackLine = lines.Number;
                _stack.Add(line);
                _insideFrame = true;
                _understood++;
            }
            else if (_insideFrame && GdbFrame.IsContinued(line))
            {
                _stack.Add(line);
            }
            else if (line.StartsWith("==="u8) && TryHit(line, lines.Number))
            {
                _understood++;
            }
            else if (GdbStop.TryRead(line, out var stop))
            {
                _understood++;
                Hit(stop, lines.Number);
            }
            else
            {
                ReadOther(line, lines.Number);
            }
        }
        EndStack();
    }

    private bool TryHit(ReadOnlySpan<byte> line, int number)
    {
        var fields = new MemoryCallFields();
        var cursor = new ByteCursor(line);
        var thread = 0;
        while (!cursor.IsAtEnd)
        {
            cursor.SkipBlanks();
            var word = cursor.Word();
            if (word.StartsWith("thread="u8)) _ = new ByteCursor(word["thread="u8.Length..]).TryInt(out thread);
            else fields.TryRead(word);
        }
        if (fields.Number is not { } nr)
        {
            // Between the beginning and the end of one thread's call may lie a hit of another.
            if (thread > 0 && _hitOfThread.Remove(thread, out var ended)) _lastHit = ended;
            return fields.HasPlace && TryResult(fields.ToEvent(MemoryCall.Mmap));
        }
        EndStack();
        _insideFrame = false;
        if (CallOf(nr) is not { } call)
        {
            _owner = NoEvent;
            _trace.Diagnostics.Add("GDB003", Severity.Info, number, $"A hit of system call {nr} was passed over: it does not change the address space.");
            return true;
        }
        Hit(fields.ToEvent(call), number);
        if (thread > 0) _hitOfThread[thread] = _lastHit;
        return true;
    }

    private void Hit(in TraceEvent hit, int number)
    {
        EndStack();
        _insideFrame = false;
        _lastHit = _owner = _trace.Add(hit with { Line = number, Tid = hit.Tid != 0 ? hit.Tid : _tid });
    }

    private bool TryResult(in TraceEvent result) => result.HasResult && TryResult(result.Result);

    // The result of the last hit, when that does not have one yet.
    private bool TryResult(ulong result)
    {
        if (_lastHit < 0 || _trace.Events[_lastHit] is { HasResult: true }) return false;
        _trace.Events[_lastHit] = _trace.Events[_lastHit] with { HasResult = true, Result = result, Failed = MemoryCallFields.IsError(result) };
        return true;
    }

    // "Value returned is $1 = (void *) 0x7f…", "$2 = (void *) 0x7f…", "rax            0x7f… 1407…"
    private bool TryPrintedResult(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        var isReturned = cursor.TrySkip("Value returned is "u8);
        if (!isReturned && cursor.TrySkip("rax "u8))
        {
            cursor.SkipBlanks();
            return cursor.TryNumber(out var register) && TryResult(register);
        }
        if (!cursor.TrySkip("$"u8) || !cursor.TryDecimal(out _) || !cursor.TrySkip(" = "u8)) return false;
        // Any expression may be printed so: by itself only a pointer is taken for the result.
        var isPointer = cursor.TrySkip("(void *) "u8);
        return (isReturned || isPointer) && cursor.TryNumber(out var value) && TryResult(value);
    }

    /// <summary>The call of a number of arch/x86/entry/syscalls/syscall_64.tbl.</summary>
    private static MemoryCall? CallOf(ulong number) => number switch
    {
        9 => MemoryCall.Mmap,
        10 => MemoryCall.Mprotect,
        11 => MemoryCall.Munmap,
        12 => MemoryCall.Brk,
        25 => MemoryCall.Mremap,
        28 => MemoryCall.Madvise,
        26 or 27 or 30 or 67 or 149 or 150 or 151 or 152 or 216 => MemoryCall.Other,
        _ => null,
    };

    private void EndStack()
    {
        if (!_stack.Any) return;
        if (_owner >= 0) _trace.SetStack(_owner, _stack.Bytes);
        else _samples.Add(_stack.Bytes, _stackLine);
        _owner = NoEvent;
        _stack.Clear();
    }

    private void ReadOther(ReadOnlySpan<byte> line, int number)
    {
        var cursor = new ByteCursor(line);
        if (cursor.TrySkip("process "u8) && cursor.TryInt(out var pid) && cursor.IsAtEnd)
        {
            _pid ??= pid;
            _mappings.Pid = pid;
        }
        if (GdbSamples.IsThread(line))
        {
            EndStack();
            _samples.BeginThread(line);
            _understood++;
            return;
        }
        if (TryPrintedResult(line)) return;
        if (TimeLine.Parse(line) is { } dated) _mappings.TakenAt = dated.At;
        if (line.StartsWith("[Switching to Thread "u8)) Switch(line);
        if (line.StartsWith("[Inferior "u8)) Inferior(line);
        if (line.StartsWith("ptrace: "u8) || line.StartsWith("No stack."u8) || line.StartsWith("Could not attach to process"u8))
        {
            _failed = true;
            _trace.Diagnostics.Add("GDB005", Severity.Error, number, "gdb said", line);
        }
        if (line.StartsWith("Backtrace stopped"u8) || line.StartsWith("(More stack frames follow"u8)) _trace.Diagnostics.Add("GDB006", Severity.Info, number, "A stack is incomplete", line);
        _insideFrame = false;
        if (!line.IsEmpty) _passedOver++;
    }

    // [Switching to Thread 0x7f9d018b6740 (LWP 23429)]
    private void Switch(ReadOnlySpan<byte> line)
    {
        var at = line.LastIndexOf("(LWP "u8);
        if (at < 0) return;
        var cursor = new ByteCursor(line[(at + 5)..]);
        if (cursor.TryDecimal(out var tid) && tid <= int.MaxValue) _tid = (int)tid;
    }

    // [Inferior 1 (process 3358) detached]
    private void Inferior(ReadOnlySpan<byte> line)
    {
        var at = line.IndexOf("(process "u8);
        if (at < 0) return;
        var cursor = new ByteCursor(line[(at + 9)..]);
        if (cursor.TryDecimal(out var pid) && pid <= int.MaxValue) _pid ??= (int)pid;
    }

    private ParsedCapture Finish()
    {
        _mappings.End();
        var hasHits = _trace.Events.Count > 0;
        var process = new ProcessHint(_pid);
        var profile = _samples.Finish(process, onlyThreads: hasHits, _mappings.Modules);
        var hasMore = profile is not null || _mappings.Snapshots.Count > 0;
        if (!hasHits && !hasMore && !_failed) _trace.Diagnostics.Add("GDB001", Severity.Warning, 0, "No hit was recorded: a hit is a line such as \"=== hit 1 nr=9 arg1=0x0 len=4096\" before its bt.");
        if (_passedOver > 0) _trace.Diagnostics.Add("GDB002", Severity.Info, 0, $"{_passedOver} lines that are neither a hit, a frame nor a mapping were passed over.");
        if (hasHits) _trace.Lose("began-late", 0, "The process was running when the trace began: what it had mapped before is not in the trace.");
        var read = _trace.Build("gdb", _understood > 0 || _pid is not null, ClockDomain.None, process, "put bt into the breakpoint's commands.");
        return read with
        {
            Traces = hasHits || !hasMore ? [.. read.Traces.Select(t => t with { Modules = _mappings.Modules })] : [],
            Snapshots = _mappings.Snapshots,
            HeapProfiles = profile is null ? [] : [profile],
        };
    }
}
