using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Framing;

/// <summary>
/// The time that a logger put in front of every line: <c>ts</c>, systemd's journal, <c>awk '{ print strftime("%FT%T"), $0 }'</c>, a container's log.
/// <code>
/// 2026-11-20T15:03:24 00007f0000000000       4       4       0 rw---   [ anon ]
/// [2026-11-20 15:03:24.662] Rss:                   4 kB
/// Nov 20 15:03:24 7f0000000000-7f0000001000 rw-p 00000000 00:00 0
/// Nov 20 15:03:24 db-3 snapshot.sh[4711]: VmRSS:	    3180 kB
/// 1795187004.662 00007f0000000000      4K rw---   [ anon ]
/// 15:03:24 00007f0000000000      4K rw---   [ anon ]
/// </code>
/// </summary>
/// <param name="Style">How the time is spelt.</param>
/// <param name="IsBracketed">Whether it stands in square brackets.</param>
/// <param name="Words">How many words follow it: host and unit of the journal, stream and tag of a container.</param>
internal sealed record LineStamp(StampStyle Style, bool IsBracketed, int Words)
{
    private const int LinesSeen = 400, LeastLines = 3, MostWords = 3;

    /// <summary>Of a hundred lines, so many must have the stamp, and of these so many must be of maps, smaps, status or pmap behind it.</summary>
    private const int LeastShare = 90;

    private static ReadOnlySpan<StampStyle> Styles => [StampStyle.Whole, StampStyle.WithoutYear, StampStyle.WithoutDate];

    /// <summary>The stamp that the lines of a text begin with, or null.</summary>
    public static LineStamp? Detect(ReadOnlySpan<byte> head)
    {
        var end = head.LastIndexOf((byte)'\n');
        if (end < 0) return null;
        head = head[..(end + 1)];
        foreach (var isBracketed in (bool[])[false, true])
            foreach (var style in Styles)
            {
                // Nearly every other file is done with here.
                if (!new LineStamp(style, isBracketed, 0).FitsOneOfFirst(head)) continue;
                for (var words = 0; words <= MostWords; words++)
                    if (new LineStamp(style, isBracketed, words) is var stamp && stamp.Fits(head)) return stamp;
            }
        return null;
    }

    /// <summary>Reads the stamp of a line and how long it is, the blank behind it included; false when the line has none.</summary>
    public bool TryRead(ReadOnlySpan<byte> line, out StampTime time, out int length)
    {
        var cursor = new ByteCursor(line);
        (time, length) = (default, 0);
        if (IsBracketed && !cursor.TrySkip((byte)'[')) return false;
        if (!StampTime.TryRead(Style, ref cursor, out time)) return false;
        if (IsBracketed && !cursor.TrySkip((byte)']')) return false;
        for (var word = 0; word < Words; word++)
        {
            if (!SkipBlank(ref cursor) || cursor.Word().IsEmpty) return false;
        }
        // A line that was empty may have lost the blank.
        if (!cursor.IsAtEnd && !SkipBlank(ref cursor)) return false;
        length = line.Length - cursor.Rest.Length;
        return true;
    }

    private static bool SkipBlank(ref ByteCursor cursor) => cursor.TrySkip((byte)' ') || cursor.TrySkip((byte)'\t');

    private bool FitsOneOfFirst(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        for (var i = 0; i < LeastLines && lines.Next(); i++)
            if (TryRead(lines.Line, out _, out _)) return true;
        return false;
    }

    private bool Fits(ReadOnlySpan<byte> head)
    {
        var (seen, stamped, rows, hasStart) = (0, 0, 0, false);
        var lines = new LineReader(head);
        while (seen < LinesSeen && lines.Next())
        {
            if (lines.Line.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            seen++;
            if (!TryRead(lines.Line, out _, out var length)) continue;
            stamped++;
            var rest = lines.Line[length..];
            if (!IsRow(rest)) continue;
            rows++;
            hasStart |= MapsLine.TryParse(rest, out _) || LineShape.IsPmapRow(rest) || LineShape.IsPmapTitles(rest) || LineShape.IsStatusStart(rest);
        }
        return hasStart && stamped >= LeastLines && stamped * 100 >= seen * LeastShare && rows * 100 >= stamped * LeastShare;
    }

    private static bool IsRow(ReadOnlySpan<byte> line) =>
        line.IndexOfAnyExcept(" \t\r"u8) < 0 || MapsLine.TryParse(line, out _) || LineShape.IsKey(line) || LineShape.IsStatus(line) || LineShape.IsPmapRow(line) || LineShape.IsPmapHead(line, out _)
        || LineShape.IsPmapTitles(line) || LineShape.IsRule(line) || LineShape.EndsInSize(line) || LineShape.BeginsWithAddress(line) || line.StartsWith("total kB"u8) || TimeLine.Parse(line) is not null;
}
