using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Series and rankings over tracks.</summary>
public sealed class TrackSeriesTests
{
    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Categories_and_regions_add_up_to_the_total_at_every_point(string name)
    {
        var track = CaseTracks.Of(name);
        foreach (var metric in new[] { Metric.Rss, Metric.Pss, Metric.PrivateDirty, Metric.Swap, Metric.Size })
        {
            var total = TrackSeries.Total(track, metric);
            var categories = TrackSeries.ByCategory(track, metric);
            var regions = TrackSeries.OfRegions(track, track.Regions, metric);
            for (var at = 0; at < total.Length; at++)
            {
                Assert.Equal(total[at], categories.Values.Sum(v => v[at]));
                Assert.Equal(total[at], regions.Sum(v => double.IsNaN(v[at]) ? 0 : v[at]));
                Assert.Equal(track.VmasAt(at).SumBytes(metric), (long)total[at]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Slopes_of_all_regions_add_up_to_the_slope_of_the_total(string name)
    {
        var track = CaseTracks.Of(name);
        var random = new Random(3);
        for (var n = 0; n < 10; n++)
        {
            var from = random.Next(track.Points.Count - 2);
            var to = random.Next(from + 1, track.Points.Count);
            var ranking = GrowthRanking.Rank(track, from, to);
            var window = from..(to + 1);
            var slope = GrowthFit.Slope(TrackSeries.Seconds(track)[window], TrackSeries.Total(track, Metric.Rss)[window]);

            Assert.Equal(slope, ranking.Sum(g => g.BytesPerSecond), 3);
            Assert.Equal(TrackSeries.Total(track, Metric.Rss)[to] - TrackSeries.Total(track, Metric.Rss)[from], ranking.Sum(g => g.ChangeBytes));
            Assert.Equal(ranking.Select(g => g.BytesPerSecond).OrderDescending(), ranking.Select(g => g.BytesPerSecond));
        }
    }

    [Fact]
    public void A_region_is_not_a_number_where_it_does_not_exist()
    {
        var track = Maps.Track("10-20 rw-p 8", "10-20 rw-p 8\n30-40 r--p 4", "10-20 rw-p 8");

        Assert.Equal([double.NaN, 4096, double.NaN], TrackSeries.OfRegion(track, track.RegionOf(1, 1)!, Metric.Rss));
    }

    [Fact]
    public void Without_the_number_a_total_is_not_a_number_but_the_virtual_size_always_is()
    {
        var track = Maps.Track("10-20 rw-p -", "10-30 rw-p -");

        Assert.Equal([double.NaN, double.NaN], TrackSeries.Total(track, Metric.Rss));
        Assert.All(TrackSeries.ByCategory(track, Metric.Rss).Values, v => Assert.All(v, x => Assert.True(double.IsNaN(x))));
        Assert.Equal([65536.0, 131072.0], TrackSeries.Total(track, Metric.Size));
    }
}
