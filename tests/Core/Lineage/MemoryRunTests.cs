using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Arenas, stacks and runtimes' heaps with their reserves and guards. Addresses in pages: 64 MiB are 4000 pages (hex), 8 MiB 800.</summary>
public sealed class MemoryRunTests
{
    [Fact]
    public void The_reserve_of_an_arena_belongs_to_it_and_growth_by_mprotect_bears_nothing()
    {
        var track = Maps.Track("4000-4021 rw-p 4\n4021-8000 ---p 0", "4000-4100 rw-p 99\n4100-8000 ---p 0", "4000-7f00 rw-p 9999\n7f00-8000 ---p 0", "4000-4100 rw-p 99\n4100-8000 ---p 0");

        Assert.Equal(2, track.Regions.Count);
        Assert.Equal(track.Regions[0].Id, track.Regions[1].OwnerId);
        Assert.Null(track.Regions[0].OwnerId);
        Assert.Equal([RegionChangeKind.Born, RegionChangeKind.Grown, RegionChangeKind.Grown, RegionChangeKind.Shrunk], track.Regions[0].Changes.Select(c => c.Kind));
        Assert.All(track.Regions[0].Changes.Skip(1), c => Assert.Equal(c.Before.Start, c.After.Start));
        Assert.All(track.Regions[1].Changes.Skip(1), c => Assert.Equal(c.Before.End, c.After.End));
    }

    [Fact]
    public void An_arena_that_uses_its_reserve_up_takes_it_in_and_gives_it_back_as_a_part_of_itself()
    {
        var track = Maps.Track("4000-7f00 rw-p 9999\n7f00-8000 ---p 0", "4000-8000 rw-p 9999", "4000-7f00 rw-p 9999\n7f00-8000 ---p 0");

        var (arena, reserve, again) = (track.RegionOf(0, 0)!, track.RegionOf(0, 1)!, track.RegionOf(2, 1)!);
        Assert.Same(arena, track.RegionOf(2, 0));
        Assert.Equal((RegionChangeKind.Merged, arena.Id), (reserve.Changes[^1].Kind, reserve.Changes[^1].Other));
        Assert.Equal((RegionChangeKind.Split, arena.Id), (again.Changes[0].Kind, again.Changes[0].Other));
        Assert.Equal(arena.Id, again.OwnerId);
        Assert.DoesNotContain(track.Regions.SelectMany(r => r.Changes), c => c.Kind == RegionChangeKind.Gone);
    }

    [Fact]
    public void Adjacent_heaps_of_arenas_stay_apart_each_with_its_reserve()
    {
        var track = Maps.Track(
            "4000-4021 rw-p 4\n4021-8000 ---p 0\n8000-8021 rw-p 4\n8021-c000 ---p 0", "4000-4500 rw-p 4\n4500-8000 ---p 0\n8000-8021 rw-p 4\n8021-c000 ---p 0",
            "4000-8000 rw-p 4\n8000-8900 rw-p 4\n8900-c000 ---p 0");

        var (lower, upper) = (track.RegionOf(0, 0)!, track.RegionOf(0, 2)!);
        Assert.Equal([lower.Id, upper.Id], [track.RegionOf(0, 1)!.OwnerId!.Value, track.RegionOf(0, 3)!.OwnerId!.Value]);
        Assert.Equal([lower, upper], [track.RegionOf(2, 0), track.RegionOf(2, 1)]);
        Assert.Same(track.RegionOf(0, 3), track.RegionOf(2, 2));
    }

    [Fact]
    public void Full_heaps_that_the_kernel_joined_are_one_region_and_say_so()
    {
        var track = Maps.Track("4000-7f00 rw-p 4\n7f00-8000 ---p 0\n8000-8021 rw-p 4\n8021-c000 ---p 0", "4000-8900 rw-p 4\n8900-c000 ---p 0");

        Assert.Same(track.RegionOf(0, 0), track.RegionOf(1, 0));
        Assert.Equal((RegionChangeKind.Merged, track.RegionOf(0, 0)!.Id), (track.RegionOf(0, 2)!.Changes[^1].Kind, track.RegionOf(0, 2)!.Changes[^1].Other));
        Assert.Equal(track.RegionOf(0, 0)!.Id, track.RegionOf(1, 1)!.OwnerId);
    }

