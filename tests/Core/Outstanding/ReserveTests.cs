using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

/// <summary>PROT_NONE: address space that becomes memory by mprotect, and goes back.</summary>
public sealed class ReserveTests
{
    private const ulong None = 0, Read = 1, ReadWrite = 3;

    [Fact]
    public void A_reserve_that_becomes_memory_stays_its_mapper_s()
    {
        var memory = Run(Mmap(100, 10, 1) with { Protection = None }, Mprotect(100, 4, ReadWrite, 2), Mprotect(102, 1, None, 3));

        Assert.Equal([(100UL, 102UL, 1, false), (102UL, 103UL, 1, true), (103UL, 104UL, 1, false), (104UL, 110UL, 1, true)],
            memory.Blocks.Select(b => (b.Range.Start / Page, b.Range.End / Page, b.Callchain, b.IsReserve)));
        Assert.Equal((10 * 4096L, 7 * 4096L, 0L), (memory.OutstandingBytes, memory.Total.ReserveBytes, memory.Total.MadeUsableBytes));
    }

    [Fact]
    public void A_change_between_accesses_does_not_split_a_block()
    {
        var memory = Run(Mmap(100, 10, 1) with { Protection = ReadWrite }, Mprotect(102, 3, Read, 2), Mprotect(104, 3, ReadWrite, 2));

        Assert.Equal([(100UL, 110UL, 1)], memory.Places());
        Assert.False(memory.Blocks[0].IsReserve);
    }

    [Fact]
    public void Memory_from_before_the_trace_that_becomes_writable_is_told_by_its_mprotect_and_is_not_outstanding()
    {
        var memory = Run(Mprotect(100, 4, ReadWrite, 1), Mprotect(104, 4, ReadWrite, 2), Mprotect(102, 4, ReadWrite, 3), Munmap(100, 1));

        Assert.Empty(memory.Blocks);
        Assert.Equal([(101UL, 104UL, 1), (104UL, 108UL, 2)], memory.MadeUsable.Select(b => (b.Range.Start / Page, b.Range.End / Page, b.Callchain)));
        Assert.Equal([(1, 3 * 4096L), (2, 4 * 4096L)], memory.CallchainActivity.Where(c => c.Activity.MadeUsableBytes > 0).OrderBy(c => c.Callchain).Select(c => (c.Callchain, c.Activity.MadeUsableBytes)));
        Assert.Equal((7 * 4096L, 4096L), (memory.Total.MadeUsableBytes, memory.BeforeTraceUnmappedBytes));
    }

    [Fact]
    public void Memory_that_was_accessible_before_is_not_made_usable_by_a_change_of_access()
    {
        // A JIT compiler's pages: executable, writable for a moment, executable again.
        Assert.Empty(Run(Mprotect(100, 4, 5, 1), Mprotect(100, 4, ReadWrite, 1), Mprotect(100, 4, 5, 1)).MadeUsable);
        // RELRO.
        Assert.Empty(Run(Mprotect(100, 4, Read, 1)).MadeUsable);
    }

    [Fact]
    public void What_goes_back_to_a_reserve_is_not_usable_any_more_and_may_be_made_so_again()
    {
        Assert.Empty(Run(Mprotect(100, 4, ReadWrite, 1), Mprotect(100, 4, None, 2)).MadeUsable);

        var again = Assert.Single(Run(Mprotect(100, 4, ReadWrite, 1), Mprotect(100, 4, None, 2), Mprotect(101, 2, Read, 3)).MadeUsable);
        Assert.Equal((101UL, 103UL, 3), (again.Range.Start / Page, again.Range.End / Page, again.Callchain));
    }

    [Fact]
    public void A_mapping_over_memory_that_was_made_usable_is_outstanding_and_the_rest_still_told()
    {
        var memory = Run(Mprotect(100, 4, ReadWrite, 1), Mmap(101, 1, 2, flags: 0x32) with { Protection = None });

        Assert.Equal([(101UL, 102UL, 2)], memory.Places());
        Assert.Equal([(100UL, 101UL), (102UL, 104UL)], memory.MadeUsable.Select(b => (b.Range.Start / Page, b.Range.End / Page)));
        Assert.DoesNotContain(memory.Notes, n => n.Contains("took for mapped", StringComparison.Ordinal));
    }

    [Fact]
    public void A_moved_reserve_grows_as_a_reserve()
    {
        var memory = Run(Mmap(50, 1, 1) with { Protection = ReadWrite }, Mmap(100, 4, 1) with { Protection = None }, Mremap(100, 4, 200, 6, 2));

        Assert.Equal([(50UL, false), (200UL, true), (204UL, true)], memory.Blocks.Select(b => (b.Range.Start / Page, b.IsReserve)));
    }

    [Fact]
    public void Where_protections_are_not_recorded_nothing_is_a_reserve()
    {
        var memory = Run(Mmap(100, 4, 1) with { Protection = 0 }, Mprotect(100, 1, 0, 2));

        Assert.Equal([(100UL, 104UL, 1)], memory.Places());
        Assert.False(memory.Blocks[0].IsReserve);
    }

    private static TraceEvent Mprotect(ulong at, ulong pages, ulong protection, int chain) =>
        new() { Call = MemoryCall.Mprotect, Pid = 1, Tid = 1, HasResult = true, Address = at * Page, Length = pages * Page, Protection = protection, Callchain = chain };
}
