using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>What becomes of regions between snapshots.</summary>
public sealed class RegionTests
{
    [Fact]
    public void A_region_that_grows_at_its_start_stays_itself()
    {
        var track = Maps.Track("100-200 rw-p 64", "f0-200 rw-p 64", "80-200 rw-p 64");

        var region = Assert.Single(track.Regions);
        Assert.Equal([RegionChangeKind.Born, RegionChangeKind.Grown, RegionChangeKind.Grown], region.Changes.Select(c => c.Kind));
        Assert.Equal("end fixed, start down by 448 KiB", RegionWords.Describe(region.Changes[^1]));
    }

    [Fact]
    public void A_merge_goes_to_the_larger_part_and_names_the_other()
    {
        var track = Maps.Track("100-110 rw-p 64\n120-200 rw-p 64", "100-200 rw-p 200");

        var (small, large) = (track.RegionOf(0, 0)!, track.RegionOf(0, 1)!);
        Assert.Same(large, track.RegionOf(1, 0));
        Assert.Equal(RegionChangeKind.Merged, small.Changes[^1].Kind);
        Assert.Equal(large.Id, small.Changes[^1].Other);
        Assert.Contains(large.Changes, c => c.Kind == RegionChangeKind.Merged && c.Other == small.Id);
        Assert.Equal(0, small.LastAt);
    }

    [Fact]
    public void The_middle_of_three_merging_parts_stays_when_it_is_the_largest()
    {
        var track = Maps.Track("100-110 rw-p 64\n120-200 rw-p 64\n210-220 rw-p 64", "100-220 rw-p 200");

        Assert.Same(track.RegionOf(0, 1), track.RegionOf(1, 0));
    }

    [Fact]
    public void A_split_leaves_the_identity_with_the_largest_part()
    {
        var track = Maps.Track("100-200 rw-p 64", "100-110 rw-p 4\n111-200 rw-p 60");

        Assert.Same(track.RegionOf(0, 0), track.RegionOf(1, 1));
        var piece = track.RegionOf(1, 0)!;
        Assert.Equal(RegionChangeKind.Split, piece.Changes[0].Kind);
        Assert.Equal(track.RegionOf(0, 0)!.Id, piece.Changes[0].Other);
    }

    [Fact]
    public void A_hole_made_read_only_is_cut_off_its_region()
    {
        var track = Maps.Track("100-200 rw-p 64", "100-180 rw-p 64\n180-190 r--p 0\n190-200 rw-p 0");

        Assert.Same(track.RegionOf(0, 0), track.RegionOf(1, 0));
        Assert.All([1, 2], row => Assert.Equal(RegionChangeKind.Split, track.RegionOf(1, row)!.Changes[0].Kind));
    }

    [Fact]
    public void Other_permissions_on_the_same_range_are_the_same_region()
    {
        var track = Maps.Track("100-200 ---p 0", "100-200 rw-p 0", "100-200 rwxp 0");

        var region = Assert.Single(track.Regions);
        Assert.Equal([RegionChangeKind.Born, RegionChangeKind.Reprotected, RegionChangeKind.Reprotected], region.Changes.Select(c => c.Kind));
    }

    [Fact]
    public void An_arena_grows_into_its_reserve_and_both_stay_themselves()
    {
        var track = Maps.Track("4000-4021 rw-p 4\n4021-8000 ---p 0", "4000-4100 rw-p 99\n4100-8000 ---p 0");

        Assert.Equal(2, track.Regions.Count);
        Assert.Equal([RegionChangeKind.Grown], track.Regions[0].Changes.Skip(1).Select(c => c.Kind));
        Assert.Equal([RegionChangeKind.Shrunk], track.Regions[1].Changes.Skip(1).Select(c => c.Kind));
    }

    [Fact]
    public void An_address_used_by_another_file_is_a_new_region()
    {
        var track = Maps.Track("100-200 r--p 64 /usr/lib/a.so", "100-200 r--p 64 /usr/lib/b.so");

        Assert.Equal(2, track.Regions.Count);
        Assert.Equal(RegionChangeKind.Gone, track.Regions[0].Changes[^1].Kind);
        Assert.Equal(RegionChangeKind.Born, track.Regions[1].Changes[0].Kind);
    }

    [Fact]
    public void A_shared_mapping_does_not_continue_a_private_one()
    {
        Assert.Equal(2, Maps.Track("100-200 rw-p 64 /tmp/x", "100-200 rw-s 64 /tmp/x").Regions.Count);
    }

    [Fact]
    public void A_file_that_is_unlinked_while_mapped_stays_the_same_region()
    {
        Assert.Single(Maps.Track("100-200 r--p 64 /tmp/x", "100-200 r--p 64 /tmp/x (deleted)").Regions);
    }

    [Fact]
    public void A_new_buffer_in_the_hole_of_an_old_one_is_a_new_region()
    {
        var track = Maps.Track("100-110 rw-p 64", "f0-130 rw-p 256");

        Assert.Equal([RegionChangeKind.Born, RegionChangeKind.Gone], track.Regions[0].Changes.Select(c => c.Kind));
        Assert.Equal(2, track.Regions.Count);
    }

