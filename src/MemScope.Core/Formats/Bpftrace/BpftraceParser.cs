using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// Reads the text output of a bpftrace script that prints a line per call and a stack behind it:
/// <code>
/// Attaching 9 probes...
/// TRACE-BEGIN 3458913348160 pid=3358
/// 3458959181924 3358 3358 raw_mmap_leak mmap addr=0x0 len=98304 prot=0x3 flags=0x22 fd=-1 ret=0x7f9d013c8000
///
/// 	7f9d017dc829 syscall+25 (/usr/lib/x86_64-linux-gnu/libc.so.6)
/// 	557ba1a13c7d serve_request+61 (/opt/memscope-corpus/bin/raw_mmap_leak)
///
/// @munmap_stacks[
/// 	7f1f63569829 syscall+25 (/usr/lib/x86_64-linux-gnu/libc.so.6)
/// ]: 19650
/// @total: 3940352
/// </code>
/// A blank line ends a stack. Maps are sums over calls that are mostly printed one by one as well: they are counted, never read as events.
/// </summary>
internal sealed class BpftraceParser
{
    private readonly BpftraceTrace _trace;
    private readonly StackLines _stack = new();
    private bool _insideMapKey, _afterMap;

    private BpftraceParser(ParseOptions options) => _trace = new BpftraceTrace(new StackTable(BpftraceFrame.Read, options), options.Names);

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new BpftraceParser(options);
        parser.ReadLines(file.Lines(options.Limits.LineBytes), options.Limits);
        return parser._trace.Finish("bpftrace");
    }

    private void ReadLines(LineStream lines, Limits limits)
    {
        while (lines.Next())
        {
            var line = lines.Line;
            if (lines.IsTooLong)
            {
                EndStack();
                _trace.Diagnostics.Add("BPFTRACE007", Severity.Warning, lines.Number, $"A line of more than {limits.LineBytes} bytes was skipped.");
            }
            else if (IsBlank(line))
            {
                EndStack();
            }
            else if (!lines.IsTerminated && line[^1] != ')')
            {
                // What the line ends in may lack digits or letters.
                EndStack();
                _trace.CutOff();
            }
            else if (line[0] is (byte)' ' or (byte)'\t')
            {
                AddToStack(line, lines.Number);
            }
            else
            {
                EndStack();
                ReadLine(line.TrimEnd(" \t"u8), lines.Number);
            }
        }
        EndStack();
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;

    private void AddToStack(ReadOnlySpan<byte> line, int number)
    {
        if (_insideMapKey) return;
        if (!_trace.AwaitsStack && !_stack.Any)
        {
            _trace.Diagnostics.Add("BPFTRACE002", Severity.Warning, number, "A frame that belongs to no call was skipped", line);
            return;
        }
        _stack.Add(line);
    }

    private void EndStack()
    {
        if (_stack.Any) _trace.SetStack(_stack.Bytes);
        _stack.Clear();
    }

    private void ReadLine(ReadOnlySpan<byte> line, int number)
    {
        var insideMapKey = _insideMapKey;
        var afterMap = _afterMap;
        _insideMapKey = _afterMap = false;
        if (line[0] == '@')
        {
            ReadMap(line);
        }
        else if (insideMapKey && (line[0] is (byte)']' or (byte)',') && line.IndexOf("]:"u8) >= 0)
        {
            _afterMap = true;
        }
        else if (afterMap && line[0] is (byte)'[' or (byte)'(')
        {
            // A row of a histogram: "[4, 8)  1 |@@@@|".
            _afterMap = true;
        }
        else if (!_trace.TryEvent(line, number) && !_trace.TryOther(line, number))
        {
            // What stands behind a line of another kind is its own.
            _trace.EndEvent();
            _trace.Diagnostics.Add("BPFTRACE002", Severity.Warning, number, "Not understood and skipped", line);
        }
    }

    // "@total: 3940352", "@stacks[]: 26198", "@a[1, x]: 1" on one line; "@stacks[" with the frames of the key on the next ones.
    private void ReadMap(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOfAny((byte)'[', (byte)':');
        _trace.AddMap(end < 0 ? line : line[..end]);
        _insideMapKey = end > 0 && line[end] == '[' && line[end..].IndexOf("]:"u8) < 0;
        _afterMap = !_insideMapKey;
    }
}
