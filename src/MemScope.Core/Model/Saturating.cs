namespace MemScope.Core.Model;

/// <summary>Sums of numbers from captures, which may be as large as they like: a sum that does not fit stays at the greatest number instead of wrapping or throwing.</summary>
public static class Saturating
{
    /// <summary>The sum of two numbers, or the greatest or least one.</summary>
    public static long Add(long a, long b)
    {
        var sum = unchecked(a + b);
        // The sign of a sum differs from that of two equal signs only when it did not fit.
        return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? long.MinValue : long.MaxValue) : sum;
    }

    /// <summary>The sum of a number of each item.</summary>
    public static long SumOf<T>(this IEnumerable<T> items, Func<T, long> number)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(number);
        long sum = 0;
        foreach (var item in items) sum = Add(sum, number(item));
        return sum;
    }
}
