using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// Reads <c>bpftrace -f json</c>: one object per line, and inside it the text that the script would have printed:
/// <code>
/// {"type": "attached_probes", "data": {"probes": 4}}
/// {"type": "printf", "data": "mmap 3471959499865 3358 98304 0x7f9d00de0000\n\n        syscall+25\n        serve_request+61\n"}
/// {"type": "lost_events", "data": {"events": 12}}
/// {"type": "map", "data": {"@munmaps": 19650}}
/// </code>
/// A stack is one string with the frames behind the call; it is looked up as it stands in the file, escapes and all.
/// </summary>
internal sealed class BpftraceJsonParser
{
    private readonly BpftraceTrace _trace;

    private BpftraceJsonParser(ParseOptions options) =>
        _trace = new BpftraceTrace(new StackTable(BpftraceFrame.Read, options) { Decode = JsonText.Unescape }, options.Names);

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new BpftraceJsonParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.Line.IsEmpty) continue;
            if (lines.IsTooLong) parser._trace.Diagnostics.Add("BPFTRACE007", Severity.Warning, lines.Number, "A line longer than the limit was skipped");
            else if (parser.TryLine(lines.Line, lines.Number)) continue;
            else if (lines.IsTerminated) parser._trace.Diagnostics.Add("BPFTRACE002", Severity.Warning, lines.Number, "Not understood and skipped", lines.Line);
            else parser._trace.CutOff();
        }
        return parser._trace.Finish("bpftrace-json");
    }

    /// <summary>Whether a line is one of bpftrace's objects.</summary>
    public static bool IsObject(ReadOnlySpan<byte> line) => line is [(byte)'{', ..] && JsonText.StringOf(line, "\"type\""u8) is { Length: > 0 } && line.IndexOf("\"data\""u8) > 0;

    private bool TryLine(ReadOnlySpan<byte> line, int number)
    {
        // Messages of the tool stand between the objects as they are.
        if (line[0] != '{') return _trace.TryOther(line, number);
        var type = JsonText.StringOf(line, "\"type\""u8);
        if (type.SequenceEqual("printf"u8)) return TryPrinted(line, number);
        if (!line.TrimEnd(" "u8).EndsWith("}"u8)) return false;
        if (type.SequenceEqual("lost_events"u8)) return TryLost(line);
        if (type.SequenceEqual("attached_probes"u8))
        {
            _trace.Understood++;
        }
        else if (type.SequenceEqual("map"u8) || type.SequenceEqual("hist"u8) || type.SequenceEqual("lhist"u8) || type.SequenceEqual("stats"u8))
        {
            var name = line.IndexOf("\"@"u8) is > 0 and var at ? line[(at + 1)..] : default;
            _trace.AddMap(name[..Math.Max(name.IndexOf((byte)'"'), 0)]);
        }
        return !type.IsEmpty;
    }

    private bool TryPrinted(ReadOnlySpan<byte> line, int number)
    {
        var data = JsonText.StringOf(line, "\"data\""u8, out var start);
        if (start < 0) return false;
        var end = JsonText.EndOfLine(data);
        var head = data[..end];
        if (head.Contains((byte)'\\')) head = JsonText.Unescape(head);
        head = head.TrimEnd(" \t"u8);
        if (head.IsEmpty && end == data.Length) return true;
        // A script may print the stack by itself, behind the call.
        if (!head.IsEmpty && !_trace.TryEvent(head, number)) return _trace.TryOther(head, number);
        if (JsonText.HasMore(data[end..])) _trace.SetStack(data[end..]);
        return true;
    }

    private bool TryLost(ReadOnlySpan<byte> line)
    {
        var at = line.IndexOf("\"events\""u8);
        if (at < 0) return false;
        var cursor = new ByteCursor(line[(at + "\"events\""u8.Length)..].TrimStart(" :"u8));
        if (!cursor.TryDecimal(out var events)) return false;
        _trace.Lose(events);
        return true;
    }
}
