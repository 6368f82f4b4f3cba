using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Addresses that are used again, programs that are replaced, snapshots that are torn or far apart, mappings that the kernel splits.</summary>
public sealed class ReuseTests
{
    private static readonly DateTimeOffset Noon = Maps.Point(1, VmaTable.Empty).TakenAt;

    [Theory]
    [InlineData("100-200 rw-p 64", "100-200 rw-p 64 /dev/zero")]
    [InlineData("100-200 r--p 64 /usr/lib/a.so", "100-200 r--p 64 /usr/lib/b.so")]
    [InlineData("100-200 rw-p 64 [heap]", "100-200 rw-p 64")]
    [InlineData("100-200 rw-s 64 /memfd:a (deleted)", "100-200 rw-p 64")]
    [InlineData("100-200 r-xp 64", "180-400 rw-p 64")]
    [InlineData("100-200 rw-p 1024", "1f0-400 rw-p 1024")]
    public void Something_else_at_a_used_address_is_a_new_region(string before, string after)
    {
        var track = Maps.Track(before, after);

        Assert.Equal(2, track.Regions.Count);
        Assert.Equal(RegionChangeKind.Gone, track.Regions[0].Changes[^1].Kind);
        Assert.Equal(RegionChangeKind.Born, track.Regions[1].Changes[0].Kind);
    }

    [Fact]
    public void After_an_exec_everything_is_new_also_what_looks_like_a_move()
    {
        // The same program again at other addresses: heap, stack, libraries and a table with the fingerprint of a moved one.
        const string Before = "100-110 r-xp 4 /bin/a\n200-300 rw-p 64 [heap]\n5000-5100 rw-p 960\n6000-6010 r-xp 4 /lib/c.so\n7f0-800 rw-p 8 [stack]";
        const string After = "900-910 r-xp 4 /bin/a\na00-b00 rw-p 64 [heap]\n8000-8100 rw-p 960\n8800-8810 r-xp 4 /lib/c.so\n9f0-a00 rw-p 8 [stack]";

        var track = Maps.Track(Before, After);

        Assert.Equal(track.AliveAt(0).Count + track.AliveAt(1).Count, track.Regions.Count);
        Assert.All(track.AliveAt(0), r => Assert.Equal(RegionChangeKind.Gone, r.Changes[^1].Kind));
        Assert.All(track.AliveAt(1), r => Assert.Equal(RegionChangeKind.Born, r.Changes[0].Kind));
    }

    [Fact]
    public void A_mapping_that_a_torn_snapshot_shows_at_both_places_is_linked_once()
    {
        // While the table moves, reading has passed its old place and meets it again at the new one.
        var track = Maps.Track("100-200 rw-p 960", "100-200 rw-p 960\n500-640 rw-p 1216", "500-640 rw-p 1216");

        Assert.Equal(3, track.AliveAt(0).Count + track.AliveAt(1).Count);
        Assert.Same(track.RegionOf(0, 0), track.RegionOf(1, 0));
        Assert.NotSame(track.RegionOf(1, 0), track.RegionOf(1, 1));
        Assert.Same(track.RegionOf(1, 1), track.RegionOf(2, 0));
    }

    [Fact]
    public void Over_a_long_silence_nothing_is_taken_for_moved_and_what_grew_is_inferred()
    {
        const string Before = "100-200 rw-p 960\n900-a00 rw-p 64\nb00-c00 rw-p 64 [heap]", After = "500-640 rw-p 1216\n8f0-a00 rw-p 64\nb00-d00 rw-p 64 [heap]";

        var soon = At([0, 1, 2, 3], Before, Before, Before, After);
        var late = At([0, 1, 2, 63], Before, Before, Before, After);

        Assert.Equal(3, soon.Regions.Count);
        Assert.Equal(4, late.Regions.Count);
        Assert.False(late.RegionOf(3, 1)!.Changes[^1].Exact);
        Assert.DoesNotContain(late.RegionOf(3, 0)!.Changes, c => c.Kind == RegionChangeKind.Moved);
        Assert.True(late.RegionOf(3, 2)!.Changes[^1].Exact);
        Assert.True(soon.RegionOf(3, 1)!.Changes[^1].Exact);
    }

    [Fact]
    public void A_slow_rhythm_is_no_silence()
    {
        var track = At([0, 600, 1200, 1800], "100-200 rw-p 960", "100-200 rw-p 960", "100-200 rw-p 960", "500-640 rw-p 1216");

        Assert.Single(track.Regions);
    }

