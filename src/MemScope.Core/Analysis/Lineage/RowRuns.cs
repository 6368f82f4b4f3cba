namespace MemScope.Core.Analysis.Lineage;

/// <summary>Rows that follow one another in both of two neighbouring snapshots.</summary>
/// <param name="Earlier">First row in the earlier snapshot, or <see cref="None"/> for rows that continue nothing.</param>
/// <param name="Later">First row in the later one.</param>
/// <param name="Length">How many.</param>
internal readonly record struct RowRun(int Earlier, int Later, int Length)
{
    /// <summary>Stands for no row.</summary>
    public const int None = -1;

    /// <summary>Splits the rows of a snapshot into runs, so that columns are compared as spans.</summary>
    /// <param name="earlierOf">Per later row the earlier one that it continues, or <see cref="None"/>.</param>
    public static List<RowRun> Of(ReadOnlySpan<int> earlierOf)
    {
        var runs = new List<RowRun>();
        for (int row = 0, first = 0; row < earlierOf.Length; first = row)
        {
            var earlier = earlierOf[first];
            for (row++; row < earlierOf.Length && earlierOf[row] == (earlier == None ? None : earlier + row - first);) row++;
            runs.Add(new(earlier, first, row - first));
        }
        return runs;
    }
}
