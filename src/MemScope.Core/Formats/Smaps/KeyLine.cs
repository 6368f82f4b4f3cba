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

    public static bool TryParse(ReadOnlySpan<byte> line, out KeyLine result)
    {
        result = default;
        var length = LineShape.KeyLength(line);
        if (length == 0) return false;
        var text = line[(length + 1)..].Trim(" \t"u8);
        var cursor = new ByteCursor(text);
        var isNumber = cursor.TryDecimal(out var number) && number <= MaxKiB;
        var unit = cursor.Rest;
        isNumber &= unit.IsEmpty || unit.SequenceEqual(" kB"u8);
        result = new KeyLine { Key = line[..length].TrimStart(" \t"u8), Text = text, Number = isNumber ? (long)number : null, IsKiB = isNumber && !unit.IsEmpty };
        return true;
    }
}
