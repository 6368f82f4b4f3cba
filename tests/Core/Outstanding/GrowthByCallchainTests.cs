using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

public sealed class GrowthByCallchainTests
{
    [Fact]
    public void New_blocks_are_charged_to_their_callchains_and_what_nobody_saw_is_told_apart()
    {
        var from = Moment([(100, 110, 10, "")], (104, 106, 1));
        var to = Moment([(90, 110, 20, "")], (95, 100, 2), (104, 106, 1));

        var growth = GrowthByCallchain.Between(from, to);

        Assert.Equal((10 * P, 5 * P, 0L, 5 * P), Parts(growth));
        Assert.Equal(new ResidentChange(0, 5 * P), growth.Callchains[new ChainOfTrace(0, 2)]);
        Assert.Equal(new ResidentChange(2 * P, 2 * P), growth.Callchains[new ChainOfTrace(0, 1)]);
    }

    [Fact]
    public void Pages_that_come_into_or_leave_memory_from_before_are_told_as_that()
    {
        var from = Moment([(100, 110, 2, "[heap]"), (200, 210, 10, "")]);
        var to = Moment([(100, 120, 14, "[heap]"), (200, 210, 1, "")]);
        // Of the 14 pages seven lie in the half of the heap that is new.
        Assert.Equal((3 * P, 0L, -4 * P, 7 * P), Parts(GrowthByCallchain.Between(from, to)));
    }

    [Fact]
    public void A_block_that_went_takes_its_pages_along()
    {
        var growth = GrowthByCallchain.Between(Moment([(100, 110, 10, "")], (100, 110, 1)), Moment([]));
        Assert.Equal((-10 * P, -10 * P, 0L, 0L), Parts(growth));
        Assert.Equal(new ResidentChange(10 * P, 0), Assert.Single(growth.Callchains).Value);
    }

    [Fact]
    public void What_lies_where_a_block_or_another_file_was_is_no_memory_from_before()
    {
        var from = Moment([(100, 110, 10, ""), (200, 204, 4, "/lib/a.so")], (100, 110, 1));
        var to = Moment([(100, 110, 10, ""), (200, 204, 4, "/lib/b.so")]);
        Assert.Equal((0L, -10 * P, -4 * P, 14 * P), Parts(GrowthByCallchain.Between(from, to)));
    }

    [Fact]
    public void Only_the_rows_that_are_asked_about_count_and_a_row_that_swallowed_another_has_its_memory_from_before()
    {
        var from = Moment([(100, 110, 10, ""), (110, 120, 5, "")]) with { Rows = [true, false] };
        var to = Moment([(100, 120, 15, "")]) with { Rows = [true] };
        Assert.Equal((5 * P, 0L, 5 * P, 0L), Parts(GrowthByCallchain.Between(from, to)));
        Assert.Equal((0L, 0L, 0L, 0L), Parts(GrowthByCallchain.Between(new MappedMoment(from.Vmas, []), to)));
    }

    [Fact]
    public void The_parts_add_up_to_the_byte_whatever_the_snapshots_and_blocks_hold()
    {
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var (from, to) = (Random(random), Random(random));
            var growth = GrowthByCallchain.Between(from, to);

            Assert.Equal(to.RssBytes - from.RssBytes, growth.RssBytes);
            Assert.Equal(growth.RssBytes, growth.TracedBytes + growth.BeforeBytes + growth.NotSeenBytes);
            Assert.Equal(growth.TracedBytes, growth.Callchains.Values.Sum(c => c.ToBytes - c.FromBytes));
            Assert.True(growth.NotSeenBytes >= 0);
            Assert.All(growth.Callchains.Values, c => Assert.True(c.FromBytes >= 0 && c.ToBytes >= 0));
        }
    }

    private const long P = 4096;

    private static (long Rss, long Traced, long Before, long NotSeen) Parts(GrowthByCallchain growth) => (growth.RssBytes, growth.TracedBytes, growth.BeforeBytes, growth.NotSeenBytes);

    private static MappedMoment Moment((ulong Start, ulong End, long RssPages, string Name)[] rows, params (ulong Start, ulong End, int Chain)[] blocks)
    {
        var table = new VmaTable.Builder();
        foreach (var (start, end, rss, name) in rows)
        {
            table.Add(start * Page, end * Page, default, 0, 0, 0, 0, name);
            table.Set(Metric.Rss, rss * 4);
        }
        return new MappedMoment(table.Build(), [.. blocks.Select(b => new TracedBlock(new AddressRange(b.Start * Page, b.End * Page), new ChainOfTrace(0, b.Chain)))]);
    }

    // Rows may be torn (one over the next), and their Rss above their size.
    private static MappedMoment Random(Random random)
    {
        var rows = new List<(ulong, ulong, long, string)>();
        for (var at = 0UL; at < 60; at += (ulong)random.Next(0, 12)) rows.Add((at, at + (ulong)random.Next(1, 14), random.Next(0, 16), random.Next(3) == 0 ? "x" : ""));
        var blocks = new List<(ulong, ulong, int)>();
        for (var at = 0UL; at < 60;)
        {
            at += (ulong)random.Next(0, 8);
            var end = at + (ulong)random.Next(1, 9);
            blocks.Add((at, end, random.Next(-1, 4)));
            at = end;
        }
        var moment = Moment([.. rows], [.. blocks]);
        return random.Next(2) == 0 ? moment : moment with { Rows = [.. rows.Select(_ => random.Next(2) == 0)] };
    }
}
