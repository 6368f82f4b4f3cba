namespace MemScope.Core.Model;

/// <summary>Sums and products of numbers from captures, which may be as large as they like: one that does not fit stays at the greatest number instead of wrapping or throwing.</summary>
public static class Saturating
{
    /// <summary>The sum of two numbers, or the greatest or least one.</summary>
    public static long Add(long a, long b)
    {
        var sum = unchecked(a + b);
        // The sign of a sum differs from that of two equal signs only when it did not fit.
        return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? long.MinValue : long.MaxValue) : sum;
    }

    /// <summary>The difference of two numbers, or the greatest or least one.</summary>
    public static long Subtract(long a, long b) => (long)Int128.Clamp((Int128)a - b, long.MinValue, long.MaxValue);

    /// <summary>The product of two numbers, or the greatest or least one.</summary>
    public static long Multiply(long a, long b) => (long)Int128.Clamp((Int128)a * b, long.MinValue, long.MaxValue);

    /// <summary>The sum of a number that a tool prints for some items and not for others: null where none of the items has it, 0 of no items.</summary>
    public static long? SumOfKnown<T>(this IReadOnlyCollection<T> items, Func<T, long?> number)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(number);
        long? sum = items.Count == 0 ? 0 : null;
        foreach (var item in items)
            if (number(item) is { } known) sum = Add(sum ?? 0, known);
        return sum;
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
