using System.Text.Json;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// Reads <c>bpftrace -f json</c>: one object per line, and inside it what the script would have printed:
/// <code>
/// {"type": "attached_probes", "data": {"probes": 4}}
/// {"type": "printf", "data": "mmap 3471959499865 3358 98304 0x7f9d00de0000\n\n        syscall+25\n        serve_request+61\n"}
/// {"type": "time", "data": "13:35:51\n"}
/// {"type": "lost_events", "data": {"events": 12}}
/// {"type": "map", "data": {"@bytes": {"\n    __mmap64+19\n    store+49\n,maps": 24576}}}
/// {"type": "stats", "data": {"@sizes": {"maps,\n    __mmap64+19\n": {"count": 30, "average": 8192, "total": 245760}}}}
/// {"type": "helper_error", "msg": "Failed to probe_read_user_str: Bad address (-14)", "helper": "probe_read_user_str", "retcode": -14, "line": 5, "col": 3}
/// </code>
/// The strings of printf, time, cat, join and system are the text of the script, whose lines may be spread over several of them.
/// </summary>
internal sealed class BpftraceJsonParser
{
    private readonly BpftraceTrace _trace;
    private readonly BpftraceMaps _maps;
    private readonly BpftraceText _text;
    private readonly BpftraceMapKey _key = new();
    private readonly StackLines _unfinished = new();
    private byte[] _buffer = new byte[4096], _name = new byte[256];
    private readonly int _lineBytes;
    private int _nameLength;

    private BpftraceJsonParser(ParseOptions options)
    {
        _trace = new BpftraceTrace(new StackTable(BpftraceFrame.Read, options) { RemembersLines = true }, options.Names);
        _maps = new BpftraceMaps(options);
        _lineBytes = options.Limits.LineBytes;
        _text = new BpftraceText(_trace, _maps);
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new BpftraceJsonParser(options);
        var lines = file.Lines(options.Limits.JsonLineBytes);
        while (lines.Next())
        {
            if (lines.Line.IsEmpty) continue;
            if (lines.IsTooLong) parser._trace.Diagnostics.Add("BPFTRACE007", Severity.Warning, lines.Number, "A line longer than the limit was skipped", lines.Line);
            else if (parser.TryLine(lines.Line, lines.Number)) continue;
            else if (lines.IsTerminated) parser._trace.Diagnostics.Add("BPFTRACE002", Severity.Warning, lines.Number, "Not understood and skipped", lines.Line);
            else parser._trace.CutOff();
        }
        if (parser._unfinished.Any) parser._text.Line(parser._unfinished.Bytes[..^1], lines.Number);
        parser._text.End();
        return parser._trace.Finish("bpftrace-json", parser._maps);
    }

    /// <summary>Whether a line is one of bpftrace's objects.</summary>
    public static bool IsObject(ReadOnlySpan<byte> line) => line is [(byte)'{', ..] && JsonText.StringOf(line, "\"type\""u8) is { Length: > 0 } && line.IndexOf("\"data\""u8) > 0;

    private bool TryLine(ReadOnlySpan<byte> line, int number)
    {
        // Messages of the tool stand between the objects as they are.
        if (line[0] != '{') return _trace.TryOther(line, number);
        var type = JsonText.StringOf(line, "\"type\""u8);
        if (type.SequenceEqual("printf"u8) || type.SequenceEqual("time"u8) || type.SequenceEqual("cat"u8) || type.SequenceEqual("join"u8) || type.SequenceEqual("syscall"u8)) return TryPrinted(line, number);
        if (!line.TrimEnd(" "u8).EndsWith("}"u8)) return false;
        if (type.SequenceEqual("lost_events"u8)) return TryLost(line);
        if (type.SequenceEqual("map"u8) || type.SequenceEqual("stats"u8)) return TryMaps(line, number);
        if (type.EndsWith("error"u8) || type.SequenceEqual("errorf"u8) || type.SequenceEqual("warnf"u8)) return TrySaid(line, type, number);
        if (type.SequenceEqual("attached_probes"u8))
        {
            _trace.Understood++;
        }
        else if (type.SequenceEqual("hist"u8) || type.SequenceEqual("lhist"u8) || type.SequenceEqual("tseries"u8))
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
        var length = JsonText.Unescape(data, ref _buffer);
        var text = _buffer.AsSpan(0, length);
        while (text.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (_unfinished.Any)
            {
                _unfinished.Append(text[..end]);
                _text.Line(_unfinished.Bytes[..^1], number);
                _unfinished.Clear();
            }
            else
            {
                _text.Line(text[..end], number);
            }
            text = text[(end + 1)..];
        }
        if (text.IsEmpty) return true;
        _unfinished.Append(text);
        if (_unfinished.Bytes.Length <= _lineBytes) return true;
        _unfinished.Clear();
        _trace.Diagnostics.Add("BPFTRACE007", Severity.Warning, number, "A line longer than the limit was skipped", line);
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

    private bool TrySaid(ReadOnlySpan<byte> line, ReadOnlySpan<byte> type, int number)
    {
        var text = JsonText.StringOf(line, "\"msg\""u8);
        if (text.IsEmpty) text = JsonText.StringOf(line, "\"data\""u8);
        _trace.Said(type.SequenceEqual("errorf"u8) || type.SequenceEqual("runtime_error"u8) ? Severity.Error : Severity.Warning, number, text.IsEmpty ? line : text);
        return true;
    }

    // A print of a map is one object; its entries are "key": number or "key": {"count": …, "total": …}.
    private bool TryMaps(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            _maps.EndPrint();
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.CurrentDepth == 1 && !reader.ValueTextEquals("data"u8))
                {
                    reader.Skip();
                }
                else if (reader.CurrentDepth == 2)
                {
                    Copy(ref reader, ref _name, out _nameLength);
                    _trace.AddMap(_name.AsSpan(0, _nameLength));
                }
                else if (reader.CurrentDepth == 3)
                {
                    Copy(ref reader, ref _buffer, out var length);
                    _key.Begin(_name.AsSpan(0, _nameLength), _buffer.AsSpan(0, length), out var hasStack);
                    if (reader.Read() && hasStack) Entry(ref reader, number);
                    reader.Skip();
                }
            }
            _maps.EndPrint();
            return true;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            _maps.EndPrint();
            return false;
        }
    }

    private void Entry(ref Utf8JsonReader reader, int number)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out var value)) _maps.Add(_key.Name, _key.Stack, _key.Others, value, null, number, ordered: false);
            return;
        }
        if (reader.TokenType != JsonTokenType.StartObject) return;
        long? total = null, count = null;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            var (isCount, isTotal) = (reader.ValueTextEquals("count"u8), reader.ValueTextEquals("total"u8));
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value)) reader.Skip();
            else if (isCount) count = value;
            else if (isTotal) total = value;
        }
        if (total is { } sum) _maps.Add(_key.Name, _key.Stack, _key.Others, sum, count, number, ordered: false);
    }

    private static void Copy(ref Utf8JsonReader reader, ref byte[] buffer, out int length)
    {
        if (buffer.Length < reader.ValueSpan.Length) buffer = new byte[reader.ValueSpan.Length * 2];
        length = reader.CopyString(buffer);
    }
}
