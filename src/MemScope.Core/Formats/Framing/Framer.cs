using MemScope.Core.Formats.Kernel;
using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Framing;

/// <summary>
/// Cuts a text into blocks: one upload often mixes <c>date</c>, <c>cat status</c>, <c>cat smaps</c> and <c>pmap -x</c>, many times over.
/// Which lines form a block, and which time it carries, is settled here; what they mean, by the block's parser.
/// </summary>
/// <param name="diagnostics">Told of the lines that belong to no block.</param>
/// <param name="limits">Caps; one block may not be longer than a snapshot.</param>
/// <param name="open">Gives what reads a block that begins, or null.</param>
internal sealed class Framer(DiagnosticBag diagnostics, Limits limits, Func<Frame, Block?> open)
{
    private readonly List<Frame> _frames = [];
    private readonly List<TimeLine> _times = [];
    private Frame? _open;
    private TimeLine? _time;
    private PmapPart _pmap;

    /// <summary>Lines that belong to no block.</summary>
    public int Strays { get; private set; }

    /// <summary>The blocks in the order of the text.</summary>
    public IReadOnlyList<Frame> Frames => _frames;

    /// <summary>Reads a text to its end.</summary>
    /// <exception cref="CaptureRefusedException">A block has more bytes or lines than are read of one snapshot.</exception>
    public void Read(LineStream lines)
    {
        while (lines.Next())
        {
            Take(lines);
            if (_open is { Block: { } block } frame) block.TakeAhead(lines, frame);
        }
        Close();
        ShiftTrailingTimes();
    }

    private void Take(LineStream lines)
    {
        var line = lines.Line;
        if (lines.IsTooLong)
        {
            var length = lines.NextOffset - lines.Offset - (lines.IsTerminated ? 1 : 0);
            diagnostics.Add("FRAME003", Severity.Warning, lines.Number, $"a line of {length} bytes was skipped; the limit is {limits.LineBytes}");
            return;
        }
        if (line.IndexOfAnyExcept(" \t\r"u8) < 0) return;
        if (_open is not null && Belongs(line)) Give(line, lines);
        else if (TryStart(lines)) Give(line, lines);
        else if (!TryTime(lines)) Stray(line, lines.Number);
    }

    /// <summary>Hands a line to the block that is open.</summary>
    private void Give(ReadOnlySpan<byte> line, LineStream lines)
    {
        var frame = _open!;
        (frame.LastLine, frame.IsTerminated) = (lines.Number, lines.IsTerminated);
        CheckSize(frame, lines.NextOffset);
        frame.Block?.Take(frame.HasCr && line[^1] == '\r' ? line[..^1] : line, lines.Number);
    }

    private void CheckSize(Frame frame, long end)
    {
        if (end - frame.Start > limits.SnapshotBytes)
            throw new CaptureRefusedException(CaptureRefusal.TooLarge, "snapshot-bytes", "A snapshot in the file has more bytes than are read of one.", limits.SnapshotBytes, end - frame.Start);
        var count = frame.LastLine - frame.FirstLine + 1;
        if (count > limits.SnapshotLines)
            throw new CaptureRefusedException(CaptureRefusal.TooLarge, "snapshot-lines", "A snapshot in the file has more lines than are read of one.", limits.SnapshotLines, count);
    }

    private void Close()
    {
        if (_open is not { } frame) return;
        _open = null;
        frame.Block?.End(frame);
        frame.Block = null;
    }

    private bool Belongs(ReadOnlySpan<byte> line) => _open!.Kind switch
    {
        FrameKind.Maps => IsNextKey(line) || IsNextMapping(line),
        FrameKind.Rollup => IsNextKey(line),
        FrameKind.Status => LineShape.IsStatus(line) && !line.StartsWith("Name:"u8) && CountRow(),
        FrameKind.Kernel => BelongsToKernel(line),
        _ => BelongsToPmap(line),
    };

    private bool IsNextKey(ReadOnlySpan<byte> line)
    {
        if (!LineShape.IsKey(line) || LineShape.IsStatusStart(line) || line.StartsWith("MemTotal:"u8)) return false;
        _open!.Keys++;
        return true;
    }

