using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Glibc;

/// <summary>
/// Reads malloc_info (malloc/malloc.c, __malloc_info), of which a log may hold many:
/// <code>
/// &lt;malloc version="1"&gt;
/// &lt;heap nr="0"&gt;
/// &lt;sizes&gt;
///   &lt;unsorted from="1057" to="2433" total="151815" count="87"/&gt;
/// &lt;/sizes&gt;
/// &lt;total type="fast" count="0" size="0"/&gt;
/// &lt;total type="rest" count="88" size="153735"/&gt;
/// &lt;system type="current" size="376832"/&gt;
/// &lt;/heap&gt;
/// &lt;total type="mmap" count="1" size="1052672"/&gt;
/// …
/// </code>
/// Elements are looked for one by one: what a program prints between two dumps, or the end of a log in the middle of one, spoils nothing.
/// </summary>
internal sealed class MallocInfoParser
{
    /// <summary>Arenas of a dump that are listed one by one: glibc makes at most 8 per CPU.</summary>
    private const int MostArenas = 256;

    /// <summary>More figures are counted only.</summary>
    private const int MostFigures = 100_000;

    private readonly DiagnosticBag _diagnostics = new();
    private readonly List<SideFigures> _figures = [];
    private TimeLine? _time;
    private int _times, _line = 1, _arenas;
    private ArenaFigures? _total, _heap;

    private MallocInfoParser()
    {
    }

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new MallocInfoParser();
        parser.Read(file.Whole().Span);
        return ParsedCapture.Of("malloc-info", "", parser._figures, parser._diagnostics.ToList());
    }

    private void Read(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var open = text.IndexOf((byte)'<');
            var between = open < 0 ? text : text[..open];
            Between(between);
            if (open < 0) break;
            text = text[open..];
            var close = text.IndexOf((byte)'>');
            if (close < 0) break;
            Take(text[1..close]);
            _line += System.MemoryExtensions.Count(text[..close], (byte)'\n');
            text = text[(close + 1)..];
        }
        if (_total is null) return;
        _diagnostics.Add("GLIBC001", Severity.Warning, _line, "the last dump is cut off; its whole arenas were kept");
    }

    /// <summary>A time may stand above a dump.</summary>
    private void Between(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
        {
            var lines = new LineReader(text, _line);
            while (lines.Next())
            {
                if (TimeLine.Parse(lines.Line) is { } time) _time = time with { Index = _times++, Line = lines.Number };
                else if (lines.Line.IndexOfAnyExcept(" \t\r"u8) >= 0) _diagnostics.Add("GLIBC002", Severity.Info, lines.Number, "a line between the dumps was passed over", lines.Line);
            }
        }
        _line += System.MemoryExtensions.Count(text, (byte)'\n');
    }

    private void Take(ReadOnlySpan<byte> tag)
    {
        if (tag.StartsWith("malloc "u8)) Begin();
        else if (_total is null) return;
        else if (tag.StartsWith("heap "u8)) _heap = new ArenaFigures($"heap {Number(tag, " nr=\""u8) ?? _arenas}");
        else if (tag.SequenceEqual("/heap"u8)) EndHeap();
        else if (tag.SequenceEqual("/malloc"u8)) End();
        else (_heap ?? _total).Take(tag);
    }

    private void Begin()
    {
        if (_total is not null) _diagnostics.Add("GLIBC001", Severity.Warning, _line, "a dump is cut off by the next one; its whole arenas were kept");
        (_total, _heap, _arenas) = (new ArenaFigures(null), null, 0);
    }

    private void EndHeap()
    {
        if (_heap is null) return;
        if (_arenas++ < MostArenas) Add(_heap.ToFigures());
        else _diagnostics.Add("GLIBC003", Severity.Info, _line, $"an arena beyond the first {MostArenas} is in the sums only");
        _heap = null;
    }

    private void End()
    {
        _total!.Counts["arenas"] = _arenas;
        Add(_total.ToFigures());
        (_total, _heap, _time) = (null, null, null);
    }

    private void Add(SideFigures figures)
    {
        if (_figures.Count >= MostFigures) _diagnostics.Add("GLIBC004", Severity.Warning, _line, $"figures beyond the first {MostFigures} were left out");
        else _figures.Add(_time is null ? figures : figures with { TakenAt = _time.At, TimeOrigin = TimeOrigin.InFile, Process = new ProcessHint(_time.Pid) });
    }

    /// <summary>The number of an attribute; null when there is none that fits.</summary>
    private static long? Number(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> attribute)
    {
        var at = tag.IndexOf(attribute);
        if (at < 0) return null;
        var cursor = new ByteCursor(tag[(at + attribute.Length)..]);
        return cursor.TryDecimal(out var number) && cursor.Next == '"' && number <= long.MaxValue ? (long)number : null;
    }

    /// <summary>Sums of one arena, or of all.</summary>
    private sealed class ArenaFigures(string? label)
    {
        private readonly Dictionary<string, long> _bytes = new(StringComparer.Ordinal);

        public Dictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

        public void Take(ReadOnlySpan<byte> tag)
        {
            if (tag.StartsWith("total type=\"fast\""u8)) Set("fast", tag);
            else if (tag.StartsWith("total type=\"rest\""u8)) Set("rest", tag);
            else if (tag.StartsWith("total type=\"mmap\""u8)) Set("mmap", tag);
            else if (tag.StartsWith("system type=\"current\""u8)) Set("system", tag);
            else if (tag.StartsWith("system type=\"max\""u8)) Set("system max", tag);
            else if (tag.StartsWith("aspace type=\"total\""u8)) Set("aspace", tag);
            else if (tag.StartsWith("aspace type=\"mprotect\""u8)) Set("aspace mprotect", tag);
        }

        public SideFigures ToFigures()
        {
            if (_bytes.TryGetValue("system", out var system) && _bytes.TryGetValue("fast", out var fast) && _bytes.TryGetValue("rest", out var rest) && rest <= system && fast <= system - rest)
                _bytes["in use"] = system - fast - rest;
            return new SideFigures("malloc-info", ProcessHint.None, _bytes, Counts) { Label = label };
        }

        private void Set(string key, ReadOnlySpan<byte> tag)
        {
            if (Number(tag, " size=\""u8) is { } size) _bytes[key] = size;
            if (Number(tag, " count=\""u8) is { } count) Counts[key] = count;
        }
    }
}
