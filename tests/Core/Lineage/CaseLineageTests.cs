using System.Text;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Lineage of captured processes against what their programs recorded of themselves.</summary>
public sealed class CaseLineageTests
{
    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Fact]
    public void The_growing_region_of_ucx_keeps_one_identity_although_its_start_moves()
    {
        var track = CaseTracks.Of("ucx-leak");
        const ulong end = 0x7f1f62200000;
        var regions = Enumerable.Range(0, track.Points.Count).Select(at => track.RegionOf(at, track.VmasAt(at).IndexOf(end - 1))).Distinct().ToList();

        var region = Assert.Single(regions);
        Assert.NotNull(region);
        var ranges = track.Points.Select((_, at) => track.RangeOf(region, at)).ToList();
        Assert.Equal(90, ranges.Select(r => r.Start).Distinct().Count());
        Assert.All(ranges, r => Assert.Equal(end, r.End));
        Assert.Equal("end fixed, start slides down", RegionWords.Anchor(region));
        Assert.All(region.Changes.Skip(1), c => Assert.Equal(RegionChangeKind.Grown, c.Kind));
    }

    [Fact]
    public void Every_chunk_that_ucx_holds_at_the_end_lies_in_a_region_and_all_but_one_in_the_growing_one()
    {
        var track = CaseTracks.Of("ucx-leak");
        var last = track.Points.Count - 1;
        var lines = Encoding.UTF8.GetString(Fixtures.Unzipped("cases", "ucx-leak", "outstanding-at-end.tsv.gz")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1);
        var chunks = lines.Select(l => l.Split('\t')).Where(f => f[0] == "ucs_rcache_mp_chunk_alloc")
            .Select(f => AddressRange.OfLength(Convert.ToUInt64(f[1], 16), Convert.ToUInt64(f[2], 10))).ToList();
        var rows = chunks.Select(c => track.VmasAt(last).IndexOf(c.Start)).ToList();

        Assert.Equal(CaseTracks.Truth("ucx-leak").GetProperty("sites")[0].GetProperty("outstanding_mappings_at_end").GetProperty("count").GetInt32(), chunks.Count);
        Assert.All(chunks.Zip(rows), pair => Assert.True(pair.First.End <= track.VmasAt(last)[pair.Second].End));
        Assert.Equal([1, chunks.Count - 1], rows.GroupBy(r => track.RegionOf(last, r)!.Id).Select(g => g.Count()).Order());
    }

    [Fact]
    public void The_moving_index_of_raw_mmap_leak_is_one_region_over_the_whole_track()
    {
        var track = CaseTracks.Of("raw-mmap-leak");
        var moves = CaseTracks.Ledger("raw-mmap-leak").Where(l => l.Site == "index_grow").ToList();
        var ranges = track.Points.Select(p => moves.Last(m => m.At <= p.TakenAt.AddMilliseconds(3)).Range).ToList();
        var rows = track.Points.Select((_, at) => track.VmasAt(at).IndexOf(ranges[at].Start)).ToList();

        Assert.Equal(ranges, rows.Select((row, at) => track.VmasAt(at)[row].Range));
        var region = Assert.Single(rows.Select((row, at) => track.RegionOf(at, row)!).Distinct());
        Assert.Equal((0, track.Points.Count - 1), (region.BornAt, region.LastAt));

        var changes = region.Changes.Skip(1).ToList();
        Assert.All(changes, c => Assert.Equal(c.Kind == RegionChangeKind.Moved, !c.Exact));
        Assert.Equal(ranges.Zip(ranges.Skip(1)).Count(p => p.First.Start != p.Second.Start && p.First.End != p.Second.End), changes.Count(c => c.Kind == RegionChangeKind.Moved));

        // The trap of this case: the range that the index left is filled by blobs, so overlap alone leads to a stranger in these steps.
        var strangers = Enumerable.Range(0, ranges.Count - 1).Count(at => ranges[at].Overlap(ranges[at + 1]) == 0
            && Enumerable.Range(0, track.CountAt(at + 1)).Any(row => track.VmasAt(at + 1)[row].Range.Overlap(ranges[at]) > 0));
        Assert.Equal(11, strangers);
    }

    [Fact]
    public void Raw_mmap_leak_has_no_wrong_join_against_its_ledger()
    {
        var joins = LedgerJoins.Of("raw-mmap-leak");

        Assert.Equal(0, joins.WronglyJoined);
        Assert.Equal(0, joins.Broken);
        Assert.True(joins.Right > 900, joins.ToString());
    }

    [Fact]
    public void Buffers_that_come_and_go_are_seldom_joined_by_a_move()
    {
        var joins = LedgerJoins.Of("steady-healthy");

        // Buffers live two seconds and snapshots are one apart: an address range used again by another buffer cannot be told from the old one where an end agrees.
        Assert.Equal(0, joins.WrongMoves);
        Assert.True(joins.WronglyJoined < joins.Right, joins.ToString());
        Assert.True(joins.Broken <= 30, joins.ToString());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_row_belongs_to_one_region_and_each_region_to_one_row(string name)
    {
        var track = CaseTracks.Of(name);
        for (var at = 0; at < track.Points.Count; at++)
        {
            var regions = track.AliveAt(at);
            Assert.Equal(track.VmasAt(at).Count, regions.Count);
            Assert.Equal(regions.Count, regions.Distinct().Count());
            Assert.All(regions, r => Assert.True(r.IsAliveAt(at)));
        }
        Assert.Equal(track.Tables().Sum(p => p.Vmas.Count), track.Regions.Sum(r => r.LastAt - r.BornAt + 1));
        Assert.Equal(track.Regions.Count, track.Regions.Select(r => r.Id).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Points_in_any_order_give_the_same_regions(string name)
    {
        var track = CaseTracks.Of(name);
        var shuffled = track.Tables().ToArray();
        new Random(4).Shuffle(shuffled);
        var again = Track.Build(track.ProcessId, track.Source, shuffled);

        Assert.Equal(track.Regions.Select(r => (r.Id, r.BornAt, r.LastAt, r.Category)), again.Regions.Select(r => (r.Id, r.BornAt, r.LastAt, r.Category)));
    }
}