    [Fact]
    public void A_table_that_leaves_pages_untouched_is_known_again_where_it_moved()
    {
        var track = Maps.Track("100-200 rw-p 960\n900-910 rw-p 64", "500-640 rw-p 1216\n900-910 rw-p 64");

        Assert.Same(track.RegionOf(0, 0), track.RegionOf(1, 0));
        var move = track.RegionOf(0, 0)!.Changes[^1];
        Assert.Equal(RegionChangeKind.Moved, move.Kind);
        Assert.False(move.Exact);
        Assert.Equal("moved from 100000 to 500000, 256 KiB larger (inferred)", RegionWords.Describe(move));
    }

    [Fact]
    public void Two_buffers_that_could_each_be_the_old_one_are_both_new()
    {
        var track = Maps.Track("100-200 rw-p 1024", "500-600 rw-p 1024\n700-800 rw-p 1024");

        Assert.Equal(3, track.Regions.Count);
        Assert.Equal(RegionChangeKind.Gone, track.Regions[0].Changes[^1].Kind);
    }

    [Fact]
    public void A_smaller_mapping_elsewhere_is_never_a_move()
    {
        Assert.Equal(2, Maps.Track("100-200 rw-p 960", "500-5f0 rw-p 896").Regions.Count);
    }

    [Fact]
    public void A_doubling_table_is_followed_through_its_moves()
    {
        var track = Maps.Track("1000-1100 rw-p 1024", "3000-3200 rw-p 1100", "5000-5400 rw-p 2100", "8000-8800 rw-p 4200");

        Assert.Equal("moves as it grows", RegionWords.Anchor(Assert.Single(track.Regions)));
    }

    [Fact]
    public void Every_region_of_another_program_is_new()
    {
        var track = Maps.Track("100-110 r-xp 4 /bin/a\n200-300 rw-p 64 [heap]\n7f0-800 rw-p 8 [stack]", "900-910 r-xp 4 /bin/b\na00-b00 rw-p 64 [heap]\nff0-1000 rw-p 8 [stack]");

        Assert.Equal(6, track.Regions.Count);
    }

    [Fact]
    public void A_torn_snapshot_with_overlapping_rows_still_gives_each_row_a_region()
    {
        var track = Maps.Track("100-200 rw-p 64\n180-280 rw-p 64\n180-200 rw-p 4", "100-280 rw-p 64\n100-180 rw-p 64");

        Assert.All(Enumerable.Range(0, 3), row => Assert.NotNull(track.RegionOf(0, row)));
        Assert.Equal(3, track.AliveAt(0).Distinct().Count());
        Assert.Equal(2, track.AliveAt(1).Distinct().Count());
    }

    [Fact]
    public void Forged_snapshots_of_rows_that_all_overlap_are_linked_in_moments()
    {
        static TrackPoint Forged(int number) => Maps.Point(number, Maps.Table(string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"100-{200_000 + i + number:x} rw-p 4"))));
        var track = Track.Build(Maps.Process, SnapshotSource.Smaps, [Forged(1), Forged(2)]);

        Assert.Equal(20_000, track.AliveAt(0).Distinct().Count());
        Assert.Equal(20_000, track.AliveAt(1).Distinct().Count());
    }

    [Fact]
    public void An_empty_snapshot_ends_everything()
    {
        var track = Maps.Track("100-200 rw-p 64", "", "100-200 rw-p 64");

        Assert.Equal(2, track.Regions.Count);
        Assert.Empty(track.AliveAt(1));
    }

    [Fact]
    public void A_point_before_the_last_is_refused_and_changes_nothing()
    {
        var track = Maps.Track("100-200 rw-p 64", "100-210 rw-p 64");

        Assert.False(track.TryAppend(Maps.Point(1, Maps.Table("100-300 rw-p 64")) with { TakenAt = track.Points[0].TakenAt }));
        Assert.Equal(2, track.Points.Count);
        Assert.True(track.TryAppend(Maps.Point(3, Maps.Table("100-300 rw-p 64"))));
        Assert.Single(track.Regions);
    }

    [Fact]
    public void Ids_depend_on_process_snapshot_start_and_backing_alone()
    {
        var ids = Maps.Track("100-200 rw-p 64", "100-200 rw-p 64\n300-400 rw-p 1").Regions.Select(r => r.Id).ToList();
        var again = Maps.Track("100-180 rw-p 64", "100-200 rw-p 64\n300-380 rw-p 9").Regions.Select(r => r.Id).ToList();
        var other = Track.Build(Guid.NewGuid(), SnapshotSource.Smaps, [Maps.Point(1, Maps.Table("100-200 rw-p 64"))]).Regions[0].Id;

        Assert.Equal(ids, again);
        Assert.DoesNotContain(other, ids);
        Assert.All(ids, id => Assert.Equal(8, id.Version));
    }
}
