using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Tells when a trace ran that nothing ties to wall time: between the snapshots that hold some, but not all, of the blocks that it left mapped.</summary>
public static class TracePresence
{
    /// <summary>
    /// The first and the last snapshot that hold some of the blocks but not all; null when there are no two. Blocks that were never unmapped come one after the other, so the two are searched
    /// for by halves: a few snapshots of thousands are looked at.
    /// </summary>
    /// <param name="snapshots">How many snapshots there are, in the order of time.</param>
    /// <param name="vmasAt">The mappings of one.</param>
    /// <param name="blocks">The blocks, in address order.</param>
    public static (int First, int Last)? While(int snapshots, Func<int, VmaTable> vmasAt, IReadOnlyList<TracedBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(vmasAt);
        ArgumentNullException.ThrowIfNull(blocks);
        UInt128 all = 0;
        foreach (var block in blocks) all += block.Range.Length;
        var first = FirstWhere(snapshots, at => Held(at) > 0);
        var last = FirstWhere(snapshots, at => Held(at) >= all) - 1;
        return first < last && Held(first) is var begun && begun > 0 && begun < all && Held(last) is var going && going > 0 && going < all ? (first, last) : null;

        UInt128 Held(int at)
        {
            UInt128 held = 0;
            foreach (var (_, range, block) in new MappedMoment(vmasAt(at), blocks).Parts())
                if (block >= 0) held += range.Length;
            return held;
        }
    }

    private static int FirstWhere(int count, Func<int, bool> holds)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (holds(middle)) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