    [Fact]
    public void Over_a_silence_an_anonymous_mapping_with_two_new_ends_is_another()
    {
        const string Before = "100-200 rw-p 64", After = "f0-220 rw-p 64";

        Assert.Single(At([0, 1, 2], Before, Before, After).Regions);
        Assert.Equal(2, At([0, 1, 70], Before, Before, After).Regions.Count);
    }

    [Fact]
    public void A_trace_proves_a_move_over_a_silence_too()
    {
        var points = new[] { (0, "100-200 rw-p 1024"), (1, "100-200 rw-p 1024"), (2, "100-200 rw-p 1024"), (3600, "500-640 rw-p 1280") };
        var move = new TracedMove(0, Noon.AddSeconds(1800), Maps.Range("100-200"), Maps.Range("500-640"));
        var track = Track.Build(Maps.Process, SnapshotSource.Smaps, points.Select((p, i) => new TrackPoint(i + 1, Noon.AddSeconds(p.Item1), Maps.Table(p.Item2))), MoveEvidence.Of([[move]]));

        Assert.True(Assert.Single(track.Regions).Changes[^1].Exact);
    }

    [Fact]
    public void Locking_or_naming_a_part_splits_the_mapping_and_undoing_it_merges_it_again()
    {
        // mlock and madvise split without a visible change but the flags; PR_SET_VMA_ANON_NAME gives the part another name.
        var locked = Maps.Track("100-200 rw-p 1024", "100-180 rw-p 512\n180-1a0 rw-p 128\n1a0-200 rw-p 384", "100-200 rw-p 1024");
        var named = Maps.Track("100-200 rw-p 1024", "100-180 rw-p 512\n180-1a0 rw-p 128 [anon:pool]\n1a0-200 rw-p 384", "100-200 rw-p 1024");

        foreach (var track in (Track[])[locked, named])
        {
            var whole = track.RegionOf(0, 0)!;
            Assert.Same(whole, track.RegionOf(1, 0));
            Assert.Same(whole, track.RegionOf(2, 0));
            foreach (var part in (Region[])[track.RegionOf(1, 1)!, track.RegionOf(1, 2)!])
            {
                Assert.Equal((RegionChangeKind.Split, whole.Id), (part.Changes[0].Kind, part.Changes[0].Other));
                Assert.Equal((RegionChangeKind.Merged, whole.Id), (part.Changes[^1].Kind, part.Changes[^1].Other));
            }
        }
    }

    [Fact]
    public void Naming_all_of_a_mapping_is_no_end_of_it()
    {
        var track = Maps.Track("100-200 rw-p 1024", "100-200 rw-p 1024 [anon:pool]", "e0-200 rw-p 1152 [anon:pool]");

        Assert.Single(track.Regions);
    }

    [Fact]
    public void Snapshots_that_arrive_in_any_order_give_the_same_regions_with_and_without_a_trace()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var points = Enumerable.Range(1, 10).Select(i => new TrackPoint(i, Noon.AddSeconds(i * random.Next(1, 40)), Maps.Table(RandomTables.Text(random)))).ToArray();
            var evidence = seed % 2 == 0 ? MoveEvidence.None : MoveEvidence.Of([[.. Enumerable.Range(0, 20).Select(i => RandomMove(random, i))]]);
            var inOrder = Track.Build(Maps.Process, SnapshotSource.Smaps, points, evidence);
            random.Shuffle(points);
            var late = Track.Build(Maps.Process, SnapshotSource.Smaps, points, evidence);

            Assert.Equal(inOrder.Regions.Select(r => (r.Id, r.BornAt, r.LastAt, r.OwnerId)), late.Regions.Select(r => (r.Id, r.BornAt, r.LastAt, r.OwnerId)));
            Assert.Equal(inOrder.Regions.SelectMany(r => r.Changes), late.Regions.SelectMany(r => r.Changes));
        }
    }

    private static TracedMove RandomMove(Random random, int second)
    {
        AddressRange Any() => AddressRange.OfLength((ulong)random.Next(240) * Maps.PageBytes, (ulong)random.Next(1, 20) * Maps.PageBytes);
        return new(second, random.Next(2) == 0 ? null : Noon.AddSeconds(second * 10), Any(), Any());
    }

    private static Track At(int[] seconds, params string[] texts) =>
        Track.Build(Maps.Process, SnapshotSource.Smaps, texts.Select((text, i) => new TrackPoint(i + 1, Noon.AddSeconds(seconds[i]), Maps.Table(text))));
}
