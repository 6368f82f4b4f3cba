namespace MemScope.Core.Analysis.Lineage;

/// <summary>What is known of the regions of the earlier snapshot from the steps before.</summary>
/// <param name="MovedBefore">Per row, whether its region ever moved: a table that moved once is likely to move again.</param>
/// <param name="Sightings">Per row, in how many snapshots its region was seen.</param>
internal sealed record MoveHistory(bool[] MovedBefore, int[] Sightings);

/// <summary>
/// Infers moves (mremap with MREMAP_MAYMOVE) from a row that went and a row that came. Snapshots alone cannot prove one, so it takes two independent signs and no second pair
/// that would fit as well: buffers that come and go look alike, and a false move joins strangers.
/// </summary>
internal static class Moves
{
    /// <summary>Scores of a second choice must stay below this share of the first one's.</summary>
    private const double Ambiguous = 0.9;

    /// <summary>Beyond this many pairs to look at in one step, memory is churning and nothing could be told.</summary>
    private const long MostPairs = 250_000;

    /// <summary>Seen in this many snapshots, a mapping is no passing buffer.</summary>
    private const int Settled = 3;

    /// <summary>Candidates for moves with their weights, at most one per row.</summary>
    public static List<Candidate> Find(List<ChangedRow> earlier, List<ChangedRow> later, List<Candidate> overlaps, int[] inPlace, SnapshotLinks links, LinkStep step)
    {
        var (fromFree, toFree) = FreeRows(earlier, later, overlaps, inPlace);
        var sources = Enumerable.Range(0, earlier.Count).Where(i => fromFree[i] && links.LaterOf[earlier[i].Row] < 0 && IsMovable(earlier[i])).ToArray();
        var targets = Enumerable.Range(0, later.Count).Where(j => toFree[j] && links.EarlierOf[later[j].Row] < 0 && IsMovable(later[j])).ToArray();
        if (sources.Length == 0 || targets.Length == 0 || (long)sources.Length * targets.Length > MostPairs) return [];

        var scores = new double[sources.Length, targets.Length];
        var alone = sources.Length == 1 && targets.Length == 1;
        for (var i = 0; i < sources.Length; i++)
        {
            for (var j = 0; j < targets.Length; j++) scores[i, j] = Score(earlier[sources[i]], later[targets[j]], step, alone);
        }
        var found = new List<Candidate>();
        for (var i = 0; i < sources.Length; i++)
        {
            var j = OnlyChoice(targets.Length, j => scores[i, j]);
            if (j >= 0 && OnlyChoice(sources.Length, k => scores[k, j]) == i) found.Add(new(sources[i], targets[j], scores[i, j]));
        }
        return found;
    }

    /// <summary>Stacks and heaps of arenas look alike, thread by thread, and are never moved: glibc does not call mremap on them.</summary>
    private static bool IsMovable(ChangedRow row) => row.IsAnonymous && row.Run == RunKind.None;

    /// <summary>Rows that nothing continues, or only something that may as well have filled the hole they left.</summary>
    private static (bool[] From, bool[] To) FreeRows(List<ChangedRow> earlier, List<ChangedRow> later, List<Candidate> overlaps, int[] inPlace)
    {
        var (from, to) = (new bool[earlier.Count], new bool[later.Count]);
        Array.Fill(from, true);
        Array.Fill(to, true);
        foreach (var c in overlaps)
        {
            if (inPlace[c.Earlier] == c.Later && Overlaps.IsFirm(earlier[c.Earlier].Range, later[c.Later].Range)) from[c.Earlier] = to[c.Later] = false;
        }
        return (from, to);
    }

    /// <summary>0 when too little speaks for a move, else comparable with the weights of <see cref="Overlaps"/>: two signs weigh as much as a range kept whole.</summary>
    private static double Score(ChangedRow from, ChangedRow to, LinkStep step, bool alone)
    {
        if (from.Key != to.Key || !BackingKeys.NamesFit(from.Name, to.Name) || from.Class != to.Class || to.Range.Length < from.Range.Length || !PagesCameAlong(from, to)) return 0;
        var size = (double)from.Range.Length / to.Range.Length;
        var signs = 0;
        if (step.History.MovedBefore[from.Row]) signs += 1;
        if (SameUntouched(from, to)) signs += 2;
        if (step.History.Sightings[from.Row] >= Settled && size > 0.8) signs += 1;
        if (alone && size > 0.8) signs += 1;
        if (alone && to.Range.Length == 2 * from.Range.Length) signs += 2;
        if (signs < 2 || size < 0.3) return 0;
        if (step.Evidence.Refutes(from.Range, step.EarlierAt, to.Range, step.LaterAt)) return 0;
        return 0.4 + (0.15 * signs) + (0.1 * size);
    }

    /// <summary>A moved mapping never shrinks and keeps its pages, but for 2 % that were swapped or given back. Without Rss nothing is known of pages.</summary>
    private static bool PagesCameAlong(ChangedRow from, ChangedRow to) =>
        from.RssBytes is not { } before || to.RssBytes is not { } after || (before > 0 && after >= before * 0.98);

    /// <summary>The same number of bytes never touched is a fingerprint: the unused front of a table, say.</summary>
    private static bool SameUntouched(ChangedRow from, ChangedRow to)
    {
        if (from.RssBytes is not { } before || to.RssBytes is not { } after) return false;
        var untouched = (long)from.Range.Length - before;
        return untouched > 0 && untouched == (long)to.Range.Length - after;
    }

    private static int OnlyChoice(int count, Func<int, double> score)
    {
        var (best, second, at) = (0.0, 0.0, -1);
        for (var i = 0; i < count; i++)
        {
            var s = score(i);
            if (s > best) (best, second, at) = (s, best, i);
            else if (s > second) second = s;
        }
        return second <= best * Ambiguous ? at : -1;
    }
}
