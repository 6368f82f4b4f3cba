namespace MemScope.Core.Formats.Traces;

/// <summary>Sums of what a file says. They stay at the greatest number instead of overflowing: a file can say anything.</summary>
internal static class Sums
{
    /// <summary>The sum of what is known; null when nothing is.</summary>
    public static long? Of<T>(IEnumerable<T> items, Func<T, long?> number)
    {
        long? sum = null;
        foreach (var item in items)
            if (number(item) is { } n) sum = Add(sum ?? 0, n);
        return sum;
    }

    /// <summary>The sum of two numbers.</summary>
    public static long Add(long a, long b)
    {
        var sum = unchecked(a + b);
        // It overflowed where both have the sign that the sum has not.
        return ((a ^ sum) & (b ^ sum)) >= 0 ? sum : a < 0 ? long.MinValue : long.MaxValue;
    }
}
