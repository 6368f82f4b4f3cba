using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>How a row of the later snapshot continues one of the earlier.</summary>
internal enum LinkKind : byte
{
    /// <summary>It does not.</summary>
    None,
    /// <summary>Equal range and permissions.</summary>
    Same,
    /// <summary>Overlapping ranges.</summary>
    Overlap,
    /// <summary>Elsewhere: inferred from sizes and use.</summary>
    Move,
    /// <summary>Equal range, other permissions.</summary>
    Reprotect,
}

/// <summary>Which rows of two neighbouring snapshots are the same memory. Arrays by row; -1 where there is none.</summary>
internal sealed class SnapshotLinks
{
    private SnapshotLinks(int earlier, int later)
    {
        LaterOf = Filled(earlier);
        MergedInto = Filled(earlier);
        EarlierOf = Filled(later);
        SplitFrom = Filled(later);
        Kinds = new LinkKind[later];
    }

    /// <summary>Per earlier row the later row that continues it.</summary>
    public int[] LaterOf { get; }

    /// <summary>Per earlier row without a continuation: the later row that took its addresses in.</summary>
    public int[] MergedInto { get; }

    /// <summary>Per later row the earlier row that it continues.</summary>
    public int[] EarlierOf { get; }

    /// <summary>Per later row that continues nothing: the earlier row that it was cut off.</summary>
    public int[] SplitFrom { get; }

    /// <summary>Per later row, how it continues <see cref="EarlierOf"/>.</summary>
    public LinkKind[] Kinds { get; }

    /// <summary>
    /// Links two snapshots. Rows that did not change are paired by a merge walk, O(rows); the few others by the best assignment over overlaps and moves.
    /// </summary>
    public static SnapshotLinks Between(VmaTable earlier, VmaTable later, BackingKeys keys, MoveHistory history)
    {
        var links = new SnapshotLinks(earlier.Count, later.Count);
        var changedEarlier = new List<ChangedRow>();
        var changedLater = new List<ChangedRow>();
        links.PairUnchanged(earlier, later, keys, changedEarlier, changedLater);
        if (changedEarlier.Count == 0 || changedLater.Count == 0) return links;

        var overlaps = Overlaps.Find(changedEarlier, changedLater);
        var candidates = Overlaps.Continuations(changedEarlier, changedLater, overlaps);
        var chosen = Assignment.Solve(changedEarlier.Count, changedLater.Count, candidates);
        var moves = Moves.Find(changedEarlier, changedLater, candidates, chosen, history);
        if (moves.Count > 0)
        {
            candidates.AddRange(moves);
            chosen = Assignment.Solve(changedEarlier.Count, changedLater.Count, candidates);
        }
        for (var i = 0; i < chosen.Length; i++)
        {
            if (chosen[i] < 0) continue;
            var (a, b) = (changedEarlier[i], changedLater[chosen[i]]);
            var moved = moves.Exists(m => m.Earlier == i && m.Later == chosen[i]) || a.Range.Overlap(b.Range) == 0;
            links.Pair(a.Row, b.Row, moved ? LinkKind.Move : LinkKind.Overlap);
        }
        links.MarkMergesAndSplits(changedEarlier, changedLater, overlaps);
        return links;
    }

    private static int[] Filled(int count)
    {
        var array = new int[count];
        Array.Fill(array, -1);
        return array;
    }

    private void Pair(int earlier, int later, LinkKind kind) => (LaterOf[earlier], EarlierOf[later], Kinds[later]) = (later, earlier, kind);

    private void PairUnchanged(VmaTable earlier, VmaTable later, BackingKeys keys, List<ChangedRow> changedEarlier, List<ChangedRow> changedLater)
    {
        // Rows of one start but different ends are both passed over; they meet again as overlaps.
        var (i, j) = (0, 0);
        while (i < earlier.Count || j < later.Count)
        {
            if (i < earlier.Count && j < later.Count && IsSame(earlier, i, later, j))
            {
                Pair(i, j, earlier.Permissions[i] == later.Permissions[j] ? LinkKind.Same : LinkKind.Reprotect);
                (i, j) = (i + 1, j + 1);
            }
            else if (j == later.Count || (i < earlier.Count && earlier.Starts[i] <= later.Starts[j])) changedEarlier.Add(new(earlier, i, keys.KeyOf(earlier, i++)));
            else changedLater.Add(new(later, j, keys.KeyOf(later, j++)));
        }
    }

    /// <summary>Equal range and backing; permissions may have changed.</summary>
    private static bool IsSame(VmaTable a, int i, VmaTable b, int j) =>
        a.Starts[i] == b.Starts[j] && a.Ends[i] == b.Ends[j] && ((a.Permissions[i] ^ b.Permissions[j]) & VmaPermissions.Shared) == VmaPermissions.None && a.Inodes[i] == b.Inodes[j]
        && string.Equals(a.Names[i], b.Names[j], StringComparison.Ordinal);

    /// <summary>An earlier row left over was merged into the later row of its kind that covers most of it; a later row left over was cut off the earlier one that did.</summary>
    private void MarkMergesAndSplits(List<ChangedRow> earlier, List<ChangedRow> later, List<Overlap> overlaps)
    {
        var covered = new ulong[Math.Max(LaterOf.Length, EarlierOf.Length)];
        foreach (var o in overlaps)
        {
            var (a, b) = (earlier[o.Earlier], later[o.Later]);
            var fits = o.SameClass && LaterOf[a.Row] < 0 && EarlierOf[b.Row] >= 0 && Kinds[b.Row] != LinkKind.Move;
            if (fits && o.Bytes * 2 > a.Range.Length && o.Bytes > covered[a.Row]) (covered[a.Row], MergedInto[a.Row]) = (o.Bytes, b.Row);
        }
        Array.Clear(covered);
        foreach (var o in overlaps)
        {
            var (a, b) = (earlier[o.Earlier], later[o.Later]);
            var fits = EarlierOf[b.Row] < 0 && LaterOf[a.Row] >= 0 && Kinds[LaterOf[a.Row]] != LinkKind.Move;
            if (fits && o.Bytes * 2 > b.Range.Length && o.Bytes > covered[b.Row]) (covered[b.Row], SplitFrom[b.Row]) = (o.Bytes, a.Row);
        }
    }
}
