using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Compares two snapshots of a track by the identity of their regions.</summary>
public static class SnapshotDiffer
{
    /// <summary>
    /// The difference from point <paramref name="baseIndex"/> to <paramref name="currentIndex"/> (either order). Every mapping of both sides is in exactly one row, so the rows'
    /// deltas add up to the difference of the totals. Rows are in address order of current, then of what only base has.
    /// </summary>
    public static SnapshotDiff Compare(Track track, int baseIndex, int currentIndex)
    {
        ArgumentNullException.ThrowIfNull(track);
        var (from, to) = (PointOf(track, baseIndex), PointOf(track, currentIndex));
        var (inCurrent, states) = (track.AliveAt(currentIndex), new RowStates(track, baseIndex, currentIndex));
        var rows = new List<DiffRow>(to.Vmas.Count + 8);
        var inBase = new Dictionary<Region, int>(from.Vmas.Count);
        foreach (var region in track.AliveAt(baseIndex)) inBase.Add(region, inBase.Count);
        for (var row = 0; row < to.Vmas.Count; row++)
        {
            var region = inCurrent[row];
            Vma? before = inBase.Remove(region, out var at) ? from.Vmas[at] : null;
            rows.Add(states.Describe(region, before, to.Vmas[row]));
        }
        foreach (var (region, row) in inBase.OrderBy(pair => pair.Value)) rows.Add(states.Describe(region, from.Vmas[row], null));
        return new(from, to, Total(from.Vmas), Total(to.Vmas), rows);
    }

    private static TrackPoint PointOf(Track track, int at) => new(track.Points[at].Number, track.Points[at].TakenAt, track.VmasAt(at));

    /// <summary>Sizes of one mapping, or 0 with the shape of <paramref name="table"/> (no PSS column, no PSS) where there is none.</summary>
    internal static DiffSizes Sizes(Vma? vma, VmaTable table) => vma is { } v
        ? new(v.Bytes(Metric.Rss), table.Has(Metric.Pss) ? v.Bytes(Metric.Pss) : null, (long)v.VirtualBytes)
        : new(0, table.Has(Metric.Pss) ? 0 : null, 0);

    private static DiffSizes Total(VmaTable vmas)
    {
        var total = Sizes(null, vmas);
        for (var row = 0; row < vmas.Count; row++) total += Sizes(vmas[row], vmas);
        return total;
    }
}
