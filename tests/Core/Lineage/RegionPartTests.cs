using System.Text;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>What regions hold, against what the programs recorded of themselves.</summary>
public sealed class RegionPartTests
{
    [Fact]
    public void The_growing_region_of_ucx_holds_the_registered_pool_beside_the_chunks()
    {
        // The kernel had merged the pool with the first chunk before the first snapshot: only where it lies tells it apart.
        var registered = Assert.Single(CaseTracks.Ledger("ucx-leak"), l => l.Site == "register_pool").Range;
        var track = CaseTracks.Of("ucx-leak");
        var region = track.RegionOf(0, track.VmasAt(0).IndexOf(registered.Start))!;
        var parts = RegionParts.Of(track, region, track.Points.Count - 1);

        var pool = Assert.Single(parts, p => p.Origin == PartOrigin.Placed);
        Assert.Equal(registered, pool.Range);
        Assert.Equal((0, false), (pool.Since, pool.Exact));
        Assert.Equal([PartOrigin.Grown, PartOrigin.FirstSeen, PartOrigin.Placed], parts.Select(p => p.Origin));
        Assert.Equal(Outstanding().Where(l => region.Changes[^1].After.Overlap(l) > 0).Sum(l => (long)l.Length),
            parts.Where(p => p.Origin != PartOrigin.Placed).Sum(p => (long)p.Range.Length));
    }

    [Fact]
    public void Traced_chunks_inside_it_are_exact_parts()
    {
        var track = CaseTraces.Track("ucx-leak", "bpftrace/ucx-leak.txt.gz");
        var region = track.RegionOf(0, track.VmasAt(0).IndexOf(0x7f1f62200000 - 1))!;
        var traced = CaseTraces.Read("bpftrace/ucx-leak.txt.gz").Events.Where(e => e.Call == MemoryCall.Mmap && e.HasResult && !e.Failed).Select(e => AddressRange.OfLength(e.Result, e.Length)).ToList();

        var parts = RegionParts.Of(track, region, track.Points.Count - 1).Where(p => p.Origin == PartOrigin.Traced).ToList();

        Assert.NotEmpty(parts);
        Assert.Equal(traced.Count, parts.Sum(p => p.Pieces));
        Assert.Equal(traced.Sum(r => (long)r.Length), parts.Sum(p => (long)p.Range.Length));
        Assert.All(parts, p => Assert.True(p.Exact));
        Assert.All(traced, t => Assert.Contains(parts, p => p.Range.Overlap(t) == t.Length));
    }

    [Fact]
    public void A_region_that_was_joined_is_a_part_with_its_age_and_the_rest_is_what_came_with_it()
    {
        var track = Maps.Track("100-110 rw-p 64", "100-110 rw-p 64\n120-200 rw-p 64", "100-200 rw-p 900", "f0-200 rw-p 900");
        var (joined, region) = (track.RegionOf(0, 0)!, track.RegionOf(2, 0)!);

        var parts = RegionParts.Of(track, region, 3);

        Assert.Equal([("f0-100", PartOrigin.Grown, 3), ("100-110", PartOrigin.Joined, 0), ("110-120", PartOrigin.Grown, 2), ("120-200", PartOrigin.FirstSeen, 1)],
            parts.Select(p => ($"{p.Range.Start >> 12:x}-{p.Range.End >> 12:x}", p.Origin, p.Since)));
        Assert.Equal(joined.Id, parts[1].Region);
    }

    [Fact]
    public void Parts_move_with_their_region_and_what_it_gained_stands_at_its_end()
    {
        var track = Maps.Track("100-200 rw-p 960", "500-640 rw-p 1216");

        Assert.Equal([(0x500UL, 0x600UL, PartOrigin.FirstSeen), (0x600UL, 0x640UL, PartOrigin.Grown)],
            RegionParts.Of(track, Assert.Single(track.Regions), 1).Select(p => (p.Range.Start >> 12, p.Range.End >> 12, p.Origin)));
    }

    [Fact]
    public void Parts_of_any_region_cover_its_range_without_overlap()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var track = Maps.Track([.. Enumerable.Range(0, 8).Select(_ => RandomTables.Text(random))]);
            foreach (var region in track.Regions)
                for (var at = region.BornAt; at <= region.LastAt; at++)
                {
                    var (range, parts) = (track.RangeOf(region, at), RegionParts.Of(track, region, at));
                    Assert.Equal(range, new AddressRange(parts[0].Range.Start, parts[^1].Range.End));
                    Assert.All(parts.Zip(parts.Skip(1)), p => Assert.Equal(p.First.Range.End, p.Second.Range.Start));
                }
        }
    }

    /// <summary>The chunks that ucx held at the end, by its own list.</summary>
    private static IEnumerable<AddressRange> Outstanding() =>
        Encoding.UTF8.GetString(Fixtures.Unzipped("cases", "ucx-leak", "outstanding-at-end.tsv.gz")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(l => l.Split('\t')).Select(f => AddressRange.OfLength(Convert.ToUInt64(f[1], 16), Convert.ToUInt64(f[2], 10)));
}
