using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Python;

/// <summary>
/// Reads the tables that guppy3 prints, of which a log may hold many; by class, by type, by referrers …:
/// <code>
/// Partition of a set of 28719 objects. Total size = 1984808 bytes.
///  Index  Count   %     Size   % Cumulative  % Kind (class / dict of class)
///      0   8292  27   739022  21    739022  21 str
/// &lt;101 more rows. Type e.g. '_.more' to view.&gt;
/// </code>
/// </summary>
internal sealed class GuppyParser
{
    private readonly DiagnosticBag _diagnostics = new();
    private readonly ParseOptions _options;
    private readonly List<Callchain> _callchains = [];
    private readonly Dictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private readonly List<HeapDump> _dumps = [];
    private List<HeapSite> _sites = [];
    private HeapDump? _open;
    private TimeLine? _time;
    private int _times;

    private GuppyParser(ParseOptions options) => _options = options;

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new GuppyParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.Line.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            if (lines.IsTooLong) parser._diagnostics.Add("PYTHON002", Severity.Warning, lines.Number, $"a line longer than {options.Limits.LineBytes} bytes was skipped");
            else parser.Take(lines.Line, lines.Number);
        }
        parser.End();
        var notes = parser._diagnostics.ToList();
        if (parser._dumps.Count == 0) return ParsedCapture.Nothing("guppy", [.. notes]);
        return ParsedCapture.Of("guppy", "", new HeapProfile("guppy", ProcessHint.None, parser._callchains, parser._dumps) { Unit = WeightUnit.Bytes }, notes);
    }

    /// <summary>Whether a line begins a table; how many objects and bytes it is of.</summary>
    public static bool IsTitle(ReadOnlySpan<byte> line, out long objects, out long bytes)
    {
        (objects, bytes) = (0, 0);
        var start = line.IndexOf("Partition of a set of "u8);
        if (start is < 0 or > 16) return false;
        var cursor = new ByteCursor(line[(start + "Partition of a set of "u8.Length)..]);
        if (!cursor.TryDecimal(out var count) || (!cursor.TrySkip(" objects. Total size = "u8) && !cursor.TrySkip(" object. Total size = "u8))) return false;
        if (!cursor.TryDecimal(out var size) || !cursor.TrySkip(" bytes."u8) || count > long.MaxValue || size > long.MaxValue) return false;
        (objects, bytes) = ((long)count, (long)size);
        return true;
    }

    private void Take(ReadOnlySpan<byte> line, int number)
    {
        if (IsTitle(line, out var objects, out var bytes))
        {
            End();
            _open = new HeapDump(_sites) { Line = number, LiveCount = objects, LiveBytes = bytes, TakenAt = _time?.At, TimeOrigin = TimeOrigin.InFile };
        }
        else if (_open is not null && TakeRow(line, number))
        {
        }
        else if (_open is not null && line.IndexOf("Cumulative  % "u8) is > 0 and var titles)
        {
            _open = _open with { Label = _options.Names.Get(line[(titles + "Cumulative  % "u8.Length)..].TrimEnd(" \r"u8)) };
        }
        else if (line.IndexOf(" more rows. Type e.g."u8) >= 0)
        {
            _diagnostics.Add("PYTHON003", Severity.Info, number, "the table is cut; the rows that it leaves out are in the total only", line.Trim(" "u8));
        }
        else if (TimeLine.Parse(line) is { } time)
        {
            End();
            _time = time with { Index = _times++, Line = number };
        }
        else
        {
            _diagnostics.Add("PYTHON001", Severity.Info, number, "a line was not understood and passed over", line);
        }
    }

    /// <summary>Index, count, share, size, share, cumulative size, share, and what it is of.</summary>
    private bool TakeRow(ReadOnlySpan<byte> line, int number)
    {
        const int numbers = 7, count = 1, size = 3;
        var cursor = new ByteCursor(line);
        Span<ulong> read = stackalloc ulong[numbers];
        for (var i = 0; i < numbers; i++)
        {
            cursor.SkipBlanks();
            if (!cursor.TryDecimal(out read[i]) || read[i] > long.MaxValue || (!cursor.IsAtEnd && !ByteCursor.IsBlank(cursor.Next))) return false;
        }
        var kind = cursor.Rest.Trim(" \r"u8);
        _sites.Add(new HeapSite { Callchain = ChainOf(kind.IsEmpty ? "(nothing)" : _options.Names.Get(kind[..Math.Min(kind.Length, _options.Limits.NameBytes)])), LiveCount = (long)read[count], Live = (long)read[size], Line = number });
        return true;
    }

    private int ChainOf(string name)
    {
        if (_kinds.TryGetValue(name, out var known)) return known;
        _callchains.Add(new Callchain([new RawFrame { Function = name }]));
        _kinds.Add(name, _callchains.Count - 1);
        return _callchains.Count - 1;
    }

    private void End()
    {
        if (_open is null) return;
        _dumps.Add(_open);
        (_open, _sites, _time) = (null, [], null);
    }
}
