using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Tests;

namespace MemScope.Tests;

/// <summary>Snapshots that arrive late, and traces that do, give the track that all would have given in order.</summary>
public sealed class LateSnapshotTests
{
    [Fact]
    public void Snapshots_in_any_order_of_arrival_give_the_track_of_their_times()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            AssertSame(Histories.Odd(seed), seed);
            AssertSame(Histories.Plain(seed), seed);
            var model = new AddressSpaceModel(seed);
            AssertSame([.. Enumerable.Range(1, 20).Select(n => model.Step() is var _ ? Maps.Point(n, model.Table()) : null!)], seed);
        }
    }

    [Theory]
    [InlineData("raw-mmap-leak")]
    [InlineData("glibc-fragmentation")]
    public void A_case_in_pieces_gives_the_track_of_the_whole(string name) => AssertSame(Histories.OfCase(name), 5);

    [Fact]
    public void A_trace_that_comes_later_links_again_what_is_there()
    {
        var expected = CaseTraces.Track("raw-mmap-leak", "strace/raw-mmap-leak.txt.gz");
        var late = Histories.Track(Histories.OfCase("raw-mmap-leak")).With(expected.Evidence);

        AssertEqual(expected, late);
        Assert.Contains(late.Regions.SelectMany(r => r.Changes), c => c is { Kind: RegionChangeKind.Moved, Exact: true });
    }

    [Fact]
    public void A_snapshot_that_came_before_is_not_taken_twice()
    {
        var points = Histories.Plain(3);
        var track = Histories.Track(points.Take(9)).With(points.Skip(5).ToList());

        AssertEqual(Histories.Track(points), track);
    }

    private static void AssertSame(List<TrackPoint> points, int seed)
    {
        var random = new Random(seed);
        var left = points.ToList();
        var track = new Track(Maps.Process, SnapshotSource.Smaps);
        while (left.Count > 0)
        {
            // Mostly in order, now and then one or several from anywhere.
            var late = random.Next(3) == 0;
            var batch = new List<TrackPoint>();
            for (var n = 1 + random.Next(4); n > 0 && left.Count > 0; n--)
            {
                var i = late ? random.Next(left.Count) : 0;
                batch.Add(left[i]);
                left.RemoveAt(i);
            }
            track = track.With(batch);
        }
        AssertEqual(Histories.Track(points), track);
    }

    private static void AssertEqual(Track expected, Track actual)
    {
        Assert.Equal(expected.Points, actual.Points);
        Assert.Equal(expected.Regions.Select(Told), actual.Regions.Select(Told));
        foreach (var (a, b) in expected.Regions.Zip(actual.Regions)) Assert.Equal(a.Changes, b.Changes);
        for (var at = 0; at < expected.Points.Count; at++)
        {
            VmaTables.AssertEqual(expected.VmasAt(at), actual.VmasAt(at));
            Assert.Equal(expected.AliveAt(at).Select(r => r.Id), actual.AliveAt(at).Select(r => r.Id));
            Assert.Equal(expected.CategoriesAt(at), actual.CategoriesAt(at));
        }
        Assert.Equal(TrackSeries.Total(expected, Metric.Rss), TrackSeries.Total(actual, Metric.Rss));
        Assert.All(actual.Regions, r => Assert.Same(r, actual.Find(r.Id)));
    }

    private static object Told(Region region) => (region.Id, region.BornAt, region.LastAt, region.Category, region.CategoryReason, region.OwnerId, region.HasMoved, region.Backing);
}
