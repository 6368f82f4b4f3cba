using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Jvm;

/// <summary>
/// Reads the objects of a Java heap by class (jcmd GC.class_histogram, jmap -histo), of which a log may hold many:
/// <code>
///  num     #instances         #bytes  class name (module)
/// -------------------------------------------------------
///    1:          2149         914144  [B (java.base@17.0.15)
/// Total         11503        1363520
/// </code>
/// </summary>
internal sealed class HistogramParser
{
    private readonly DiagnosticBag _diagnostics = new();
    private readonly ParseOptions _options;
    private readonly List<Callchain> _callchains = [];
    private readonly Dictionary<string, int> _classes = new(StringComparer.Ordinal);
    private readonly List<HeapDump> _dumps = [];
    private List<HeapSite> _sites = [];
    private TimeLine? _time;
    private ProcessHint _process = ProcessHint.None;
    private int _times, _line;

    private HistogramParser(ParseOptions options) => _options = options;

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new HistogramParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next()) parser.Take(lines);
        if (parser._sites.Count > 0)
        {
            parser._diagnostics.Add("HISTO002", Severity.Warning, lines.Number, "the histogram has no line of totals: it is cut off");
            parser.End(null, null);
        }
        var notes = parser._diagnostics.ToList();
        if (parser._dumps.Count == 0) return ParsedCapture.Nothing("jvm-histogram", [.. notes]);
        return ParsedCapture.Of("jvm-histogram", "", new HeapProfile("jvm-histogram", parser._process, parser._callchains, parser._dumps) { Unit = WeightUnit.Bytes }, notes);
    }

    private void Take(LineStream lines)
    {
        var line = lines.Line;
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        if (cursor.IsAtEnd) return;
        if (lines.IsTooLong) _diagnostics.Add("HISTO003", Severity.Warning, lines.Number, $"a line longer than {_options.Limits.LineBytes} bytes was skipped");
        else if (cursor.TrySkip("Total "u8) && TryNumbers(ref cursor, out var objects, out var bytes)) End(objects, bytes);
        else if (!TakeClass(line, lines.Number)) TakeOther(line, lines.Number);
    }

    private bool TakeClass(ReadOnlySpan<byte> line, int number)
    {
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        if (!cursor.TryInt(out _) || !cursor.TrySkip((byte)':') || !TryNumbers(ref cursor, out var objects, out var bytes)) return false;
        cursor.SkipBlanks();
        if (cursor.IsAtEnd) return false;
        if (_sites.Count == 0) _line = number;
        _sites.Add(new HeapSite { Callchain = ChainOf(_options.Names.Get(cursor.Rest[..Math.Min(cursor.Rest.Length, _options.Limits.NameBytes)])), Live = bytes, LiveCount = objects, Line = number });
        return true;
    }

    private int ChainOf(string name)
    {
        if (_classes.TryGetValue(name, out var known)) return known;
        _callchains.Add(new Callchain([new RawFrame { Function = name }]));
        _classes.Add(name, _callchains.Count - 1);
        return _callchains.Count - 1;
    }

    private static bool TryNumbers(ref ByteCursor cursor, out long objects, out long bytes)
    {
        (objects, bytes) = (0, 0);
        cursor.SkipBlanks();
        if (!cursor.TryDecimal(out var first)) return false;
        cursor.SkipBlanks();
        if (!cursor.TryDecimal(out var second) || first > long.MaxValue || second > long.MaxValue) return false;
        (objects, bytes) = ((long)first, (long)second);
        return true;
    }

    private void End(long? objects, long? bytes)
    {
        if (_sites.Count == 0) return;
        _dumps.Add(new HeapDump(_sites) { Line = _line, LiveCount = objects ?? _sites.SumOf(s => s.LiveCount ?? 0), LiveBytes = bytes ?? _sites.SumOf(s => s.Live ?? 0), TakenAt = _time?.At, TimeOrigin = TimeOrigin.InFile });
        (_sites, _time) = ([], null);
    }

    private void TakeOther(ReadOnlySpan<byte> line, int number)
    {
        if (LineShape.IsPmapHead(line, out var pid) && line[^1] == ':') _process = new ProcessHint(pid);
        else if (TimeLine.Parse(line) is { } time) _time = time with { Index = _times++, Line = number };
        else if (!line.StartsWith(" num  "u8) && !LineShape.IsRule(line)) _diagnostics.Add("HISTO001", Severity.Info, number, "a line was not understood and passed over", line);
    }
}
