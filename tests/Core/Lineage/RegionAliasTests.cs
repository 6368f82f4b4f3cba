using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Links to regions survive that a track is linked anew.</summary>
public sealed class RegionAliasTests
{
    [Fact]
    public void Every_old_id_finds_the_region_that_holds_its_last_sighting()
    {
        var renamed = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var points = Enumerable.Range(1, 14).Select(n => Maps.Point(n, Maps.Table(RandomTables.Text(random)))).ToList();
            var late = random.Next(points.Count - 1); // the first of all too: then every region of it has another id
            var before = Track.Build(Maps.Process, SnapshotSource.Smaps, points.Where((_, i) => i != late));
            var after = Track.Build(Maps.Process, SnapshotSource.Smaps, points);
            var known = before.Regions.Select(r => new KnownRegion(r.Id, before.Points[r.LastAt].Number, before.RangeOf(r, r.LastAt).Start, r.Backing)).ToList();
            var found = RegionAliases.Match(known, after);

            foreach (var old in known)
            {
                var region = after.Find(old.Id) ?? found.GetValueOrDefault(old.Id);
                Assert.NotNull(region);
                if (!found.ContainsKey(old.Id)) continue;
                renamed++;
                Assert.Equal(old.Start, after.RangeOf(region, after.IndexOfNumber(old.LastNumber)).Start);
            }
        }
        Assert.True(renamed > 100, "no late snapshot changed an id: nothing was tested");
    }

    [Fact]
    public void A_region_whose_snapshot_is_gone_finds_nothing() =>
        Assert.Empty(RegionAliases.Match([new KnownRegion(Guid.NewGuid(), 99, 0x1000, "")], Maps.Track("1-2 rw-p 4 ")));

    [Fact]
    public void A_summary_says_what_the_series_of_the_region_says()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var track = Maps.Track([.. Enumerable.Range(0, 15).Select(_ => RandomTables.Text(random))]);
            var seconds = TrackSeries.Seconds(track);
            var summaries = RegionSummaries.Of(track, _ => true);
            Assert.Equal(track.Regions.Count, summaries.Count);
            foreach (var summary in summaries)
            {
                var (region, life) = (summary.Region, summary.Region.BornAt..(summary.Region.LastAt + 1));
                var series = TrackSeries.OfRegion(track, region, Metric.Rss)[life];
                Assert.Equal((track.RangeOf(region, region.LastAt), track.ExtentOf(region, region.LastAt)!.Value.Permissions), (summary.Range, summary.Permissions));
                Assert.Equal(((long?)series[0], (long?)series[^1], (long?)series.Max()), (summary.FirstRssBytes, summary.LastRssBytes, summary.MostRssBytes));
                Assert.Equal(GrowthFit.Slope(seconds[life], series), summary.RssBytesPerSecond!.Value, 1e-6);
                Assert.Equal(GrowthFit.Shape(seconds[life], series), summary.Shape);
                Assert.Equal((region.Category, region.LastAt == track.Points.Count - 1), (summary.Assignment.Category, summary.GoneAt is null));
                Assert.Equal((track.Points[region.BornAt].Number, track.Points[region.LastAt].Number, series.Length), (summary.First.Number, summary.Last.Number, summary.Snapshots));
            }
        }
    }
}
