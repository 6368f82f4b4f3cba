using System.Text;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>Strings in the JSON of bpftrace, found without reading the whole object: a line may be cut off when the tool was killed.</summary>
internal static class JsonText
{
    /// <summary>The string behind a key, still escaped; empty when there is none.</summary>
    public static ReadOnlySpan<byte> StringOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> quotedKey) => StringOf(line, quotedKey, out _);

    /// <summary>The string behind a key, still escaped, and where it starts; -1 when there is none or it has no end.</summary>
    public static ReadOnlySpan<byte> StringOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> quotedKey, out int start)
    {
        start = -1;
        var key = line.IndexOf(quotedKey);
        if (key < 0) return default;
        var from = key + quotedKey.Length;
        while (from < line.Length && line[from] is (byte)' ' or (byte)':') from++;
        if (from == line.Length || line[from++] != '"') return default;
        for (var i = from; i < line.Length; i++)
        {
            if (line[i] == '\\')
            {
                i++;
            }
            else if (line[i] == '"')
            {
                start = from;
                return line[from..i];
            }
        }
        return default;
    }

    /// <summary>Where the first line of an escaped text ends.</summary>
    public static int EndOfLine(ReadOnlySpan<byte> escaped)
    {
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\') continue;
            if (i + 1 < escaped.Length && escaped[i + 1] == 'n') return i;
            i++;
        }
        return escaped.Length;
    }

    /// <summary>Whether an escaped text holds more than blanks and line ends.</summary>
    public static bool HasMore(ReadOnlySpan<byte> escaped)
    {
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '\\' && i + 1 < escaped.Length && escaped[i + 1] is (byte)'n' or (byte)'t' or (byte)'r') i++;
            else if (escaped[i] != ' ') return true;
        }
        return false;
    }

    /// <summary>The text of an escaped string (RFC 8259, 7). An escape that is none stands as it is.</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> escaped)
    {
        var text = new List<byte>(escaped.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\' || i + 1 == escaped.Length)
            {
                text.Add(escaped[i]);
                continue;
            }
            i++;
            if (escaped[i] == 'u' && TryCodeUnit(escaped[(i + 1)..], out var unit))
            {
                // Half of a pair stands for nothing that a name would hold.
                var rune = Rune.IsValid(unit) ? new Rune(unit) : Rune.ReplacementChar;
                text.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += 4;
                continue;
            }
            text.Add(escaped[i] switch { (byte)'n' => (byte)'\n', (byte)'t' => (byte)'\t', (byte)'r' => (byte)'\r', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', var b => b });
        }
        return [.. text];
    }

    private static bool TryCodeUnit(ReadOnlySpan<byte> digits, out int unit)
    {
        unit = 0;
        if (digits.Length < 4) return false;
        foreach (var b in digits[..4])
        {
            if (ByteCursor.HexDigit(b) is not (>= 0 and var digit)) return false;
            unit = (unit << 4) | digit;
        }
        return true;
    }
}
