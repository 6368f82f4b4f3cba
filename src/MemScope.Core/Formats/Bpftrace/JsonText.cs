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

    /// <summary>Writes the text of an escaped string (RFC 8259, 7) into a buffer that is kept for the next one, and returns its length. An escape that is none stands as it is.</summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, ref byte[] buffer)
    {
        // No escape is longer than what it stands for.
        if (buffer.Length < escaped.Length) buffer = new byte[Math.Max(escaped.Length, buffer.Length * 2)];
        Span<byte> utf8 = stackalloc byte[4];
        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\' || i + 1 == escaped.Length)
            {
                buffer[length++] = escaped[i];
                continue;
            }
            i++;
            if (escaped[i] == 'u' && TryCodeUnit(escaped[(i + 1)..], out var unit))
            {
                // Half of a pair stands for nothing that a name would hold.
                var rune = Rune.IsValid(unit) ? new Rune(unit) : Rune.ReplacementChar;
                var bytes = rune.EncodeToUtf8(utf8);
                utf8[..bytes].CopyTo(buffer.AsSpan(length));
                length += bytes;
                i += 4;
                continue;
            }
            buffer[length++] = escaped[i] switch { (byte)'n' => (byte)'\n', (byte)'t' => (byte)'\t', (byte)'r' => (byte)'\r', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', var b => b };
        }
        return length;
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
