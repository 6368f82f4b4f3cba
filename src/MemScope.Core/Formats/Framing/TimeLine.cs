using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Framing;

/// <summary>
/// A line between blocks that says when what follows was taken:
/// <code>
/// === 2026-11-20T15:30:19.662684063+00:00 pid=22654
/// Fri Nov 20 15:30:19 UTC 2026
/// Fri 20 Nov 2026 03:30:19 PM CET
/// 2026-11-20 15:30:19,662
/// # 1795188619.661
/// === malloc_stats t005 1795188025.256
/// </code>
/// </summary>
/// <param name="At">The time (UTC).</param>
/// <param name="Pid">Process id that it names, or null.</param>
/// <param name="ZoneUnknown">Whether it has no zone, or one that is not known, and was read as UTC.</param>
internal sealed record TimeLine(DateTimeOffset At, int? Pid, bool ZoneUnknown)
{
    /// <summary>Position among the time lines of the file, from 0.</summary>
    public int Index { get; init; }

    /// <summary>Line number.</summary>
    public int Line { get; init; }

    private static ReadOnlySpan<byte> Decoration => "=#-* \t"u8;

    /// <summary>Reads such a line; null for any other.</summary>
    public static TimeLine? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length is < 10 or > 200) return null;
        var text = line.TrimStart(Decoration);
        var decorated = text.Length < line.TrimStart(" \t"u8).Length;
        var cursor = new ByteCursor(text.TrimEnd(Decoration));
        if (!TimeText.TryRead(ref cursor, out var at, out var zoneKnown)) return decorated ? OfTitle(line, text.TrimEnd(Decoration)) : null;
        var rest = cursor.Rest;
        if (!rest.IsEmpty && !ByteCursor.IsBlank(rest[0])) return null;
        var pid = PidIn(rest);
        if (!decorated && pid is null && rest.IndexOfAnyExcept(" \t"u8) >= 0) return null;
        return new TimeLine(at, pid, !zoneKnown);
    }

    /// <summary>A title with a time behind it: <c>=== malloc_stats 1795188025.256</c>. Only behind signs that no list begins with.</summary>
    private static TimeLine? OfTitle(ReadOnlySpan<byte> line, ReadOnlySpan<byte> text)
    {
        var blank = text.LastIndexOf((byte)' ');
        if (blank < 0 || line.TrimStart(" \t"u8)[0] is not ((byte)'=' or (byte)'#')) return null;
        var cursor = new ByteCursor(text[(blank + 1)..]);
        return TimeText.TryRead(ref cursor, out var at, out var zoneKnown) && cursor.IsAtEnd ? new TimeLine(at, PidIn(text[..blank]), !zoneKnown) : null;
    }

    /// <summary>The number behind <c>pid=</c>, <c>pid:</c> or <c>PID </c>.</summary>
    private static int? PidIn(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i + 4 < text.Length; i++)
        {
            if ((text[i] | 0x20) != 'p' || (text[i + 1] | 0x20) != 'i' || (text[i + 2] | 0x20) != 'd' || text[i + 3] is not ((byte)'=' or (byte)':' or (byte)' ')) continue;
            var cursor = new ByteCursor(text[(i + 4)..]);
            cursor.SkipBlanks();
            if (cursor.TryInt(out var pid)) return pid;
        }
        return null;
    }
}
