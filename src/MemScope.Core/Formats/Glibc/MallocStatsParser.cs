using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Glibc;

/// <summary>
/// Reads malloc_stats (malloc/malloc.c, __malloc_stats), of which a log may hold many:
/// <code>
/// Arena 0:
/// system bytes     =     135168
/// in use bytes     =       1520
/// Total (incl. mmap):
/// system bytes     =    2318336
/// in use bytes     =    1723744
/// max mmap regions =          1
/// max mmap bytes   =    1052672
/// </code>
/// All but the last are printed as 32-bit numbers: above 4 GiB they begin at 0 again.
/// </summary>
internal sealed class MallocStatsParser(int lineBytes)
{
    /// <summary>More figures are counted only.</summary>
    private const int MostFigures = 100_000;

    private readonly DiagnosticBag _diagnostics = new();
    private readonly List<SideFigures> _figures = [];
    private Dictionary<string, long> _bytes = [], _counts = [];
    private TimeLine? _time;
    private string? _label;
    private bool _open;
    private long _arenaSystem;
    private int _times;

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new MallocStatsParser(options.Limits.LineBytes);
        parser.Read(file.Lines(options.Limits.LineBytes));
        return ParsedCapture.Of("malloc-stats", "", parser._figures, parser._diagnostics.ToList());
    }

    private void Read(LineStream lines)
    {
        while (lines.Next())
        {
            var line = lines.Line;
            if (line.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            if (lines.IsTooLong) _diagnostics.Add("GLIBC005", Severity.Warning, lines.Number, $"a line longer than {lineBytes} bytes was skipped");
            else if (!TakeHeading(line, lines.Number) && !TakeNumber(line)) TakeOther(line, lines.Number);
        }
        End(lines.Number);
    }

    private bool TakeHeading(ReadOnlySpan<byte> line, int number)
    {
        var cursor = new ByteCursor(line);
        var isTotal = line.SequenceEqual("Total (incl. mmap):"u8);
        var arena = 0;
        if (!isTotal && (!cursor.TrySkip("Arena "u8) || !cursor.TryInt(out arena) || !cursor.TrySkip((byte)':') || !cursor.IsAtEnd)) return false;
        End(number);
        if (!isTotal && arena == 0) _arenaSystem = 0;
        (_open, _label) = (true, isTotal ? null : $"arena {arena}");
        return true;
    }

    private bool TakeNumber(ReadOnlySpan<byte> line)
    {
        var equals = line.IndexOf((byte)'=');
        if (!_open || equals < 0) return false;
        var cursor = new ByteCursor(line[(equals + 1)..]);
        cursor.SkipBlanks();
        if (!cursor.TryDecimal(out var number) || !cursor.IsAtEnd || number > long.MaxValue) return false;
        var key = line[..equals].TrimEnd((byte)' ');
        if (key.SequenceEqual("system bytes"u8)) _bytes["system"] = (long)number;
        else if (key.SequenceEqual("in use bytes"u8)) _bytes["in use"] = (long)number;
        else if (key.SequenceEqual("max mmap bytes"u8)) _bytes["mmap max"] = (long)number;
        else if (key.SequenceEqual("max mmap regions"u8)) _counts["mmap max"] = (long)number;
        else return false;
        return true;
    }

    private void TakeOther(ReadOnlySpan<byte> line, int number)
    {
        if (TimeLine.Parse(line) is { } time)
        {
            End(number);
            _time = time with { Index = _times++, Line = number };
            return;
        }
        _diagnostics.Add("GLIBC002", Severity.Info, number, "a line between the dumps was passed over", line);
    }

    private void End(int line)
    {
        if (!_open) return;
        _open = false;
        if (_bytes.Count == 0) return;
        if (_bytes.TryGetValue("system", out var system))
        {
            if (_label is not null) _arenaSystem = Saturating.Add(_arenaSystem, system);
            if (_bytes.GetValueOrDefault("in use") > system || (_label is null && system < _arenaSystem))
                _diagnostics.Add("GLIBC006", Severity.Warning, line, "a number went over 4 GiB and began at 0 again, as malloc_stats prints them; malloc_info has whole ones");
        }
        if (_figures.Count >= MostFigures) _diagnostics.Add("GLIBC004", Severity.Warning, line, $"figures beyond the first {MostFigures} were left out");
        else _figures.Add(new SideFigures("malloc-stats", new ProcessHint(_time?.Pid), _bytes, _counts) { Label = _label, TakenAt = _time?.At, TimeOrigin = TimeOrigin.InFile });
        if (_label is null) _time = null;
        (_bytes, _counts) = (new(StringComparer.Ordinal), new(StringComparer.Ordinal));
    }
}
