using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Smaps;

/// <summary><c>Rss:                   4 kB</c>, <c>THPeligible:           0</c>, <c>VmFlags: rd mr mw me </c>, <c>VmRSS:\t   11248 kB</c>.</summary>
internal readonly ref struct KeyLine
{
    /// <summary>Largest size that is believed, in KiB: 2^57 bytes, the whole user address space of x86-64 with five page table levels.</summary>
    public const ulong MaxKiB = 1UL << 47;

    public ReadOnlySpan<byte> Key { get; private init; }

    /// <summary>Everything behind the colon, blanks around it taken off.</summary>
    public ReadOnlySpan<byte> Text { get; private init; }

    /// <summary>The number, or null when the value is none.</summary>
    public long? Number { get; private init; }

    /// <summary>Whether "kB" follows the number.</summary>
    public bool IsKiB { get; private init; }

    /// <summary>Reads a line of smaps or smaps_rollup.</summary>
    public static bool TryParseSmaps(ReadOnlySpan<byte> line, out KeyLine result)
    {
        var isKey = LineShape.IsKey(line, out var start, out var colon);
        result = isKey ? Read(line, start, colon) : default;
        return isKey;
    }

    /// <summary>Reads a line of status too.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out KeyLine result)
    {
        var colon = LineShape.KeyEnd(line, out var start);
        result = colon > 0 ? Read(line, start, colon) : default;
        return colon > 0;
    }

    private static KeyLine Read(ReadOnlySpan<byte> line, int start, int colon)
    {
        var text = line[(colon + 1)..].Trim(" \t"u8);
        var cursor = new ByteCursor(text);
        var isNumber = cursor.TryDecimal(out var number) && number <= MaxKiB;
        var unit = cursor.Rest;
        isNumber &= unit.IsEmpty || unit.SequenceEqual(" kB"u8);
        return new KeyLine { Key = line[start..colon], Text = text, Number = isNumber ? (long)number : null, IsKiB = isNumber && !unit.IsEmpty };
    }
}
