using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Jvm;

/// <summary>
/// Reads HotSpot's native memory tracking (src/hotspot/share/services/memReporter.cpp): summary, detail, their differences from a baseline, and what -XX:+PrintNMTStatistics prints at the end:
/// <code>
/// 15750:
/// Native Memory Tracking:
/// Total: reserved=1469547KB +8337KB, committed=48603KB +8337KB
///        malloc: 2888KB #8447
/// -                    Thread (reserved=14375KB, committed=799KB)
///                             (stack: reserved=14336KB, committed=760KB)
///                             (malloc=24KB #88) (peak=32KB #92)
/// </code>
/// </summary>
internal sealed class NmtParser
{
    /// <summary>More figures are counted only.</summary>
    private const int MostFigures = 100_000;

    private readonly DiagnosticBag _diagnostics = new();
    private readonly ParseOptions _options;
    private readonly List<SideFigures> _figures = [];
    private readonly NmtSites _sites;
    private readonly Dictionary<(string Section, string Name), string> _keys = [];
    private TimeLine? _time;
    private ProcessHint _process = ProcessHint.None;
    private SideFigures? _category;
    private Dictionary<string, long> _bytes = [], _counts = [];
    private string _section = "", _part = "";
    private bool _isDiff;
    private int _times;

    private NmtParser(ParseOptions options) => (_options, _sites) = (options, new NmtSites(options));

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new NmtParser(options);
        parser.Read(file.Lines(options.Limits.LineBytes));
        parser.EndCategory(0);
        var profile = parser._sites.Build(parser._process, parser._diagnostics);
        return ParsedCapture.Of("jvm-nmt", parser._isDiff ? "diff" : "", parser._figures, parser._diagnostics.ToList()) with { HeapProfiles = profile is null ? [] : [profile] };
    }

    private void Read(LineStream lines)
    {
        while (lines.Next())
        {
            var line = lines.Line;
            if (line.IndexOfAnyExcept(" \t\r"u8) < 0) _sites.EndStack();
            else if (lines.IsTooLong) _diagnostics.Add("NMT003", Severity.Warning, lines.Number, $"a line longer than {_options.Limits.LineBytes} bytes was skipped");
            else Take(line, lines.Number);
        }
    }

    private void Take(ReadOnlySpan<byte> line, int number)
    {
        if (line.StartsWith("Total: reserved="u8)) Begin("Total", line["Total: "u8.Length..], number);
        else if (line.StartsWith("-  "u8) && line.IndexOf("(reserved="u8) is > 0 and var open) Begin(_options.Names.Get(line[1..open].Trim(" "u8)), line[open..], number);
        else if (_sites.Take(line, number)) EndCategory(number);
        else if (_category is not null && IsDetail(line)) TakeDetail(line);
        else TakeOther(line, number);
    }

    private void Begin(string label, ReadOnlySpan<byte> numbers, int line)
    {
        EndCategory(line);
        if (label == "Total") _sites.BeginReport(line);
        (_bytes, _counts, _section, _part) = (new(StringComparer.Ordinal), new(StringComparer.Ordinal), "", "");
        _category = new SideFigures("jvm-nmt", _process, _bytes, _counts) { Label = label, TakenAt = _time?.At, TimeOrigin = TimeOrigin.InFile };
        Keep(numbers);
    }

    private void EndCategory(int line)
    {
        if (_category is null) return;
        if (_figures.Count >= MostFigures) _diagnostics.Add("NMT004", Severity.Warning, line, $"figures beyond the first {MostFigures} were left out");
        else _figures.Add(_category);
        _category = null;
    }

    /// <summary>The lines below a category stand in parentheses, those below the total are indented.</summary>
    private static bool IsDetail(ReadOnlySpan<byte> line) => line[0] == ' ' && line.TrimStart(" :"u8) is { IsEmpty: false } text && (text[0] == '(' || text.StartsWith("malloc:"u8) || text.StartsWith("mmap:"u8));

    private void TakeDetail(ReadOnlySpan<byte> line)
    {
        var open = line.IndexOf((byte)'(');
        var text = line[(open + 1)..];
        var isOfPart = open >= 0 && text.StartsWith("    "u8);
        text = text.Trim(" "u8);
        if (text.IndexOfAny("=#"u8) < 0 && open >= 0)
        {
            // `(  Metadata:   )`, in a difference `: (  Metadata)`: what is indented further below it is of this part.
            _part = _options.Names.Get(text.TrimEnd(" ):"u8)) + " ";
            return;
        }
        _section = isOfPart ? _part : "";
        var colon = text.IndexOf((byte)':');
        if (colon > 0 && text[..colon].IndexOfAny("=#"u8) < 0)
        {
            var name = text[..colon];
            text = text[(colon + 1)..].TrimStart((byte)' ');
            var cursor = new ByteCursor(text);
            if (NmtItems.TrySize(ref cursor, out var bytes))
            {
                // `malloc: 2888KB #8447` below the total.
                Store(_options.Names.Get(name), bytes, null, isCount: false);
                if (cursor.TrySkip(" #"u8) && cursor.TryDecimal(out var count) && count <= long.MaxValue) Store(_options.Names.Get(name), (long)count, null, isCount: true);
                return;
            }
            _section = _options.Names.Get(name) + " ";
        }
        Keep(text);
    }

    private void Keep(ReadOnlySpan<byte> text)
    {
        var items = new NmtItems(text);
        // A peak stands behind what it is the peak of: `(malloc=24KB #88) (peak=32KB #92)`.
        var of = "";
        while (items.Next())
        {
            var isPeak = items.Name.SequenceEqual("peak"u8);
            if (!isPeak) of = _options.Names.Get(items.Name);
            Store(isPeak ? of + " peak" : of, items.Number, items.Change, items.IsCount);
        }
    }

    private void Store(string name, long number, long? change, bool isCount)
    {
        if (!_keys.TryGetValue((_section, name), out var key)) _keys.Add((_section, name), key = _section + name);
        var into = isCount ? _counts : _bytes;
        into.TryAdd(key, number);
        if (change is null) return;
        (_isDiff, _sites.IsDifference) = (true, true);
        into.TryAdd(key + " change", change.Value);
    }

    private void TakeOther(ReadOnlySpan<byte> line, int number)
    {
        if (LineShape.IsPmapHead(line, out var pid) && line[^1] == ':')
        {
            EndCategory(number);
            _process = new ProcessHint(pid);
            return;
        }
        if (TimeLine.Parse(line) is { } time)
        {
            EndCategory(number);
            _time = time with { Index = _times++, Line = number };
            return;
        }
        if (line.StartsWith("Native Memory Tracking:"u8) || line.StartsWith("(Omitting categories"u8) || line.StartsWith("Details:"u8) || line.StartsWith("("u8) || line.StartsWith("Virtual memory map:"u8)) return;
        _diagnostics.Add("NMT001", Severity.Info, number, "a line was not understood and passed over", line);
    }
}
