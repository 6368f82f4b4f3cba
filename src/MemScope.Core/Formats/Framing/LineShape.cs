using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Framing;

/// <summary>What a line looks like on its own, before anybody knows which block it belongs to.</summary>
internal static class LineShape
{
    /// <summary><c>Rss:                   4 kB</c>: a key that begins with a capital, then a colon and blanks (tabs in some copies). <c>cat: /proc/1/smaps: Permission denied</c> is none.</summary>
    public static bool IsKey(ReadOnlySpan<byte> line) => IsKey(line, out _, out _);

    /// <summary>The same, with the positions of the key and of the colon behind it.</summary>
    public static bool IsKey(ReadOnlySpan<byte> line, out int start, out int colon)
    {
        colon = KeyEnd(line, out start);
        return colon > 0 && char.IsAsciiLetterUpper((char)line[start]) && (colon + 1 == line.Length || ByteCursor.IsBlank(line[colon + 1]));
    }

    /// <summary><c>VmRSS:\t    3180 kB</c>: status separates by a tab.</summary>
    public static bool IsStatus(ReadOnlySpan<byte> line) => KeyEnd(line, out _) is > 0 and var colon && colon + 1 < line.Length && line[colon + 1] == '\t';

    /// <summary>Position of the colon behind a key without blanks; 0 when the line has none.</summary>
    public static int KeyEnd(ReadOnlySpan<byte> line, out int start)
    {
        start = 0;
        while (start < line.Length && ByteCursor.IsBlank(line[start])) start++;
        var end = start;
        while (end < line.Length && IsKeyByte(line[end])) end++;
        return end > start && end < line.Length && line[end] == ':' && char.IsAsciiLetter((char)line[start]) ? end : 0;
    }

    /// <summary>Keys are short: to prepare a set of bytes to search for takes longer at each start than a file of one snapshot does.</summary>
    private static bool IsKeyByte(byte b) =>
        b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_' or (byte)'(' or (byte)')';

    /// <summary>The line that a status file, or what <c>grep Vm</c> left of it, begins with.</summary>
    public static bool IsStatusStart(ReadOnlySpan<byte> line) => IsStatus(line) && (line.StartsWith("Name:"u8) || (line.StartsWith("Vm"u8) && !line.StartsWith("VmFlags:"u8)));

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

    /// <summary>
    /// A total of pmap in any language: the last word is <c>12892K</c>, or in some translations <c>12892 k</c> or one letter outside ASCII: <c>12892 К</c>. A line that begins with an
    /// address is a mapping, whatever its name.
    /// </summary>
    public static bool EndsInSize(ReadOnlySpan<byte> line)
    {
        const int maxLetter = 3;
        line = line.TrimEnd((byte)' ');
        var letter = 1;
        while (letter < Math.Min(maxLetter, line.Length) && (line[^letter] & 0xc0) == 0x80) letter++;
        if (line.Length <= letter || (line[^letter] < 0x80 && line[^letter] is not ((byte)'K' or (byte)'k'))) return false;
        return line[..^letter].TrimEnd((byte)' ') is [.., >= (byte)'0' and <= (byte)'9'] && !BeginsWithAddress(line);
    }

    /// <summary>What tools print into the same file when they may not read or find nothing.</summary>
    public static bool IsToolMessage(ReadOnlySpan<byte> line) =>
        line.IndexOf("Permission denied"u8) >= 0 || line.IndexOf("No such "u8) >= 0 || line.IndexOf("Operation not permitted"u8) >= 0;
}
