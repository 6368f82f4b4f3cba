using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>
/// The four numbers of a row, <c>OBJECTS: BYTES [OBJECTS: BYTES]</c>: live, then allocated since the beginning. Live ones are negative in a difference of two profiles.
/// <code>
///     50:  1000000 [    60:  1200000]
/// 5: 6400 [0: 0]
/// </code>
/// </summary>
internal readonly record struct HeapNumbers(long Live, long LiveBytes, long Allocated, long AllocatedBytes)
{
    /// <summary>Reads them from the left, blanks before them included.</summary>
    public static bool TryRead(ref ByteCursor cursor, out HeapNumbers numbers)
    {
        numbers = default;
        if (!TryPair(ref cursor, out var live, out var liveBytes)) return false;
        cursor.SkipBlanks();
        if (!cursor.TrySkip((byte)'[') || !TryPair(ref cursor, out var allocated, out var allocatedBytes)) return false;
        cursor.SkipBlanks();
        if (!cursor.TrySkip((byte)']')) return false;
        numbers = new HeapNumbers(live, liveBytes, allocated, allocatedBytes);
        return true;
    }

    /// <summary>Reads <c>@ 0x55c1d1fe81a8 0x55c1d1fe820c</c>, leaf first; false when something else stands there. What was read before it is kept.</summary>
    public static bool TryAddresses(ref ByteCursor cursor, List<ulong> addresses)
    {
        addresses.Clear();
        cursor.SkipBlanks();
        if (!cursor.TrySkip((byte)'@')) return false;
        while (true)
        {
            cursor.SkipBlanks();
            if (cursor.IsAtEnd) return true;
            if (!cursor.TrySkip("0x"u8) || !cursor.TryHex(out var address)) return false;
            addresses.Add(address);
        }
    }

    private static bool TryPair(ref ByteCursor cursor, out long objects, out long bytes)
    {
        bytes = 0;
        return TryLong(ref cursor, out objects) && cursor.TrySkip((byte)':') && TryLong(ref cursor, out bytes);
    }

    private static bool TryLong(ref ByteCursor cursor, out long value)
    {
        value = 0;
        cursor.SkipBlanks();
        var isNegative = cursor.TrySkip((byte)'-');
        if (!cursor.TryDecimal(out var number) || number > long.MaxValue) return false;
        value = isNegative ? -(long)number : (long)number;
        return true;
    }
}
