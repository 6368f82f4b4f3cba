using System.Buffers;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Jvm;

/// <summary>
/// Walks the numbers of a line of native memory tracking, from the left:
/// <code>
/// reserved=417KB +144KB, committed=417KB +144KB
/// malloc=24KB #88) (peak=32KB #92
/// waste=82KB =21.32% -4KB
///   instance classes #557 +7, array classes #106
/// </code>
/// </summary>
internal ref struct NmtItems(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789.%+-KMGB "u8);
    private ReadOnlySpan<byte> _rest = text;
    private ReadOnlySpan<byte> _name;

    /// <summary>Word in front of the number: <c>reserved</c>; of a number behind another (<c>malloc=24KB #88</c>) the other's.</summary>
    public readonly ReadOnlySpan<byte> Name => _name;

    /// <summary>The number; of a size in bytes.</summary>
    public long Number { get; private set; }

    /// <summary>By how much it changed since the baseline, or null where the line does not say.</summary>
    public long? Change { get; private set; }

    /// <summary>Whether it counts something (<c>#88</c>) rather than being a size.</summary>
    public bool IsCount { get; private set; }

    /// <summary>Goes to the next number; false at the end.</summary>
    public bool Next()
    {
        while (true)
        {
            var at = _rest.IndexOfAny("=#"u8);
            if (at < 0) return false;
            IsCount = _rest[at] == '#';
            var name = _rest[..at].Trim(" \t(),:"u8);
            var cut = name.LastIndexOfAny("(),:"u8);
            if (cut >= 0) name = name[(cut + 1)..].Trim(" \t"u8);
            _rest = _rest[(at + 1)..];
            // `waste=82KB =21.32%`: a share, which follows from the numbers.
            if (name.IsEmpty && !IsCount) continue;
            if (!name.IsEmpty && !IsUnit(name)) _name = name;
            var cursor = new ByteCursor(_rest);
            if (!TrySize(ref cursor, out var number)) continue;
            Number = number;
            Change = ReadChange(ref cursor);
            _rest = cursor.Rest;
            return true;
        }
    }

    /// <summary><c>417KB</c>, <c>1427MB</c>, or bytes without a unit.</summary>
    public static bool TrySize(ref ByteCursor cursor, out long bytes)
    {
        bytes = 0;
        if (!cursor.TryDecimal(out var number)) return false;
        var shift = cursor.TrySkip("KB"u8) ? 10 : cursor.TrySkip("MB"u8) ? 20 : cursor.TrySkip("GB"u8) ? 30 : 0;
        if (number > (ulong)(long.MaxValue >> shift)) return false;
        bytes = (long)number << shift;
        return true;
    }

    private static long? ReadChange(ref ByteCursor cursor)
    {
        var c = cursor;
        if (c.TrySkip(" ="u8))
        {
            // The share stands between a size and its change.
            c.Word();
        }
        if (!c.TrySkip((byte)' ')) return null;
        var sign = c.Next == '-' ? -1 : 1;
        if ((!c.TrySkip((byte)'+') && !c.TrySkip((byte)'-')) || !TrySize(ref c, out var change)) return null;
        cursor = c;
        return sign * change;
    }

    private static bool IsUnit(ReadOnlySpan<byte> word) => word.IndexOfAnyExcept(NumberBytes) < 0;
}
