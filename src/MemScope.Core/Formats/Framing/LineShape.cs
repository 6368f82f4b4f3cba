using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Framing;

/// <summary>What a line looks like on its own, before anybody knows which block it belongs to.</summary>
internal static class LineShape
{
    /// <summary><c>Rss:                   4 kB</c>: a key that begins with a capital, then a colon. <c>cat: /proc/1/smaps: Permission denied</c> is none.</summary>
    public static bool IsKey(ReadOnlySpan<byte> line) => KeyLength(line) > 0 && char.IsAsciiLetterUpper((char)line.TrimStart(" \t"u8)[0]);

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

    /// <summary>A mapping in pmap's layouts: an address, then permissions (-X), or one to five numbers and then permissions (the others).</summary>
    public static bool IsPmapRow(ReadOnlySpan<byte> line)
    {
        const int maxNumbers = 5;
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        var before = cursor.Rest.Length;
        if (!cursor.TryHex(out _)) return false;
        var digits = before - cursor.Rest.Length;
        for (var numbers = 0; numbers <= maxNumbers; numbers++)
        {
            if (cursor.IsAtEnd || !ByteCursor.IsBlank(cursor.Rest[0])) return false;
            cursor.SkipBlanks();
            var word = cursor.Word();
            // Only -X prints addresses without leading zeros.
            if (word.Length is 4 or 5 && MapsLine.TryPermissions(word[..4], out _)) return numbers > 0 ? digits >= 8 : word.Length == 4;
            if (!IsNumber(word)) return false;
        }
        return false;
    }

    /// <summary>A line that begins with a hexadecimal number: below titles that say what follows, it is a mapping.</summary>
    public static bool BeginsWithAddress(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        return cursor.TryHex(out _) && !cursor.IsAtEnd && ByteCursor.IsBlank(cursor.Rest[0]);
    }

    private static bool IsNumber(ReadOnlySpan<byte> word)
    {
        if (word.SequenceEqual("-"u8)) return true;
        if (word.EndsWith("K"u8)) word = word[..^1];
        return !word.IsEmpty && !word.ContainsAnyExceptInRange((byte)'0', (byte)'9');
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
