namespace MemScope.Storage.Blocks;

/// <summary>Which row of the snapshot before each row goes on from, as version 1 of the block codec needs it.</summary>
internal sealed class BlockV1Rows
{
    /// <summary>Stands in <see cref="Before"/> for a row without a predecessor.</summary>
    public const int New = -1;

    private BlockV1Rows(int[] before, bool isIdentity) => (Before, IsIdentity) = (before, isIdentity);

    /// <summary>Per row its predecessor's index, or <see cref="New"/>.</summary>
    public int[] Before { get; }

    /// <summary>All rows go on, none is gone, none is new: unchanged columns can be shared.</summary>
    public bool IsIdentity { get; }

    /// <summary>The rows of these runs.</summary>
    /// <exception cref="InvalidDataException">They do not cover exactly the rows of both sides.</exception>
    public static BlockV1Rows Of(RowRun[] runs, int beforeCount, int count)
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
        return new BlockV1Rows(before, beforeCount == count && Array.TrueForAll(runs, r => r.Dropped == 0));
    }
}
