using MemScope.Core.Model;

namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>Sums of numbers from a file. One that leaves the range of a long stays at its end.</summary>
internal static class HeapSum
{
    /// <summary>a + b.</summary>
    public static long Add(long a, long b) => (long)Int128.Clamp((Int128)a + b, long.MinValue, long.MaxValue);

    /// <summary>a × b.</summary>
    public static long Multiply(long a, long b) => (long)Int128.Clamp((Int128)a * b, long.MinValue, long.MaxValue);

    /// <summary>The sum of a number over all rows: null where none has it, 0 where there is no row.</summary>
    public static long? Of(List<HeapSite> sites, Func<HeapSite, long?> number)
    {
        long? sum = sites.Count == 0 ? 0 : null;
        foreach (var site in sites)
            if (number(site) is { } value) sum = Add(sum ?? 0, value);
        return sum;
    }
}
