using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Unnamed mappings of both sides that are set against each other.</summary>
/// <param name="Match"><see cref="SpaceMatch.Size"/>, <see cref="SpaceMatch.Rank"/>, or <see cref="SpaceMatch.None"/> where one side has none.</param>
/// <param name="Base">Rows of base.</param>
/// <param name="Current">Rows of current.</param>
/// <param name="Words">What they are.</param>
internal readonly record struct SizePair(SpaceMatch Match, IReadOnlyList<int> Base, IReadOnlyList<int> Current, string Words);

/// <summary>
/// Unnamed memory of two processes has neither a name nor a comparable address, only sizes. Mappings that have an equal in size on the other side are most likely the same kind and cancel; of those left, the
/// largest are set side by side by their rank, which is a guess and called so, and the smaller ones are summed. Every row of both sides is in exactly one pair.
/// </summary>
internal static class SizePairs
{
    /// <summary>Ranks that are shown on their own; behind them no rank says anything.</summary>
    private const int MostRanks = 8;

    public static IEnumerable<SizePair> Of(VmaTable before, List<int> inBase, VmaTable after, List<int> inCurrent)
    {
        var (ranksOfBase, ranksOfCurrent) = (BySize(before, inBase), BySize(after, inCurrent));
        var (equalBase, equalCurrent, leftBase, leftCurrent) = (new List<int>(), new List<int>(), new List<int>(), new List<int>());
        for (int i = 0, j = 0; i < ranksOfBase.Length || j < ranksOfCurrent.Length;)
        {
            var order = i == ranksOfBase.Length ? -1 : j == ranksOfCurrent.Length ? 1 : ranksOfBase[i].Size.CompareTo(ranksOfCurrent[j].Size);
            if (order >= 0) (order == 0 ? equalBase : leftBase).Add(ranksOfBase[i++].Row);
            if (order <= 0) (order == 0 ? equalCurrent : leftCurrent).Add(ranksOfCurrent[j++].Row);
        }
        if (equalBase.Count > 0) yield return new(SpaceMatch.Size, equalBase, equalCurrent, $"{SizeWords.Count(equalBase.Count, "mapping")} of equal size in both");
        for (var rank = 0; rank < MostRanks && (rank < leftBase.Count || rank < leftCurrent.Count); rank++)
        {
            var (b, c) = (Slice(leftBase, rank, 1), Slice(leftCurrent, rank, 1));
            var what = $"{Ordinal(rank)} of those without an equal in size";
            yield return b.Count > 0 && c.Count > 0 ? new(SpaceMatch.Rank, b, c, $"{what}, set side by side by rank (inferred)") : new(SpaceMatch.None, b, c, $"{what}, on this side only");
        }
        var (restBase, restCurrent) = (Slice(leftBase, MostRanks, int.MaxValue), Slice(leftCurrent, MostRanks, int.MaxValue));
        if (restBase.Count + restCurrent.Count > 0)
            yield return new(restBase.Count > 0 && restCurrent.Count > 0 ? SpaceMatch.Rank : SpaceMatch.None, restBase, restCurrent, "all smaller ones of those without an equal in size");
    }

    private static List<int> Slice(List<int> rows, int from, int most) => from >= rows.Count ? [] : rows.GetRange(from, Math.Min(most, rows.Count - from));

    /// <summary>Rows by virtual size, of equal ones by RSS, the largest first.</summary>
    private static (ulong Size, long Rss, int Row)[] BySize(VmaTable vmas, List<int> rows)
    {
        var rss = vmas.Column(Metric.Rss);
        var sorted = new (ulong Size, long Rss, int Row)[rows.Count];
        for (var i = 0; i < sorted.Length; i++) sorted[i] = (vmas[rows[i]].VirtualBytes, rss.IsEmpty ? 0 : rss[rows[i]], rows[i]);
        Array.Sort(sorted, static (a, b) =>
        {
            var order = b.Size.CompareTo(a.Size);
            if (order == 0) order = b.Rss.CompareTo(a.Rss);
            return order != 0 ? order : a.Row.CompareTo(b.Row);
        });
        return sorted;
    }

    private static string Ordinal(int rank) => rank switch { 0 => "largest", 1 => "2nd largest", 2 => "3rd largest", _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rank + 1}th largest") };
}
