using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

public sealed class TracePresenceTests
{
    // Ten blocks of ten pages; from snapshot 20 on one more is mapped at each.
    private static readonly IReadOnlyList<TracedBlock> Blocks = [.. Enumerable.Range(0, 10).Select(i => new TracedBlock(new AddressRange((ulong)(1000 + (20 * i)) * Page, (ulong)(1010 + (20 * i)) * Page), new ChainOfTrace(0, i)))];

    [Fact]
    public void A_trace_ran_between_the_snapshots_that_hold_some_but_not_all_of_its_blocks()
    {
        var looked = new HashSet<int>();
        Assert.Equal((20, 28), TracePresence.While(1000, at => { looked.Add(at); return Snapshot(at - 19); }, Blocks));
        Assert.InRange(looked.Count, 2, 24); // of a thousand
    }

    [Fact]
    public void Half_a_block_is_some() =>
        Assert.Equal((1, 2), TracePresence.While(4, at => Table((1000UL, at switch { 0 => 1000UL, 1 => 1004, 2 => 1005, _ => 1010 })), [Blocks[0]]));

    [Theory]
    [InlineData(0, 0)]   // no snapshot
    [InlineData(10, 0)]  // none holds any
    [InlineData(10, 10)] // all hold all
    [InlineData(1, 5)]   // one alone tells no growth
    public void Otherwise_nothing_is_told(int snapshots, int held) => Assert.Null(TracePresence.While(snapshots, _ => Snapshot(held), Blocks));

    [Fact]
    public void Without_blocks_there_is_nothing_to_tell() => Assert.Null(TracePresence.While(10, Snapshot, []));

    private static VmaTable Snapshot(int held) => Table([.. Blocks.Take(Math.Max(0, held)).Select(b => (b.Range.Start / Page, b.Range.End / Page))]);

    private static VmaTable Table(params (ulong Start, ulong End)[] rows)
    {
        var table = new VmaTable.Builder();
        foreach (var (start, end) in rows)
            if (end > start) table.Add(start * Page, end * Page, default, 0, 0, 0, 0, "");
        return table.Build();
    }
}
