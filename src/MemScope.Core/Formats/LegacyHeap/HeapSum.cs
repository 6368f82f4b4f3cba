namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>Sums of numbers from a file. One that leaves the range of a long stays at its end.</summary>
internal static class HeapSum
{
    /// <summary>a + b.</summary>
    public static long Add(long a, long b) => (long)Int128.Clamp((Int128)a + b, long.MinValue, long.MaxValue);

    /// <summary>a × b.</summary>
    public static long Multiply(long a, long b) => (long)Int128.Clamp((Int128)a * b, long.MinValue, long.MaxValue);
}
