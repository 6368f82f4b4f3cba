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
    /// <summary>Elsewhere: a trace says so.</summary>
    TracedMove,
    /// <summary>Equal range, other permissions.</summary>
    Reprotect,
}

/// <summary>Which rows of two neighbouring snapshots are the same memory. Arrays by row; -1 where there is none.</summary>
internal sealed class SnapshotLinks
{
    private SnapshotLinks(int earlier, int later, LinkStep step)
    {
        AfterSilence = step.AfterSilence;
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

    /// <summary>See <see cref="LinkStep.AfterSilence"/>.</summary>
    public bool AfterSilence { get; }

    /// <summary>Per later row, how it continues <see cref="EarlierOf"/>.</summary>
    public LinkKind[] Kinds { get; }

    /// <summary>
    /// Links two snapshots. Rows that did not change are paired by a merge walk, O(rows); moves that a trace tells are certain; the few others go to the best assignment over
    /// overlaps and inferred moves.
    /// </summary>
    public static SnapshotLinks Between(VmaTable earlier, VmaTable later, BackingKeys keys, LinkStep step)
    {
        var links = new SnapshotLinks(earlier.Count, later.Count, step);
        var changedEarlier = new List<ChangedRow>();
        var changedLater = new List<ChangedRow>();
        var ended = new HashSet<int>();
        if (OtherProgram.Began(earlier, later)) return links;
        links.PairUnchanged(earlier, later, keys, step, changedEarlier, changedLater, ended);
        if (changedLater.Count == 0) return links;
        if (!step.Evidence.IsEmpty) links.PairTracedMoves(earlier, later, keys, step, changedEarlier, changedLater);
        if (changedEarlier.Count == 0) return links;

        var overlaps = Overlaps.Find(changedEarlier, changedLater);
        var candidates = Overlaps.Continuations(changedEarlier, changedLater, overlaps, step.AfterSilence);
        candidates.RemoveAll(c => ended.Contains(changedEarlier[c.Earlier].Row) || links.LaterOf[changedEarlier[c.Earlier].Row] >= 0 || links.EarlierOf[changedLater[c.Later].Row] >= 0);
        var chosen = Assignment.Solve(changedEarlier.Count, changedLater.Count, candidates);
        var moves = step.AfterSilence ? [] : Moves.Find(changedEarlier, changedLater, candidates, chosen, links, step);
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
        links.MarkMergesAndSplits(changedEarlier, changedLater, overlaps, step);
        return links;
    }

    private static int[] Filled(int count)
    {
        var array = new int[count];
        Array.Fill(array, -1);
        return array;
    }

    /// <summary>Whether the memory lies elsewhere.</summary>
    public static bool IsMove(LinkKind kind) => kind is LinkKind.Move or LinkKind.TracedMove;

    private void Pair(int earlier, int later, LinkKind kind) => (LaterOf[earlier], EarlierOf[later], Kinds[later]) = (later, earlier, kind);

    /// <summary>
    /// Links rows that a trace says are one piece of memory. Where a stranger has filled exactly the hole that the piece left, the walk has paired the two: they are parted again.
    /// </summary>
    private void PairTracedMoves(VmaTable earlier, VmaTable later, BackingKeys keys, LinkStep step, List<ChangedRow> changedEarlier, List<ChangedRow> changedLater)
    {
        var count = changedLater.Count;
        for (var j = 0; j < count; j++)
        {
            var b = changedLater[j];
            var source = step.Evidence.SourceOf(b.Range, step.LaterAt, earlier, step.EarlierAt);
            if (source < 0 || keys.KeyOf(earlier, source) != b.Key || (LaterOf[source] >= 0 && Kinds[LaterOf[source]] == LinkKind.TracedMove)) continue;
            if (LaterOf[source] is >= 0 and var stranger)
            {
                (EarlierOf[stranger], Kinds[stranger]) = (-1, LinkKind.None);
                changedLater.Add(new(later, stranger, keys, step.LaterRuns));
                changedEarlier.Add(new(earlier, source, keys, step.EarlierRuns));
            }
            Pair(source, b.Row, LinkKind.TracedMove);
        }
        if (changedLater.Count == count) return;
        changedEarlier.Sort(static (x, y) => x.Row.CompareTo(y.Row));
        changedLater.Sort(static (x, y) => x.Row.CompareTo(y.Row));
    }

    private void PairUnchanged(VmaTable earlier, VmaTable later, BackingKeys keys, LinkStep step, List<ChangedRow> changedEarlier, List<ChangedRow> changedLater, HashSet<int> ended)
    {
        // Rows of one start but different ends are both passed over; they meet again as overlaps.
        var (i, j) = (0, 0);
        while (i < earlier.Count || j < later.Count)
        {
            if (i < earlier.Count && j < later.Count && IsSame(earlier, i, later, j) && !LostItsGuard(later, i, j, step, ended))
            {
                Pair(i, j, earlier.Permissions[i] == later.Permissions[j] ? LinkKind.Same : LinkKind.Reprotect);
                (i, j) = (i + 1, j + 1);
            }
            else if (j == later.Count || (i < earlier.Count && earlier.Starts[i] <= later.Starts[j])) changedEarlier.Add(new(earlier, i++, keys, step.EarlierRuns));
            else changedLater.Add(new(later, j++, keys, step.LaterRuns));
        }
    }

    /// <summary>Equal range and backing; permissions may have changed.</summary>
    private static bool IsSame(VmaTable a, int i, VmaTable b, int j) =>
        a.Starts[i] == b.Starts[j] && a.Ends[i] == b.Ends[j] && ((a.Permissions[i] ^ b.Permissions[j]) & VmaPermissions.Shared) == VmaPermissions.None && a.Inodes[i] == b.Inodes[j]
        && string.Equals(a.Names[i], b.Names[j], StringComparison.Ordinal);

    /// <summary>
    /// A stack's guard goes with its stack (munmap of both): a mapping of equal range without anything that is not accessible directly below is another one at a used address.
    /// Where thread and stack go on but the next thread has the same range with a guard, nothing can tell: glibc keeps stacks for reuse, so it mostly is the same mapping.
    /// </summary>
    private static bool LostItsGuard(VmaTable later, int i, int j, LinkStep step, HashSet<int> ended) =>
        step.EarlierRuns.KindOf(i) == RunKind.Stack && step.EarlierRuns.OwnerOf(i) < 0 && step.LaterRuns.KindOf(j) == RunKind.None
        && (j == 0 || later.Ends[j - 1] != later.Starts[j] || later.Permissions[j - 1].IsAccessible()) && ended.Add(i);

    /// <summary>An earlier row left over was merged into the later row of its kind that covers most of it; a later row left over was cut off the earlier one that did.</summary>
    private void MarkMergesAndSplits(List<ChangedRow> earlier, List<ChangedRow> later, List<Overlap> overlaps, LinkStep step)
    {
        var covered = new ulong[Math.Max(LaterOf.Length, EarlierOf.Length)];
        foreach (var o in overlaps)
        {
            var (a, b) = (earlier[o.Earlier], later[o.Later]);
            // A heap that used up its reserve has taken it in, though it was not accessible before.
            var usedUp = step.EarlierRuns.OwnerOf(a.Row) is >= 0 and var owner && LaterOf[owner] == b.Row;
            var fits = (o.SameClass || usedUp) && LaterOf[a.Row] < 0 && EarlierOf[b.Row] >= 0 && !IsMove(Kinds[b.Row]);
            if (fits && o.Bytes * 2 > a.Range.Length && o.Bytes > covered[a.Row]) (covered[a.Row], MergedInto[a.Row]) = (o.Bytes, b.Row);
        }
        Array.Clear(covered);
        foreach (var o in overlaps)
        {
            var (a, b) = (earlier[o.Earlier], later[o.Later]);
            var fits = EarlierOf[b.Row] < 0 && LaterOf[a.Row] >= 0 && !IsMove(Kinds[LaterOf[a.Row]]);
            if (fits && o.Bytes * 2 > b.Range.Length && o.Bytes > covered[b.Row]) (covered[b.Row], SplitFrom[b.Row]) = (o.Bytes, a.Row);
        }
    }
}
