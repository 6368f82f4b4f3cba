using System.Globalization;
using System.Text;
using MemScope.Core.Formats.Containers;
using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Framing;

/// <summary>
/// A text whose lines begin with a time, as it was before: the times are taken off, and one stands in a line of its own above each block, where <see cref="TimeLine"/> finds it.
/// It is read as it is asked for, and keeps of the text only where its blocks begin.
/// </summary>
/// <param name="source">The text, from the front.</param>
/// <param name="stamp">What its lines begin with.</param>
/// <param name="received">When the file came or was written last, for times without a year or date; null when that is not known.</param>
/// <param name="limits">Caps.</param>
internal sealed class StampedText(Stream source, LineStamp stamp, DateTimeOffset? received, Limits limits) : ReadStream
{
    /// <summary>Room for the stamp of a line that is as long as a line may be.</summary>
    private const int StampBytes = 512;

    private readonly LineStream _lines = new(source, limits.LineBytes + StampBytes);
    private readonly List<Mark> _marks = [];
    private byte[] _ready = new byte[4096];
    private int _from, _end, _written;
    private long _given;
    private Kind _open;
    private AddressRange _last;
    private bool _hasOwnTime, _zoneUnknown, _undated, _isDated;
    private string _first = "";

    private enum Kind : byte
    {
        None,
        Maps,
        Status,
        Pmap,
    }

    /// <summary>A block begins: its line and byte in what is given, its byte in the source, and how many lines were put in so far.</summary>
    private readonly record struct Mark(int Line, long Offset, long SourceOffset, int Inserted);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_from == _end)
        {
            if (!Next()) return 0;
        }
        var count = Math.Min(buffer.Length, _end - _from);
        _ready.AsSpan(_from, count).CopyTo(buffer);
        _from += count;
        _given += count;
        return count;
    }

    /// <summary>What was read of the text, with lines and bytes of the source, and a word on the times.</summary>
    public ParsedCapture Restore(ParsedCapture parsed)
    {
        var diagnostics = new List<ParseDiagnostic> { new("FRAME007", Severity.Info, 1, $"every line begins with a time, such as {_first}: it was taken off and is the time of its block") };
        if (_isDated && stamp.Style is not StampStyle.Whole)
            diagnostics.Add(new ParseDiagnostic("FRAME008", Severity.Warning, 1, stamp.Style is StampStyle.WithoutYear ? "the times have no year: the last that is not to come was taken" : "the times have no date: the day nearest to the receipt was taken"));
        if (_undated) diagnostics.Add(new ParseDiagnostic("FRAME008", Severity.Warning, 1, "the times have no year or date, and none is known: the snapshots have no time of their own"));
        if (_zoneUnknown) diagnostics.Add(new ParseDiagnostic("FRAME002", Severity.Info, 1, "the times have no zone that is known here and were read as UTC"));
        diagnostics.AddRange(parsed.Diagnostics.Select(d => d with { Line = d.Line > 0 ? d.Line - (MarkAt(d.Line)?.Inserted ?? 0) : 0 }));
        return parsed with { Diagnostics = diagnostics, Snapshots = [.. parsed.Snapshots.Select(s => s with { ByteOffset = SourceOffset(s.ByteOffset) })] };
    }

    /// <summary>The last block that begins at or before a line.</summary>
    private Mark? MarkAt(int line)
    {
        var (low, high) = (0, _marks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_marks[middle].Line <= line) low = middle + 1;
            else high = middle;
        }
        return low > 0 ? _marks[low - 1] : null;
    }

    private long SourceOffset(long offset)
    {
        var (low, high) = (0, _marks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_marks[middle].Offset < offset) low = middle + 1;
            else high = middle;
        }
        return low < _marks.Count && _marks[low].Offset == offset ? _marks[low].SourceOffset : offset;
    }

    private bool Next()
    {
        if (!_lines.Next()) return false;
        (_from, _end) = (0, 0);
        var line = _lines.Line;
        var hasStamp = stamp.TryRead(line, out var time, out var length);
        if (hasStamp && _first.Length == 0) _first = DiagnosticBag.Quote(line[..length]);
        line = line[length..];
        if (Begins(line)) TakeStart(hasStamp ? time : null);
        Append(line);
        if (_lines.IsTerminated) Append("\n"u8);
        _written++;
        return true;
    }

    private void TakeStart(StampTime? time)
    {
        var at = _hasOwnTime ? null : time?.On(stamp.Style, received);
        _undated |= time is not null && at is null && !_hasOwnTime;
        var inserted = _marks.Count > 0 ? _marks[^1].Inserted : 0;
        if (at is { } known)
        {
            _isDated = true;
            _zoneUnknown |= time!.Value.ZoneUnknown;
            Append(Encoding.ASCII.GetBytes(known.UtcDateTime.ToString("'# 'yyyy-MM-dd'T'HH:mm:ss.fffffff'Z\n'", CultureInfo.InvariantCulture)));
            _written++;
            inserted++;
        }
        _marks.Add(new Mark(_written + 1, _given + _end, _lines.Offset, inserted));
    }

    /// <summary>Whether a block begins with the line; the rules are those by which the text is cut into blocks.</summary>
    private bool Begins(ReadOnlySpan<byte> line)
    {
        if (line.IndexOfAnyExcept(" \t\r"u8) < 0) return false;
        if (MapsLine.TryParse(line, out var mapping))
        {
            var begins = _open is not Kind.Maps || mapping.IsRollup || (mapping.Start < _last.Start && mapping.End <= _last.End);
            (_open, _last) = (Kind.Maps, new AddressRange(mapping.Start, mapping.End));
            return begins;
        }
        if (LineShape.IsStatusStart(line) && (_open is not Kind.Status || line.StartsWith("Name:"u8))) return Open(Kind.Status);
        if (LineShape.IsPmapHead(line, out _)) return Open(Kind.Pmap);
        if (_open is not Kind.Pmap && (LineShape.IsPmapTitles(line) || LineShape.IsPmapRow(line))) return Open(Kind.Pmap);
        if (TimeLine.Parse(line) is not null) (_open, _hasOwnTime) = (Kind.None, true);
        return false;
    }

    private bool Open(Kind kind)
    {
        _open = kind;
        return true;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > _ready.Length) Array.Resize(ref _ready, Math.Max(_ready.Length * 2, _end + bytes.Length));
        bytes.CopyTo(_ready.AsSpan(_end));
        _end += bytes.Length;
    }
}
