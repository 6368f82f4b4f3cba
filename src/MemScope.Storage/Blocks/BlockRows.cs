using System.Runtime.InteropServices;

namespace MemScope.Storage.Blocks;

/// <summary>Runs of rows: so many go on from the snapshot before, then so many of it are gone, then so many are new.</summary>
internal readonly record struct RowRun(int Kept, int Dropped, int Inserted);

/// <summary>Which row of the snapshot before each row goes on from. Only a matter of size and speed: any alignment reads back the same.</summary>
internal sealed class BlockRows
{
    private readonly List<RowRun> _runs = [];

    public ReadOnlySpan<RowRun> Runs => CollectionsMarshal.AsSpan(_runs);

    /// <summary>Rows that have no predecessor.</summary>
    public int Inserted { get; private set; }

    /// <summary>Rows of the snapshot before that are gone.</summary>
    public int Dropped { get; private set; }

    /// <summary>Row i goes on from row i: what does not change need not be touched.</summary>
    public bool IsIdentity => Inserted == 0 && Dropped == 0;

    public void Clear()
    {
        _runs.Clear();
        Inserted = Dropped = 0;
    }

    public void Add(RowRun run)
    {
        _runs.Add(run);
        Inserted += run.Inserted;
        Dropped += run.Dropped;
    }

    /// <summary>
    /// Aligns by address: equal starts or equal ends go on (a mapping grows at either side). Where mappings are gone and others stand in their place, these are written as if they went on too:
    /// then the rows behind them keep their places.
    /// </summary>
    public void Align(ReadOnlySpan<ulong> aStarts, ReadOnlySpan<ulong> aEnds, ReadOnlySpan<ulong> bStarts, ReadOnlySpan<ulong> bEnds)
    {
        Clear();
        int i = 0, j = 0, kept = 0;
        while (i < aStarts.Length || j < bStarts.Length)
        {
            while (i < aStarts.Length && j < bStarts.Length && (aStarts[i] == bStarts[j] || aEnds[i] == bEnds[j])) (i, j, kept) = (i + 1, j + 1, kept + 1);
            int dropped = i, inserted = j;
            while (i < aStarts.Length && (j == bStarts.Length || (aStarts[i] != bStarts[j] && aEnds[i] < bEnds[j]))) i++;
            while (j < bStarts.Length && (i == aStarts.Length || (aStarts[i] != bStarts[j] && bEnds[j] < aEnds[i]))) j++;
            (dropped, inserted) = (i - dropped, j - inserted);
            var paired = Math.Min(dropped, inserted);
            kept += paired;
            if (dropped == inserted) continue;
            Add(new RowRun(kept, dropped - paired, inserted - paired));
            kept = 0;
        }
        if (kept > 0) Add(new RowRun(kept, 0, 0));
    }
}
