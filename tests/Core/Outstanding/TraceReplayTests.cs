using MemScope.Core.Model;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

public sealed class TraceReplayTests
{
    [Fact]
    public void Unmapping_the_middle_leaves_both_ends_with_their_owner()
    {
        var memory = Run(Mmap(100, 10, 1), Munmap(103, 4));

        Assert.Equal([(100UL, 103UL, 1), (107UL, 110UL, 1)], memory.Places());
        Assert.Equal((10 * 4096L, 6 * 4096L, 0L), (memory.MappedBytes, memory.OutstandingBytes, memory.BeforeTraceUnmappedBytes));
    }

    [Fact]
    public void One_munmap_may_cover_many_mappings_and_memory_from_before()
    {
        var memory = Run(Mmap(100, 2, 1), Mmap(104, 2, 2), Mmap(108, 2, 3), Munmap(99, 10));

        Assert.Equal([(109UL, 110UL, 3)], memory.Places());
        Assert.Equal(5 * 4096L, memory.BeforeTraceUnmappedBytes);
    }

    [Fact]
    public void A_fixed_mapping_replaces_what_was_there()
    {
        var memory = Run(Mmap(100, 10, 1), Mmap(102, 2, 2, flags: 0x32));

        Assert.Equal([(100UL, 102UL, 1), (102UL, 104UL, 2), (104UL, 110UL, 1)], memory.Places());
        Assert.DoesNotContain(memory.Notes, n => n.Contains("took for mapped", StringComparison.Ordinal));
        Assert.Contains(Run(Mmap(100, 10, 1), Mmap(102, 2, 2)).Notes, n => n.Contains("took for mapped", StringComparison.Ordinal));
    }

    [Fact]
    public void A_block_that_moves_keeps_its_owner_and_only_the_growth_is_charged()
    {
        var memory = Run(Mmap(100, 4, 1), Mremap(100, 4, 200, 6, 2), Mremap(200, 6, 300, 7, 3));

        Assert.Equal([(300UL, 304UL, 1), (304UL, 306UL, 2), (306UL, 307UL, 3)], memory.Places());
        Assert.Equal([(1, 4L), (2, 2L), (3, 1L)], memory.Pages());
        Assert.Equal(7 * 4096L, memory.MappedBytes);
    }

    [Fact]
    public void What_was_mapped_before_the_trace_is_charged_to_nobody_when_it_moves()
    {
        var memory = Run(Mremap(100, 1000, 5000, 1016, 1), Mremap(5000, 1016, 9000, 1032, 1));

        Assert.Equal([(10000UL, 10016UL, 1), (10016UL, 10032UL, 1)], memory.Places());
        Assert.Equal((32 * 4096L, 0L), (memory.MappedBytes, memory.BeforeTraceUnmappedBytes));
    }

    [Fact]
    public void An_mremap_that_shrinks_unmaps_the_tail()
    {
        Assert.Equal([(100UL, 102UL, 1)], Run(Mmap(100, 5, 1), Mremap(100, 5, 100, 2, 2)).Places());
        Assert.Equal([(300UL, 302UL, 1)], Run(Mmap(100, 5, 1), Mremap(100, 5, 300, 2, 2)).Places());
        Assert.Equal(3 * 4096L, Run(Mremap(100, 5, 100, 2, 2)).BeforeTraceUnmappedBytes);
        Assert.Equal(2 * 4096L, Run(Mmap(104, 1, 1), Mremap(100, 5, 100, 2, 2)).BeforeTraceUnmappedBytes);
    }

    [Fact]
    public void An_mremap_in_part_leaves_the_rest_of_the_block()
    {
        var memory = Run(Mmap(100, 10, 1), Mremap(102, 2, 200, 3, 2));

        Assert.Equal([(100UL, 102UL, 1), (104UL, 110UL, 1), (200UL, 202UL, 1), (202UL, 203UL, 2)], memory.Places());
    }

    [Fact]
    public void An_mremap_that_leaves_the_old_mapping_maps_a_new_one()
    {
        Assert.Equal([(100UL, 104UL, 1), (200UL, 204UL, 2)], Run(Mmap(100, 4, 1), Mremap(100, 0, 200, 4, 2)).Places());
        Assert.Equal([(100UL, 104UL, 1), (200UL, 204UL, 2)], Run(Mmap(100, 4, 1), Mremap(100, 4, 200, 4, 2, flags: 5)).Places());
    }

    [Fact]
    public void The_heap_belongs_to_the_callchains_that_grew_it()
    {
        var memory = Run(Brk(0, 0), Brk(100, 0, asked: false), Brk(110, 1), Brk(130, 2), Brk(125, 3));

        Assert.Equal([(100UL, 110UL, 1), (110UL, 125UL, 2)], memory.Places());
        Assert.Equal(30 * 4096L, memory.MappedBytes);
    }

    [Fact]
    public void The_first_brk_of_a_running_process_is_not_counted_and_said_so()
    {
        var memory = Run(Brk(110, 1), Brk(120, 2));

        Assert.Equal([(110UL, 120UL, 2)], memory.Places());
        Assert.Contains(memory.Notes, n => n.StartsWith("1 brk call:", StringComparison.Ordinal));
        Assert.Contains(Run(Brk(110, 1, asked: false), Brk(120, 1, asked: false)).Notes, n => n.StartsWith("1 brk call:", StringComparison.Ordinal));
    }

