using MemScope.Core.Model;
using MemScope.Storage.Blocks;

namespace MemScope.Storage.Folding;

/// <summary>A row of <c>snapshot_block</c> without its data.</summary>
/// <param name="Source">The track.</param>
/// <param name="First">Least number of its snapshots: with the process and the source the row's key.</param>
/// <param name="Snapshots">How many snapshots.</param>
/// <param name="Vmas">Mappings of all of them.</param>
/// <param name="FromAt">When the earliest was taken.</param>
/// <param name="ToAt">When the latest was taken.</param>
/// <param name="ReceivedAt">When the latest to arrive arrived.</param>
internal sealed record StoredBlock(SnapshotSource Source, int First, int Snapshots, long Vmas, DateTimeOffset FromAt, DateTimeOffset ToAt, DateTimeOffset ReceivedAt);

/// <summary>
/// Which neighbouring blocks of a track become one. Blocks are folded only within a UTC day of taking and a UTC day of receipt, so that whole days can be deleted. Where late snapshots
/// were taken while a block's own were, that block is opened again, and what comes of it lies apart in time.
/// </summary>
internal static class FoldPlan
{
    /// <summary>So many blocks that could be one are worth the work; fewer wait until the track is quiet.</summary>
    public const int FewestBlocks = 16;

    /// <summary>Most snapshots that one fold reads.</summary>
    private const int MostSnapshots = 4 * SnapshotBlockCodec.MostSnapshots;

    /// <summary>The next blocks to fold, or null.</summary>
    /// <param name="blocks">Blocks of one track, in any order.</param>
    /// <param name="quiet">Nothing has come for a while: a few blocks are worth it too.</param>
    public static IReadOnlyList<StoredBlock>? Next(IEnumerable<StoredBlock> blocks, bool quiet) =>
        blocks.GroupBy(b => (b.FromAt.UtcDateTime.Date, b.ReceivedAt.UtcDateTime.Date)).OrderBy(d => d.Key).Select(d => NextOfDay(d, quiet)).FirstOrDefault(b => b is not null);

    private static List<StoredBlock>? NextOfDay(IEnumerable<StoredBlock> blocks, bool quiet)
    {
        var clusters = Clusters(blocks);
        for (var from = 0; from < clusters.Count;)
        {
            if (IsDone(clusters[from]))
            {
                from++;
                continue;
            }
            var to = from;
            while (to < clusters.Count && !IsDone(clusters[to])) to++;
            var open = clusters[from..to];
            var batch = Batch(open);
            if (IsWorthIt(batch, open.Sum(c => c.Count), quiet)) return batch;
            from = to;
        }
        return null;
    }

    /// <summary>Blocks whose times overlap belong together; by time.</summary>
    private static List<List<StoredBlock>> Clusters(IEnumerable<StoredBlock> blocks)
    {
        var clusters = new List<List<StoredBlock>>();
        var end = DateTimeOffset.MinValue;
        foreach (var block in blocks.OrderBy(b => b.FromAt).ThenBy(b => b.ToAt).ThenBy(b => b.First))
        {
            if (clusters.Count > 0 && block.FromAt < end) clusters[^1].Add(block);
            else clusters.Add([block]);
            if (block.ToAt > end) end = block.ToAt;
        }
        return clusters;
    }

    /// <summary>Alone in its time, and full: any two that are not done fit into one by their mappings.</summary>
    private static bool IsDone(List<StoredBlock> cluster) =>
        cluster is [{ } only] && (only.Snapshots >= SnapshotBlockCodec.MostSnapshots || only.Vmas > SnapshotBlockCodec.MostVmas / 2);

    /// <summary>The first of them, as many as one fold takes; two at least, so that each fold gets on.</summary>
    private static List<StoredBlock> Batch(List<List<StoredBlock>> open)
    {
        var batch = new List<StoredBlock>();
        int snapshots = 0;
        long vmas = 0;
        foreach (var block in open.SelectMany(c => c))
        {
            if (batch.Count > 1 && (snapshots + block.Snapshots > MostSnapshots || vmas + block.Vmas > SnapshotBlockCodec.MostVmas)) break;
            batch.Add(block);
            snapshots += block.Snapshots;
            vmas += block.Vmas;
        }
        return batch;
    }

    private static bool IsWorthIt(List<StoredBlock> batch, int open, bool quiet)
    {
        if (batch.Count < 2) return false;
        int snapshots = batch.Sum(b => b.Snapshots);
        var vmas = batch.Sum(b => b.Vmas);
        if (!quiet && open < FewestBlocks && snapshots < SnapshotBlockCodec.MostSnapshots && vmas < SnapshotBlockCodec.MostVmas) return false;
        // Two that do not fit into one hold more than one may.
        var most = (snapshots + SnapshotBlockCodec.MostSnapshots - 1) / SnapshotBlockCodec.MostSnapshots + (2 * vmas / SnapshotBlockCodec.MostVmas);
        return most < batch.Count || Clusters(batch).Exists(c => c.Count > 1);
    }
}