    [Fact]
    public void A_guard_belongs_to_the_stack_above_it_and_may_change_its_size()
    {
        var track = Maps.Track("1000-1001 ---p 0\n1001-1801 rw-p 12", "1000-1010 ---p 0\n1010-1801 rw-p 12", "1000-1001 ---p 0\n1001-1801 rw-p 12");

        Assert.Equal(2, track.Regions.Count);
        Assert.Equal(track.Regions[1].Id, track.Regions[0].OwnerId);
        Assert.All(track.Regions[1].Changes.Skip(1), c => Assert.Equal(c.Before.End, c.After.End));
    }

    [Fact]
    public void Two_stacks_side_by_side_have_a_guard_each()
    {
        var track = Maps.Track("1000-1001 ---p 0\n1001-1801 rw-p 12\n1801-1802 ---p 0\n1802-2002 rw-p 12");

        Assert.Equal([track.Regions[1].Id, null, track.Regions[3].Id, null], track.Regions.Select(r => r.OwnerId));
    }

    [Fact]
    public void Stacks_of_threads_that_come_and_go_are_never_taken_for_moves()
    {
        var track = Maps.Track("1000-1001 ---p 0\n1001-1801 rw-p 12", "5000-5001 ---p 0\n5001-5801 rw-p 12");

        Assert.Equal(4, track.Regions.Count);
        Assert.DoesNotContain(track.Regions.SelectMany(r => r.Changes), c => c.Kind == RegionChangeKind.Moved);
    }

    [Fact]
    public void A_stack_used_again_is_the_same_mapping_unless_a_snapshot_lacks_it_or_its_guard_is_gone()
    {
        const string Stack = "1000-1001 ---p 0\n1001-1801 rw-p 12", Used = "1000-1001 ---p 0\n1001-1801 rw-p 400";

        Assert.Equal(2, Maps.Track(Stack, Used, Stack).Regions.Count);
        Assert.Equal(4, Maps.Track(Stack, "9000-9001 rw-p 4", Stack).Regions.Count(r => r.Changes[0].After.Start < 0x2000000));
        var reused = Maps.Track(Stack, "1001-1801 rw-p 400");
        Assert.NotSame(reused.RegionOf(0, 1), reused.RegionOf(1, 0));
        Assert.Equal(RegionChangeKind.Born, reused.RegionOf(1, 0)!.Changes[0].Kind);
    }

    [Fact]
    public void Reserves_of_Go_and_Java_belong_to_the_heap_below_them()
    {
        var go = Maps.Track("c000000-c000400 rw-p 4\nc000400-c004000 ---p 0");
        var java = Maps.Track("f0000-f1000 rw-p 4\nf1000-100000 ---p 0\n7f00000-7f00270 rwxp 4\n7f00270-7f0f000 ---p 0\n7f20000-7f21000 r-xp 4 /usr/lib/jvm/lib/server/libjvm.so");
        var neither = Maps.Track("f0000-f1000 rw-p 4\nf1000-100000 ---p 0");

        Assert.Equal(go.Regions[0].Id, go.Regions[1].OwnerId);
        Assert.Equal([null, java.Regions[0].Id, null, java.Regions[2].Id, null], java.Regions.Select(r => r.OwnerId));
        Assert.All(neither.Regions, r => Assert.Null(r.OwnerId));
    }

    [Fact]
    public void A_page_without_access_beside_other_memory_belongs_to_nobody()
    {
        Assert.All(Maps.Track("100-200 rw-p 4\n200-201 ---p 0\n201-2f0 rw-p 4\n300-301 ---p 0 /dev/x").Regions, r => Assert.Null(r.OwnerId));
    }
}