    [Fact]
    public void Failed_calls_change_nothing_and_are_counted()
    {
        var memory = Run(
            Mmap(100, 4, 1), Munmap(100, 4) with { Failed = true }, Mmap(300, 4, 2) with { Failed = true }, Mremap(100, 4, 500, 9, 3) with { Failed = true },
            Brk(50, 0, asked: false), Brk(60, 4) with { Failed = true, Result = 50 * Page }, Brk(55, 5));

        Assert.Equal([(50UL, 55UL, 5), (100UL, 104UL, 1)], memory.Places());
        Assert.Equal(4, memory.FailedCalls);
    }

    [Fact]
    public void A_forked_child_has_its_own_memory_and_not_its_parent_s_blocks()
    {
        var memory = Run(Mmap(100, 4, 1), Fork(2), Mmap(200, 1, 2) with { Pid = 2 }, Munmap(100, 4) with { Pid = 2 }, Mmap(300, 1, 3));

        Assert.Equal([(1, 100UL), (1, 300UL), (2, 200UL)], memory.Blocks.Select(b => (b.Pid, b.Range.Start / Page)));
        Assert.Equal(0, memory.BeforeTraceUnmappedBytes);
        Assert.Equal(1, memory.MainPid);
    }

    [Fact]
    public void The_child_s_heap_goes_on_from_the_parent_s()
    {
        var memory = Run(Brk(100, 0, asked: false), Fork(2), Brk(110, 1) with { Pid = 2 });

        Assert.Equal([(2, 100UL, 110UL)], memory.Blocks.Select(b => (b.Pid, b.Range.Start / Page, b.Range.End / Page)));
    }

    [Fact]
    public void Exec_empties_the_memory() => Assert.Equal([(300UL, 301UL, 3)], Run(Mmap(100, 4, 1), Brk(50, 0, asked: false), Exec, Mmap(300, 1, 3)).Places());

    [Fact]
    public void A_reused_pid_does_not_inherit_the_dead_process_s_memory()
    {
        var memory = Run(Fork(2), Mmap(100, 1, 1) with { Pid = 2 }, Fork(2), Munmap(100, 1) with { Pid = 2 });

        Assert.Equal([(100UL, 101UL, 1)], memory.Places());
    }

    [Fact]
    public void Without_a_result_an_mmap_is_counted_but_not_outstanding()
    {
        var memory = Run(Mmap(0, 3, 1) with { HasResult = false }, Mmap(0, 2, 2, flags: 0x32) with { HasResult = false, Address = 100 * Page });

        Assert.Equal([(100UL, 102UL, 2)], memory.Places());
        Assert.Equal((5 * 4096L, 2L), (memory.MappedBytes, memory.Callchains.Sum(c => c.Calls)));
        Assert.Contains(memory.Notes, n => n.StartsWith("1 mmap call (12288 bytes): result not recorded", StringComparison.Ordinal));
    }

    [Fact]
    public void A_munmap_recorded_at_its_beginning_is_taken_to_have_succeeded()
    {
        var memory = Run(Mmap(100, 4, 1), Munmap(100, 4) with { HasResult = false });

        Assert.Empty(memory.Blocks);
        Assert.Contains(memory.Notes, n => n.StartsWith("1 munmap call:", StringComparison.Ordinal));
    }

    [Fact]
    public void An_address_that_another_thread_freed_during_the_call_belongs_to_the_new_mapping()
    {
        // mmap begins, another thread unmaps 100, mmap returns 100: the order of the beginnings would free the new block.
        var memory = Run(Mmap(100, 1, 1) with { Line = 1 }, Mmap(100, 1, 2) with { Line = 2, ResumedLine = 4 }, Munmap(100, 1) with { Line = 3 }, Mmap(500, 1, 3) with { Line = 5 });

        Assert.Equal([(100UL, 101UL, 2), (500UL, 501UL, 3)], memory.Places());
        Assert.DoesNotContain(memory.Notes, n => n.Contains("took for mapped", StringComparison.Ordinal));
    }

    [Fact]
    public void Memory_that_a_split_mremap_left_may_be_used_before_it_returns()
    {
        var memory = Run(Mmap(100, 2, 1) with { Line = 1 }, Mremap(100, 2, 200, 3, 2) with { Line = 2, ResumedLine = 4 }, Mmap(100, 2, 3) with { Line = 3 });

        Assert.Equal([(100UL, 102UL, 3), (200UL, 202UL, 1), (202UL, 203UL, 2)], memory.Places());
    }

    [Fact]
    public void Lengths_count_in_whole_pages_and_reservations_count_as_mapped()
    {
        var memory = Run(Mmap(100, 0, 1) with { Length = 100 }, Mmap(200, 4, 2) with { Protection = 0 });

        Assert.Equal([(100UL, 101UL, 1), (200UL, 204UL, 2)], memory.Places());
    }

    [Fact]
    public void Absurd_numbers_are_survived()
    {
        var all = ulong.MaxValue;
        var memory = Run(
            Mmap(0, 0, 1) with { Length = all, Result = all }, Mmap(0, 0, 1) with { Length = all, Result = 4096 }, Mremap(0, 0, 0, 0, 2) with { Address = all - 5, OldLength = all, Length = all, Result = all - 9 },
            Munmap(0, 0) with { Length = all }, Mmap(0, 0, 77) with { Length = all }, Brk(0, 5) with { Result = all }, Brk(0, 5) with { Result = 1 }, Fork(2) with { Result = all });

        Assert.True(memory.OutstandingBytes >= 0 && memory.MappedBytes > 0);
    }
}
