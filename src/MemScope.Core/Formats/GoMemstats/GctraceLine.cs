using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.GoMemstats;

/// <summary>
/// A line of a Go program run with <c>GODEBUG=gctrace=1</c> (runtime/mgc.go, gcMarkTermination): time since the program began, and the heap in MiB when the collection began,
/// when it ended, and what of it is live.
/// <code>
/// gc 3 @0.003s 9%: 0.005+0.26+0.058 ms clock, 0.010+0.058/0.039/0.11+0.11 ms cpu, 12->13->6 MB, 13 MB goal, 0 MB stacks, 0 MB globals, 2 P
/// </code>
/// </summary>
/// <param name="TimeNs">Since the program began, nanoseconds.</param>
/// <param name="BeforeBytes">Heap when the collection began.</param>
/// <param name="LiveBytes">Live heap behind it.</param>
internal readonly record struct GctraceLine(long TimeNs, long BeforeBytes, long LiveBytes)
{
    /// <summary>Reads a line; false when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out GctraceLine result)
    {
        result = default;
        var cursor = new ByteCursor(line);
        if (!cursor.TrySkip("gc "u8) || !cursor.TryDecimal(out _) || !cursor.TrySkip(" @"u8) || !TrySeconds(ref cursor, out var time)) return false;
        var heap = line.IndexOf("->"u8);
        if (heap < 0 || !cursor.TrySkip("s "u8)) return false;
        var start = heap;
        while (start > 0 && char.IsAsciiDigit((char)line[start - 1])) start--;
        cursor = new ByteCursor(line[start..]);
        if (!cursor.TryInt(out var before) || !cursor.TrySkip("->"u8) || !cursor.TryInt(out _) || !cursor.TrySkip("->"u8) || !cursor.TryInt(out var live) || !cursor.TrySkip(" MB"u8)) return false;
        result = new GctraceLine(time, (long)before << 20, (long)live << 20);
        return true;
    }

    /// <summary>This collection on the course of the heap.</summary>
    public HeapPoint Point => new(TimeNs, LiveBytes);

    private static bool TrySeconds(ref ByteCursor cursor, out long nanoseconds)
    {
        nanoseconds = 0;
        if (!cursor.TryInt(out var seconds) || !cursor.TrySkip((byte)'.')) return false;
        var digits = cursor.Rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is < 1 or > 9 || !cursor.TryInt(out var fraction)) return false;
        for (; digits < 9; digits++) fraction *= 10;
        nanoseconds = (seconds * 1_000_000_000L) + fraction;
        return true;
    }
}
