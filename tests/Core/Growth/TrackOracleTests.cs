using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Series and rankings, which come from changes alone, against the plain sums over all rows of all tables.</summary>
public sealed class TrackOracleTests
{
    private static readonly Metric[] Numbers = [Metric.Rss, Metric.Pss, Metric.PrivateDirty, Metric.Swap, Metric.Anonymous, Metric.Size];

    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_has_the_series_and_slopes_of_its_tables(string name) => AssertEqual(Histories.OfCase(name), new Random(7));

    [Fact]
    public void Random_histories_have_the_series_and_slopes_of_their_tables()
    {
        for (var seed = 0; seed < 60; seed++) AssertEqual(Histories.Plain(seed), new Random(seed));
    }

    [Fact]
    public void Sums_of_numbers_that_no_kernel_prints_come_back_to_what_they_were()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var points = Histories.Odd(seed);
            var track = Histories.Track(points);
            foreach (var metric in Numbers) Assert.Equal(points.Select(p => Total(p.Vmas, metric)), TrackSeries.Total(track, metric));
        }
    }

    [Fact]
    public void Several_regions_in_one_pass_are_each_as_on_their_own()
    {
        var track = CaseTracks.Of("raw-mmap-leak");
        var regions = track.Regions.Reverse().Where((_, i) => i % 3 == 0).ToList();

        Assert.Equal(regions.Select(r => TrackSeries.OfRegion(track, r, Metric.Pss)), TrackSeries.OfRegions(track, regions, Metric.Pss));
        Assert.Empty(TrackSeries.OfRegions(track, [], Metric.Rss));
    }

    private static void AssertEqual(List<TrackPoint> points, Random random)
    {
        var track = Histories.Track(points);
        foreach (var metric in Numbers)
        {
            Assert.Equal(points.Select(p => Total(p.Vmas, metric)), TrackSeries.Total(track, metric));
            var byCategory = TrackSeries.ByCategory(track, metric);
            Assert.Equal(points.SelectMany(p => Categorizer.Classify(p.Vmas).Select(a => a.Category)).Distinct().Order(), byCategory.Keys.Order());
            foreach (var (category, series) in byCategory) Assert.Equal(points.Select(p => Total(p.Vmas, metric, category)), series);
            foreach (var (region, series) in track.Regions.Zip(TrackSeries.OfRegions(track, track.Regions, metric))) Assert.Equal(Enumerable.Range(0, points.Count).Select(at => Of(track, points, region, at, metric)), series);
            for (var n = 0; n < 5; n++)
            {
                var from = random.Next(points.Count);
                AssertRanked(track, points, from, random.Next(from, points.Count), metric);
            }
        }
    }

    private static void AssertRanked(Track track, List<TrackPoint> points, int from, int to, Metric metric)
    {
        var seconds = Enumerable.Range(from, to - from + 1).Select(at => (points[at].TakenAt - points[from].TakenAt).TotalSeconds).ToArray();
        var ranked = GrowthRanking.Rank(track, from, to, metric);
        Assert.Equal(track.Regions.Where(r => r.BornAt <= to && r.LastAt >= from), ranked.Select(g => g.Region).OrderBy(r => r.Ordinal));
        foreach (var growth in ranked)
        {
            var values = Enumerable.Range(from, seconds.Length).Select(at => Of(track, points, growth.Region, at, metric) is var v && double.IsNaN(v) ? 0 : v).ToArray();
            Assert.Equal((values[0], values[^1]), (growth.FirstBytes, growth.LastBytes));
            Assert.Equal(GrowthFit.Slope(seconds, values), growth.BytesPerSecond, 1e-9 * (1 + values.Max()));
        }
        Assert.Equal(ranked.OrderByDescending(g => g.BytesPerSecond).ThenByDescending(g => g.LastBytes).ThenBy(g => g.Region.Ordinal), ranked);
    }

    private static double Of(Track track, List<TrackPoint> points, Region region, int at, Metric metric)
    {
        var rows = track.AliveAt(at);
        for (var row = 0; row < rows.Count; row++) if (rows[row] == region) return (double)Bytes(points[at].Vmas, row, metric);
        return double.NaN;
    }

    private static double Total(VmaTable vmas, Metric metric, Category? category = null)
    {
        if (metric != Metric.Size && !vmas.Has(metric) && vmas.Count > 0) return double.NaN;
        var categories = Categorizer.Classify(vmas);
        var sum = Int128.Zero;
        for (var row = 0; row < vmas.Count; row++) if (category is null || categories[row].Category == category) sum += Bytes(vmas, row, metric);
        return (double)sum;
    }

    private static Int128 Bytes(VmaTable vmas, int row, Metric metric) => metric == Metric.Size ? Math.Min(vmas[row].VirtualBytes, long.MaxValue) : vmas[row].Bytes(metric);
}