    /// <summary>
    /// Within one read of the kernel addresses go up, so a mapping below the last begins another snapshot. Unless it reaches beyond it: that one
    /// grew downwards while it was read, and is printed again.
    /// </summary>
    private bool IsNextMapping(ReadOnlySpan<byte> line)
    {
        if (!MapsLine.TryParse(line, out var mapping) || mapping.IsRollup || (mapping.Start < _open!.Last.Start && mapping.End <= _open.Last.End)) return false;
        _open!.Last = new AddressRange(mapping.Start, mapping.End);
        return CountRow();
    }

    private bool BelongsToKernel(ReadOnlySpan<byte> line)
    {
        if (!KernelShape.Begins(line) && !KernelShape.Continues(line, _open!.IsBelowHeading)) return false;
        _open!.IsBelowHeading = CgroupFile.TryParse(line, out var file) && file.IsHeading;
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

    private bool TryStart(LineStream lines)
    {
        var line = lines.Line;
        if (MapsLine.TryParse(line, out var mapping)) Open(mapping.IsRollup ? FrameKind.Rollup : FrameKind.Maps, lines);
        else if (LineShape.IsStatusStart(line)) Open(FrameKind.Status, lines);
        else if (KernelShape.Begins(line)) Open(FrameKind.Kernel, lines).IsBelowHeading = CgroupFile.TryParse(line, out var file) && file.IsHeading;
        else if (LineShape.IsPmapHead(line, out var pid)) Open(FrameKind.Pmap, lines).Pid = pid;
        else if (LineShape.IsPmapRow(line) || LineShape.IsPmapTitles(line)) Open(FrameKind.Pmap, lines);
        else return false;

        _open!.Block = open(_open);
        _open.Last = new AddressRange(mapping.Start, mapping.End);
        _pmap = LineShape.IsPmapRow(line) || LineShape.IsPmapTitles(line) ? PmapPart.Rows : PmapPart.Head;
        if (_open.Kind is FrameKind.Maps or FrameKind.Status or FrameKind.Kernel || LineShape.IsPmapRow(line)) _open.Rows++;
        return true;
    }

    private static bool IsOtherStart(ReadOnlySpan<byte> line) => LineShape.IsStatusStart(line) || MapsLine.TryParse(line, out _) || KernelShape.Begins(line);

    private Frame Open(FrameKind kind, LineStream lines)
    {
        Close();
        _open = new Frame(kind, lines.Offset, lines.Number) { Time = _time, Pid = _time?.Pid, HasCr = lines.Line.EndsWith("\r"u8) };
        _frames.Add(_open);
        return _open;
    }

    private bool TryTime(LineStream lines)
    {
        if (TimeLine.Parse(lines.Line) is not { } time) return false;
        _time = time with { Index = _times.Count, Line = lines.Number };
        _times.Add(_time);
        Close();
        if (time.ZoneUnknown) diagnostics.Add("FRAME002", Severity.Info, lines.Number, "the time has no zone that is known here and was read as UTC", lines.Line);
        return true;
    }

    private void Stray(ReadOnlySpan<byte> line, int number)
    {
        if (LineShape.IsRule(line)) return;
        Strays++;
        if (LineShape.IsToolMessage(line)) diagnostics.Add("FRAME004", Severity.Warning, number, "a tool's message", line);
        else diagnostics.Add("FRAME001", line[0] is (byte)'#' or (byte)'=' or (byte)'-' ? Severity.Info : Severity.Warning, number, "belongs to no block", line);
    }

    /// <summary>A script may print the time behind each block. Then the first block has no time line and the last time line no block.</summary>
    private void ShiftTrailingTimes()
    {
        if (_time is null || _frames.Count == 0 || _frames[0].Time is not null || _frames[^1].Time?.Index == _time.Index) return;
        foreach (var frame in _frames) frame.Time = _times[(frame.Time?.Index ?? -1) + 1];
        diagnostics.Add("FRAME005", Severity.Info, _time.Line, "times stand behind the blocks here; each block was given the time below it");
    }

    private enum PmapPart : byte
    {
        Head,
        Rows,
        Rule,
        Ended,
    }
}
