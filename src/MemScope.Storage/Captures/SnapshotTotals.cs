using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Storage.Captures;

/// <summary>The figures of a snapshot that stand in plain columns. Sums are in bytes and saturate: a hostile file may list more than 2^63.</summary>
/// <param name="VirtualBytes">Sum of sizes.</param>
/// <param name="RssBytes">Sum of Rss, or null where not printed; so the following.</param>
/// <param name="PssBytes">Sum of Pss.</param>
/// <param name="SwapBytes">Sum of Swap.</param>
/// <param name="PrivateDirtyBytes">Sum of Private_Dirty.</param>
/// <param name="UssBytes">Sum of Private_Clean and Private_Dirty.</param>
/// <param name="LazyFreeBytes">Sum of LazyFree: given back by MADV_FREE, still counted in Rss.</param>
/// <param name="AnonHugeBytes">Sum of AnonHugePages.</param>
/// <param name="RssByCategory">Rss per category in the order of <see cref="Categories.All"/>, or null without Rss. Adds up to <see cref="RssBytes"/>.</param>
internal sealed record SnapshotTotals(long VirtualBytes, long? RssBytes, long? PssBytes, long? SwapBytes, long? PrivateDirtyBytes, long? UssBytes, long? LazyFreeBytes,
    long? AnonHugeBytes, long[]? RssByCategory)
{
    public static SnapshotTotals Of(Snapshot snapshot)
    {
        var vmas = snapshot.Vmas;
        long? dirty = vmas.SumBytes(Metric.PrivateDirty), clean = vmas.SumBytes(Metric.PrivateClean);
        return new SnapshotTotals((long)Math.Min(snapshot.VirtualBytes, long.MaxValue), vmas.SumBytes(Metric.Rss), vmas.SumBytes(Metric.Pss), vmas.SumBytes(Metric.Swap), dirty,
            dirty + clean, vmas.SumBytes(Metric.LazyFree), vmas.SumBytes(Metric.AnonHugePages), vmas.Has(Metric.Rss) ? ByCategory(vmas) : null);
    }

    private static long[] ByCategory(VmaTable vmas)
    {
        var sums = new long[Categories.All.Count];
        var assigned = Categorizer.Classify(vmas);
        var rss = vmas.Column(Metric.Rss);
        for (var i = 0; i < vmas.Count; i++)
            if (rss[i] > 0) sums[(int)assigned[i].Category] += rss[i] * 1024;
        return sums;
    }
}
