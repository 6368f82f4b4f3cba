namespace MemScope.Core.Analysis.Lineage;

/// <summary>What is known of a region from the steps before: a table that moved once is likely to move again.</summary>
/// <param name="MovedBefore">Per row of the earlier snapshot, whether its region ever moved.</param>
/// <param name="LastGrowthBytes">Per row of the earlier snapshot, by how much its virtual size changed in the step before; 0 when new.</param>
internal sealed record MoveHistory(bool[] MovedBefore, long[] LastGrowthBytes);

/// <summary>Infers moves (mremap with MREMAP_MAYMOVE) from a row that went and a row that came. Without an event a move is always an inference, so it is made only where one
/// pair fits: what moves keeps its pages, never shrinks on the way, and nothing else of the same step could be meant.</summary>
internal static class Moves
{
    /// <summary>A row that continues in place with at least this weight does not take part.</summary>
    private const double FirmInPlace = 0.75;

    /// <summary>Scores of a second choice must stay below this share of the first one's.</summary>
    private const double Ambiguous = 0.9;

    /// <summary>Candidates for moves with their weights, at most one per row.</summary>
    public static List<Candidate> Find(List<ChangedRow> earlier, List<ChangedRow> later, List<Candidate> overlaps, int[] inPlace, MoveHistory history)
    {
        var (fromFree, toFree) = FreeRows(earlier, later, overlaps, inPlace);
        var sources = Enumerable.Range(0, earlier.Count).Where(i => fromFree[i] && earlier[i].MayMove).ToArray();
        var targets = Enumerable.Range(0, later.Count).Where(j => toFree[j] && later[j].MayMove).ToArray();
        if (sources.Length == 0 || targets.Length == 0 || (long)sources.Length * targets.Length > 250_000) return [];

        var scores = new double[sources.Length, targets.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            for (var j = 0; j < targets.Length; j++) scores[i, j] = Score(earlier[sources[i]], later[targets[j]], history);
        }
        var found = new List<Candidate>();
        for (var i = 0; i < sources.Length; i++)
        {
            var j = OnlyChoice(targets.Length, j => scores[i, j]);
            if (j >= 0 && OnlyChoice(sources.Length, k => scores[k, j]) == i) found.Add(new(sources[i], targets[j], scores[i, j]));
        }
        return found;
    }

    private static (bool[] From, bool[] To) FreeRows(List<ChangedRow> earlier, List<ChangedRow> later, List<Candidate> overlaps, int[] inPlace)
    {
        var (from, to) = (new bool[earlier.Count], new bool[later.Count]);
        Array.Fill(from, true);
        Array.Fill(to, true);
        foreach (var c in overlaps)
        {
            if (inPlace[c.Earlier] == c.Later && c.Weight >= FirmInPlace) from[c.Earlier] = to[c.Later] = false;
        }
        return (from, to);
    }

    /// <summary>0 when it cannot be a move, else up to 0.95.</summary>
    private static double Score(ChangedRow from, ChangedRow to, MoveHistory history)
    {
        if (from.Key != to.Key || from.Class != to.Class || to.Range.Length < from.Range.Length || from.Range == to.Range) return 0;
        var size = (double)from.Range.Length / to.Range.Length;
        var expected = (double)from.Range.Length + history.LastGrowthBytes[from.Row];
        var asExpected = history.LastGrowthBytes[from.Row] > 0 ? Math.Min(expected, to.Range.Length) / Math.Max(expected, to.Range.Length) : 0;
        var use = Use(from, to);
        if (use == 0) return 0;
        var habit = history.MovedBefore[from.Row];
        var fit = Math.Max(size, asExpected) * use;
        if (fit < (habit ? 0.6 : 0.8) && !SameUntouched(from, to)) return 0;
        return Math.Min(0.95, (0.55 + (habit ? 0.2 : 0) + (SameUntouched(from, to) ? 0.1 : 0)) * (0.5 + (0.5 * fit)) * 1.1);
    }

    /// <summary>Pages come along: the target has at least what the source had, up to 2 % for pages given back or swapped; without Rss only the sizes count.</summary>
    private static double Use(ChangedRow from, ChangedRow to)
    {
        if (from.RssBytes is not { } before || to.RssBytes is not { } after) return 0.9;
        if (before == 0 || after < before * 0.98) return 0;
        double a = (double)before / from.Range.Length, b = (double)after / to.Range.Length;
        return Math.Min(a, b) / Math.Max(a, b);
    }

    /// <summary>The same number of bytes never touched is a fingerprint: a hole at the front of a table, say.</summary>
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
