using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Storage.Folding;

namespace MemScope.Storage.Tests.Folding;

public sealed class FoldPlanTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_few_blocks_wait_until_there_are_enough_or_nothing_more_comes()
    {
        var few = Singles(FoldPlan.FewestBlocks - 1);
        Assert.Null(FoldPlan.Next(few, quiet: false));
        Assert.Equal(few, FoldPlan.Next(few, quiet: true));
        Assert.Equal(FoldPlan.FewestBlocks, FoldPlan.Next(Singles(FoldPlan.FewestBlocks), quiet: false)!.Count);
    }

    [Fact]
    public void A_full_block_stays_until_a_late_snapshot_falls_into_its_time()
    {
        var full = Block(1, 60, 0, 59);
        Assert.Null(FoldPlan.Next([full, Block(61, 1, 60, 60)], quiet: true));
        var late = Block(62, 1, 30, 30);
        Assert.Equal([full, late], FoldPlan.Next([full, Block(61, 1, 60, 60), late], quiet: true)!.Take(2));
    }

    [Fact]
    public void Days_of_taking_and_of_receipt_stay_apart()
    {
        var evening = Block(1, 1, 86_399, 86_399);
        Assert.Null(FoldPlan.Next([evening, Block(2, 1, 86_400, 86_400)], quiet: true));
        Assert.Null(FoldPlan.Next([evening, Block(2, 1, 86_398, 86_398) with { ReceivedAt = Day.AddDays(2) }], quiet: true));
    }

    [Fact]
    public void Blocks_of_many_mappings_are_not_folded_beyond_their_bound()
    {
        var large = SnapshotBlockCodec.MostVmas / 2 + 1;
        Assert.Null(FoldPlan.Next([Block(1, 1, 0, 0) with { Vmas = large }, Block(2, 1, 1, 1) with { Vmas = large }], quiet: true));
    }

    [Fact]
    public void Folding_any_blocks_ends_with_blocks_apart_in_time_that_no_two_neighbours_of_which_fit_into_one()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var number = 1;
            var blocks = Enumerable.Range(0, random.Next(1, 80)).Select(_ =>
            {
                var from = random.Next(2 * 86_400);
                var snapshots = random.Next(4) == 0 ? random.Next(1, 61) : 1;
                var to = snapshots == 1 ? from : Math.Min(from + random.Next(3600), from < 86_400 ? 86_399 : (2 * 86_400) - 1);
                return Block(number += 100, snapshots, from, to) with { ReceivedAt = Day.AddDays(random.Next(2)) };
            }).ToList();
            var (snapshotsBefore, rounds) = (blocks.Sum(b => b.Snapshots), 0);
            while (FoldPlan.Next(blocks, quiet: true) is { } batch)
            {
                Assert.InRange(++rounds, 1, 1000);
                Assert.Single(batch.Select(b => (b.FromAt.Date, b.ReceivedAt.Date)).Distinct());
                blocks.RemoveAll(batch.Contains);
                blocks.AddRange(Folded(batch));
            }
            Assert.Equal(snapshotsBefore, blocks.Sum(b => b.Snapshots));
            foreach (var day in blocks.GroupBy(b => (b.FromAt.Date, b.ReceivedAt.Date)))
                foreach (var (a, b) in day.OrderBy(b => b.FromAt).ThenBy(b => b.ToAt).Pairwise())
                {
                    Assert.True(a.ToAt <= b.FromAt);
                    Assert.True(a.Snapshots + b.Snapshots > SnapshotBlockCodec.MostSnapshots, $"{a.Snapshots} and {b.Snapshots} of seed {seed}");
                }
        }
    }

    /// <summary>What a fold makes, with the snapshots spread evenly over the time of all.</summary>
    private static IEnumerable<StoredBlock> Folded(IReadOnlyList<StoredBlock> batch)
    {
        var times = batch.SelectMany(b => Enumerable.Range(0, b.Snapshots).Select(i => b.FromAt + ((b.ToAt - b.FromAt) * (b.Snapshots == 1 ? 0 : (double)i / (b.Snapshots - 1))))).Order().ToList();
        return times.Chunk(SnapshotBlockCodec.MostSnapshots).Select((c, i) => batch[0] with { First = batch.Min(b => b.First) + i, Snapshots = c.Length, FromAt = c[0], ToAt = c[^1] });
    }

    private static List<StoredBlock> Singles(int count) => [.. Enumerable.Range(0, count).Select(i => Block(i + 1, 1, i, i))];

    private static StoredBlock Block(int first, int snapshots, int fromSeconds, int toSeconds) =>
        new(SnapshotSource.Smaps, first, snapshots, snapshots * 100L, Day.AddSeconds(fromSeconds), Day.AddSeconds(toSeconds), Day);
}

/// <summary>Neighbours of a sequence.</summary>
internal static class Neighbours
{
    public static IEnumerable<(T A, T B)> Pairwise<T>(this IEnumerable<T> items)
    {
        using var item = items.GetEnumerator();
        if (!item.MoveNext()) yield break;
        for (var before = item.Current; item.MoveNext(); before = item.Current) yield return (before, item.Current);
    }
}
