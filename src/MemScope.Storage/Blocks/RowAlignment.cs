namespace MemScope.Storage.Blocks;

/// <summary>Runs of rows: so many go on from the snapshot before, then so many of it are gone, then so many are new.</summary>
internal readonly record struct RowRun(int Kept, int Dropped, int Inserted);

/// <summary>Which row of the snapshot before each row goes on from. Only a matter of size: any alignment reads back the same.</summary>
internal sealed class RowAlignment
{
    /// <summary>Stands in <see cref="Before"/> for a row without a predecessor.</summary>
    public const int New = -1;

    private RowAlignment(IReadOnlyList<RowRun> runs, int[] before, bool isIdentity) => (Runs, Before, IsIdentity) = (runs, before, isIdentity);

    public IReadOnlyList<RowRun> Runs { get; }

    /// <summary>Per row its predecessor's index, or <see cref="New"/>.</summary>
    public int[] Before { get; }

    /// <summary>All rows go on, none is gone, none is new: unchanged columns can be shared.</summary>
    public bool IsIdentity { get; }

    /// <summary>Aligns by address: equal starts or equal ends go on (a mapping grows at either side).</summary>
    public static RowAlignment Between(BlockFrame before, BlockFrame now)
    {
        var runs = new List<RowRun>();
        int i = 0, j = 0;
        while (i < before.Count || j < now.Count)
        {
            int keptFrom = j, droppedFrom, insertedFrom;
            while (i < before.Count && j < now.Count && Continues(before, i, now, j)) (i, j) = (i + 1, j + 1);
            (droppedFrom, insertedFrom) = (i, j);
            while (i < before.Count && (j == now.Count || IsGone(before, i, now, j))) i++;
            while (j < now.Count && (i == before.Count || IsNew(before, i, now, j))) j++;
            runs.Add(new RowRun(insertedFrom - keptFrom, i - droppedFrom, j - insertedFrom));
        }
        return Of(runs, before.Count, now.Count);
    }

    /// <summary>An alignment from its runs.</summary>
    /// <exception cref="InvalidDataException">They do not cover exactly the rows of both sides.</exception>
    public static RowAlignment Of(IReadOnlyList<RowRun> runs, int beforeCount, int count)
    {
        var before = new int[count];
        int i = 0, j = 0;
        foreach (var (kept, dropped, inserted) in runs)
        {
            if (kept > beforeCount - i || kept > count - j) throw new InvalidDataException("rows do not fit");
            for (var k = 0; k < kept; k++) before[j++] = i++;
            if (dropped > beforeCount - i || inserted > count - j) throw new InvalidDataException("rows do not fit");
            i += dropped;
            Array.Fill(before, New, j, inserted);
            j += inserted;
        }
        if (i != beforeCount || j != count) throw new InvalidDataException("rows do not fit");
        return new RowAlignment(runs, before, beforeCount == count && runs.All(r => r.Dropped == 0));
    }

    private static bool Continues(BlockFrame a, int i, BlockFrame b, int j) => a.Starts[i] == b.Starts[j] || a.Ends[i] == b.Ends[j];

    private static bool IsGone(BlockFrame a, int i, BlockFrame b, int j) => !Continues(a, i, b, j) && a.Ends[i] <= b.Ends[j];

    private static bool IsNew(BlockFrame a, int i, BlockFrame b, int j) => !Continues(a, i, b, j) && b.Ends[j] < a.Ends[i];
}
