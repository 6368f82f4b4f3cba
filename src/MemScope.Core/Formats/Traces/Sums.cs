using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>Sums of figures that a tool prints for some sites and not for others.</summary>
internal static class Sums
{
    /// <summary>The sum of what is known, as <see cref="Saturating"/> adds; null when nothing is.</summary>
    public static long? Of<T>(IEnumerable<T> items, Func<T, long?> number)
    {
        long? sum = null;
        foreach (var item in items)
            if (number(item) is { } n) sum = Saturating.Add(sum ?? 0, n);
        return sum;
    }
}
