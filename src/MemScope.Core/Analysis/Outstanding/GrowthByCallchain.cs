using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Resident bytes of a callchain's blocks at two snapshots.</summary>
/// <param name="FromBytes">At the first.</param>
/// <param name="ToBytes">At the last.</param>
public readonly record struct ResidentChange(long FromBytes, long ToBytes);

/// <summary>
/// By whom the growth of resident memory between two snapshots was mapped: <see cref="TracedBytes"/> + <see cref="BeforeBytes"/> + <see cref="NotSeenBytes"/> = <see cref="RssBytes"/>,
/// to the byte. Each may be negative.
/// </summary>
/// <param name="RssBytes">Growth of the rows asked about.</param>
/// <param name="TracedBytes">In blocks whose mapping a trace saw: what they hold at the last snapshot less what they held at the first.</param>
/// <param name="BeforeBytes">In memory that no trace saw and that was mapped already at the first snapshot: pages of it that came into RAM, less those that left it.</param>
/// <param name="NotSeenBytes">In memory that no trace saw and that was mapped after the first snapshot. Never negative.</param>
/// <param name="Callchains">Per owner of blocks that either snapshot has in RAM.</param>
public sealed record GrowthByCallchain(long RssBytes, long TracedBytes, long BeforeBytes, long NotSeenBytes, IReadOnlyDictionary<ChainOfTrace, ResidentChange> Callchains)
{
    /// <summary>
    /// Splits the growth between two snapshots of a process.
    /// </summary>
    /// <remarks>
    /// Each row of a snapshot is cut at the borders of the blocks; its Rss is spread over the parts (<see cref="ResidentShare"/>), which add up to it. At the last snapshot what no block
    /// covers is memory not seen where the first snapshot has nothing mapped, or something else: a block that has gone since, another file or name; the rest of the row, also what
    /// an Rss above the row's size would be, is memory from before. At the first snapshot everything that no block covers is memory from before. So the parts close whatever the rows hold.
    /// </remarks>
    /// <param name="from">The first snapshot with the blocks alive then.</param>
    /// <param name="to">The last one. Owners are compared by their numbers, so both are of the same traces.</param>
    public static GrowthByCallchain Between(MappedMoment from, MappedMoment to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var (before, now) = (from.Resident(), to.Resident());
        var changes = new Dictionary<ChainOfTrace, ResidentChange>(now.Count);
        foreach (var (owner, bytes) in now) changes[owner] = new ResidentChange(before.GetValueOrDefault(owner), bytes);
        foreach (var (owner, bytes) in before) changes.TryAdd(owner, new ResidentChange(bytes, 0));

        var rss = Saturating.Add(to.RssBytes, -from.RssBytes);
        var traced = Saturating.Add(now.Values.SumOf(b => b), -before.Values.SumOf(b => b));
        var notSeen = NotSeen(from, to);
        return new GrowthByCallchain(rss, traced, Saturating.Add(rss, -Saturating.Add(traced, notSeen)), notSeen, changes);
    }

    private static long NotSeen(MappedMoment from, MappedMoment to)
    {
        // What was there and in nobody's block, whatever rows are asked about: a region may have taken in another one.
        var old = new MappedMoment(from.Vmas, from.Blocks).Parts().Where(p => p.Block < 0).ToList();
        long bytes = 0;
        var first = 0;
        foreach (var (row, range, block) in to.Parts())
        {
            if (block >= 0 || to.Vmas[row].Bytes(Metric.Rss) <= 0) continue;
            while (first < old.Count && old[first].Range.End <= range.Start) first++;
            var at = range.Start;
            for (var i = first; i < old.Count && old[i].Range.Start < range.End; i++)
            {
                var common = old[i].Range.Intersect(new AddressRange(at, range.End));
                if (common.IsEmpty || from.Vmas.NameColumn[old[i].Row] != to.Vmas.NameColumn[row]) continue;
                bytes = Saturating.Add(bytes, ResidentShare.Of(to.Vmas[row], new AddressRange(at, common.Start)));
                at = common.End;
            }
            bytes = Saturating.Add(bytes, ResidentShare.Of(to.Vmas[row], new AddressRange(at, range.End)));
        }
        return bytes;
    }
}
