using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Framing;

/// <summary>
/// Cuts a text into blocks: one upload often mixes <c>date</c>, <c>cat status</c>, <c>cat smaps</c> and <c>pmap -x</c>, many times over.
/// Which lines form a block, and which time it carries, is settled here; what they mean, by the block's parser.
/// </summary>
internal sealed class Framer
{
    private readonly DiagnosticBag _diagnostics;
    private readonly List<Frame> _frames = [];
    private Frame? _open;
    private TimeLine? _time;
    private readonly List<TimeLine> _times = [];
    private AddressRange _last;
    private PmapPart _pmap;

    private Framer(DiagnosticBag diagnostics) => _diagnostics = diagnostics;

    /// <summary>Lines that belong to no block.</summary>
    public int Strays { get; private set; }

    /// <summary>The blocks in the order of the text.</summary>
    public IReadOnlyList<Frame> Frames => _frames;

    /// <summary>Cuts <paramref name="text"/>. Lines that belong to no block are reported.</summary>
    public static Framer Split(ReadOnlySpan<byte> text, DiagnosticBag diagnostics, int lineBytes)
    {
        var framer = new Framer(diagnostics);
        var lines = new LineReader(text);
        while (lines.Next()) framer.Take(ref lines, lineBytes);
        framer.ShiftTrailingTimes();
        return framer;
    }

    private void Take(ref LineReader lines, int lineBytes)
    {
        var line = lines.Line;
        if (line.IndexOfAnyExcept(" \t\r"u8) < 0) return;
        if (line.Length > lineBytes)
        {
            _diagnostics.Add("FRAME003", Severity.Warning, lines.Number, $"a line of {line.Length} bytes was skipped; the limit is {lineBytes}");
            return;
        }
        if (_open is not null && Belongs(line)) _open.End = lines.NextOffset;
        else if (!TryStart(ref lines) && !TryTime(ref lines)) Stray(line, lines.Number);
    }

    private bool Belongs(ReadOnlySpan<byte> line) => _open!.Kind switch
    {
        FrameKind.Maps => IsNextKey(line) || IsNextMapping(line),
        FrameKind.Rollup => IsNextKey(line),
        FrameKind.Status => LineShape.IsStatus(line) && !line.StartsWith("Name:"u8) && CountRow(),
        _ => BelongsToPmap(line),
    };

    private bool IsNextKey(ReadOnlySpan<byte> line)
    {
        if (!LineShape.IsKey(line) || LineShape.IsStatusStart(line)) return false;
        _open!.Keys++;
        return true;
    }

    /// <summary>
    /// Within one read of the kernel addresses go up, so a mapping below the last begins another snapshot. Unless it reaches beyond it: that one
    /// grew downwards while it was read, and is printed again.
    /// </summary>
    private bool IsNextMapping(ReadOnlySpan<byte> line)
    {
        if (!MapsLine.TryParse(line, out var mapping) || mapping.IsRollup || (mapping.Start < _last.Start && mapping.End <= _last.End)) return false;
        _last = new AddressRange(mapping.Start, mapping.End);
        return CountRow();
    }

    private bool BelongsToPmap(ReadOnlySpan<byte> line)
    {
        if (_pmap == PmapPart.Ended) return false;
        if (_pmap != PmapPart.Rule && LineShape.IsPmapRow(line)) return Enter(PmapPart.Rows) && CountRow();
        if (LineShape.IsPmapHead(line, out _)) return false;
        if (LineShape.IsRule(line)) return Enter(PmapPart.Rule);
        if (IsOtherStart(line) || TimeLine.Parse(line) is not null || LineShape.IsToolMessage(line)) return false;
        if (_pmap == PmapPart.Rule) return Enter(PmapPart.Ended);
        if (LineShape.EndsInSize(line)) return Enter(PmapPart.Ended);
        // The one line of titles may be in any language, and -c lets the user choose the columns.
        return _pmap == PmapPart.Head ? Enter(PmapPart.Rows) : LineShape.BeginsWithAddress(line) && CountRow();
    }

    private bool Enter(PmapPart part)
    {
        _pmap = part;
        return true;
    }

    private bool CountRow()
    {
        _open!.Rows++;
        return true;
    }

    private bool TryStart(ref LineReader lines)
    {
        var line = lines.Line;
        if (MapsLine.TryParse(line, out var mapping)) Open(mapping.IsRollup ? FrameKind.Rollup : FrameKind.Maps, ref lines);
        else if (LineShape.IsStatusStart(line)) Open(FrameKind.Status, ref lines);
        else if (LineShape.IsPmapHead(line, out var pid)) Open(FrameKind.Pmap, ref lines).Pid = pid;
        else if (LineShape.IsPmapRow(line) || LineShape.IsPmapTitles(line)) Open(FrameKind.Pmap, ref lines);
        else return false;

        _last = new AddressRange(mapping.Start, mapping.End);
        _pmap = LineShape.IsPmapRow(line) || LineShape.IsPmapTitles(line) ? PmapPart.Rows : PmapPart.Head;
        if (_open!.Kind is FrameKind.Maps or FrameKind.Status || LineShape.IsPmapRow(line)) _open.Rows++;
        return true;
    }

    private static bool IsOtherStart(ReadOnlySpan<byte> line) => LineShape.IsStatusStart(line) || MapsLine.TryParse(line, out _);

    private Frame Open(FrameKind kind, ref LineReader lines)
    {
        _open = new Frame(kind, lines.Offset, lines.Number) { End = lines.NextOffset, Time = _time, Pid = _time?.Pid };
        _frames.Add(_open);
        return _open;
    }

    private bool TryTime(ref LineReader lines)
    {
        if (TimeLine.Parse(lines.Line) is not { } time) return false;
        _time = time with { Index = _times.Count, Line = lines.Number };
        _times.Add(_time);
        _open = null;
        if (time.ZoneUnknown) _diagnostics.Add("FRAME002", Severity.Info, lines.Number, "the time has no zone that is known here and was read as UTC", lines.Line);
        return true;
    }

    private void Stray(ReadOnlySpan<byte> line, int number)
    {
        if (LineShape.IsRule(line)) return;
        Strays++;
        if (LineShape.IsToolMessage(line)) _diagnostics.Add("FRAME004", Severity.Warning, number, "a tool's message", line);
        else _diagnostics.Add("FRAME001", line[0] is (byte)'#' or (byte)'=' or (byte)'-' ? Severity.Info : Severity.Warning, number, "belongs to no block", line);
    }

    /// <summary>A script may print the time behind each block. Then the first block has no time line and the last time line no block.</summary>
    private void ShiftTrailingTimes()
    {
        if (_time is null || _frames.Count == 0 || _frames[0].Time is not null || _frames[^1].Time?.Index == _time.Index) return;
        foreach (var frame in _frames) frame.Time = _times[(frame.Time?.Index ?? -1) + 1];
        _diagnostics.Add("FRAME005", Severity.Info, _time.Line, "times stand behind the blocks here; each block was given the time below it");
    }

    private enum PmapPart : byte
    {
        Head,
        Rows,
        Rule,
        Ended,
    }
}
