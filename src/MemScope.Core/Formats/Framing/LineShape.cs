using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Framing;

/// <summary>What a line looks like on its own, before anybody knows which block it belongs to.</summary>
internal static class LineShape
{
    /// <summary><c>Rss:                   4 kB</c>: a key without blanks, then a colon.</summary>
    public static bool IsKey(ReadOnlySpan<byte> line) => KeyLength(line) > 0;

    /// <summary>Length of the key in front of a colon that is followed by a blank or the line's end, leading blanks included; 0 when there is none.</summary>
    public static int KeyLength(ReadOnlySpan<byte> line)
    {
        var i = 0;
        while (i < line.Length && ByteCursor.IsBlank(line[i])) i++;
        var start = i;
        while (i < line.Length && (char.IsAsciiLetterOrDigit((char)line[i]) || line[i] is (byte)'_' or (byte)'(' or (byte)')')) i++;
        if (i == start || i >= line.Length || line[i] != ':' || !char.IsAsciiLetter((char)line[start])) return 0;
        return i + 1 == line.Length || ByteCursor.IsBlank(line[i + 1]) ? i : 0;
    }

    /// <summary><c>VmRSS:\t    3180 kB</c>: status separates by a tab.</summary>
    public static bool IsStatus(ReadOnlySpan<byte> line) => KeyLength(line) is > 0 and var i && i + 1 < line.Length && line[i + 1] == '\t';

    /// <summary>The line that a status file, or what <c>grep Vm</c> left of it, begins with.</summary>
    public static bool IsStatusStart(ReadOnlySpan<byte> line) => IsStatus(line) && (line.StartsWith("Name:"u8) || line.StartsWith("Vm"u8));

    /// <summary><c>22654:   /opt/program --flag</c>: what pmap prints first, alone for a kernel thread or without permission.</summary>
    public static bool IsPmapHead(ReadOnlySpan<byte> line, out int pid)
    {
        var cursor = new ByteCursor(line);
        return cursor.TryInt(out pid) && cursor.TrySkip((byte)':') && (cursor.IsAtEnd || ByteCursor.IsBlank(cursor.Rest[0]));
    }

    /// <summary>A mapping in any of pmap's layouts: an address, then a size or permissions.</summary>
    public static bool IsPmapRow(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        var before = cursor.Rest.Length;
        if (!cursor.TryHex(out _)) return false;
        var digits = before - cursor.Rest.Length;
        if (cursor.IsAtEnd || !ByteCursor.IsBlank(cursor.Rest[0])) return false;
        cursor.SkipBlanks();
        if (MapsLine.TryPermissions(cursor.Rest[..Math.Min(4, cursor.Rest.Length)], out _)) return true;
        // Only -X prints addresses without leading zeros, and there permissions follow.
        if (digits < 8 || !cursor.TryDecimal(out _)) return false;
        cursor.TrySkip((byte)'K');
        return cursor.IsAtEnd || ByteCursor.IsBlank(cursor.Rest[0]);
    }

    /// <summary>Column titles of pmap in the C locale.</summary>
    public static bool IsPmapTitles(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        return cursor.Word().SequenceEqual("Address"u8) && !cursor.IsAtEnd;
    }

    /// <summary>A row of dashes or equals signs: above pmap's totals, or a separator.</summary>
    public static bool IsRule(ReadOnlySpan<byte> line) => line.Length >= 3 && line.IndexOfAnyExcept("-= "u8) < 0 && line.IndexOfAny("-="u8) >= 0;

    /// <summary>A total of pmap in any language: a last word such as <c>12892K</c>.</summary>
    public static bool EndsInSize(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd((byte)' ');
        return line.Length > 1 && line[^1] == 'K' && char.IsAsciiDigit((char)line[^2]);
    }

    /// <summary>What tools print into the same file when they may not read or find nothing.</summary>
    public static bool IsToolMessage(ReadOnlySpan<byte> line) =>
        line.IndexOf("Permission denied"u8) >= 0 || line.IndexOf("No such "u8) >= 0 || line.IndexOf("Operation not permitted"u8) >= 0;
}
