namespace MemScope.Web.Answers;

/// <summary>Leaves points out of a chart that has more of them than pixels, without losing a peak.</summary>
internal static class Decimation
{
    /// <summary>
    /// The indices to keep, ascending: the first and the last, per stretch of time the least and the greatest of the total, and of every column its least and its greatest.
    /// May be a few more than <paramref name="points"/>.
    /// </summary>
    public static int[] Pick(ReadOnlySpan<double> total, IReadOnlyList<double[]> columns, int points)
    {
        if (total.Length <= points) return [.. Enumerable.Range(0, total.Length)];
        var kept = new SortedSet<int> { 0, total.Length - 1 };
        var buckets = Math.Max(1, (points - 2) / 2);
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var begin = (int)((long)bucket * total.Length / buckets);
            var end = (int)((long)(bucket + 1) * total.Length / buckets);
            AddExtremes(kept, total[begin..end], begin);
        }
        foreach (var column in columns) AddExtremes(kept, column, 0);
        return [.. kept];
    }

    private static void AddExtremes(SortedSet<int> kept, ReadOnlySpan<double> values, int offset)
    {
        int least = -1, greatest = -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i])) continue;
            if (least < 0 || values[i] < values[least]) least = i;
            if (greatest < 0 || values[i] > values[greatest]) greatest = i;
        }
        if (least < 0) return;
        kept.Add(offset + least);
        kept.Add(offset + greatest);
    }
}
