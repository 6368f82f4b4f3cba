using MemScope.Core;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Every measure of growth over the captured cases: parts add up, values are those of the tables.</summary>
public sealed class GrowthSeriesTests
{
    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void In_every_measure_categories_backings_and_regions_add_up_to_the_total(string name)
    {
        var track = CaseTracks.Of(name);
        foreach (var metric in GrowthMetric.All)
        {
            var total = GrowthSeries.Total(track, metric);
            var categories = GrowthSeries.ByCategory(track, metric);
            var backings = GrowthSeries.ByBacking(track, metric);
            var regions = GrowthSeries.OfRegions(track, track.Regions, metric);
            for (var at = 0; at < total.Length; at++)
            {
                Assert.Equal(Truth(track.VmasAt(at), metric), total[at]);
                Assert.Equal(total[at], categories.Values.Sum(v => v[at]));
                Assert.Equal(total[at], backings.Sum(b => b.Values[at]));
                Assert.Equal(total[at], regions.Sum(v => double.IsNaN(v[at]) ? 0 : v[at]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void In_every_measure_slopes_of_regions_and_backings_add_up_to_the_slope_of_the_total(string name)
    {
        var track = CaseTracks.Of(name);
        var random = new Random(5);
        foreach (var metric in GrowthMetric.All)
        {
            var from = random.Next(track.Points.Count - 2);
            var window = from..(random.Next(from + 1, track.Points.Count) + 1);
            var seconds = TrackSeries.Seconds(track)[window];
            var total = GrowthSeries.Total(track, metric)[window];
            var ranking = GrowthSeries.Rank(track, from, window.End.Value - 1, metric);

            Assert.Equal(GrowthFit.Slope(seconds, total), ranking.Sum(g => g.BytesPerSecond), 3);
            Assert.Equal(total[^1] - total[0], ranking.Sum(g => g.ChangeBytes));
            Assert.Equal(ranking.Select(g => g.BytesPerSecond).OrderDescending(), ranking.Select(g => g.BytesPerSecond));
            Assert.Equal(GrowthFit.Slope(seconds, total), GrowthSeries.ByBacking(track, metric).Sum(b => GrowthFit.Slope(seconds, b.Values[window])), 3);
        }
    }

    [Fact]
    public void A_file_that_was_unlinked_while_mapped_is_counted_with_itself_and_unnamed_memory_by_its_category()
    {
        var track = Maps.Track("10-20 r--p 8 /lib/a.so\n30-40 rw-p 4\n50-60 rw-p 4 [heap]", "10-20 r--p 8 /lib/a.so (deleted)\n30-40 rw-p 12\n50-60 rw-p 4 [heap]", "30-40 rw-p 12\n50-60 rw-p 4 [heap]\n70-80 r--p 8 /lib/a.so (deleted)");

        var backings = GrowthSeries.ByBacking(track, GrowthMetric.Rss).ToDictionary(b => b.Backing, b => b.Values);

        Assert.Equal(["/lib/a.so", "[heap]", "anonymous"], backings.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([8192, 8192, 8192], backings["/lib/a.so"]);
        Assert.Equal([4096, 12288, 12288], backings["anonymous"]);
    }

    [Fact]
    public void What_a_source_does_not_print_is_not_a_number_and_says_so()
    {
        using var file = File.OpenRead(Fixtures.Case("ucx-leak", "pmap-x.log.gz"));
        var snapshots = CaptureReader.Read(file, "pmap-x.log.gz", null, Limits.Default, CancellationToken.None).Parsed.Snapshots;
        var track = Track.Build(Maps.Process, SnapshotSource.PmapExtended, snapshots.Select((s, i) => new TrackPoint(i + 1, s.TakenAt!.Value, s.Vmas)));
        var last = track.Points.Count - 1;
        string[] printed = [.. GrowthMetric.All.Where(m => m.Missing(track, 0, last) is null).Select(m => m.Slug)];

        Assert.Equal(["rss", "virtual", "mappings"], printed);
        Assert.Equal("pmap -x does not print PSS.", GrowthMetric.Find("pss")!.Missing(track, 0, last));
        Assert.All(GrowthSeries.Total(track, GrowthMetric.Find("uss")!), v => Assert.True(double.IsNaN(v)));
        Assert.Equal(snapshots.Select(s => (double)s.Vmas.Count), GrowthSeries.Total(track, GrowthMetric.Mappings));
    }

    [Fact]
    public void Each_measure_has_a_slug_of_its_own_and_is_found_by_it()
    {
        Assert.All(GrowthMetric.All, m => Assert.Same(m, GrowthMetric.Find(m.Slug)));
        Assert.Equal(GrowthMetric.All.Count, GrowthMetric.All.Select(m => m.Slug).Distinct(StringComparer.Ordinal).Count());
        Assert.Null(GrowthMetric.Find("Rss"));
        Assert.Null(GrowthMetric.Find(null));
        Assert.Equal(["mappings"], GrowthMetric.All.Where(m => m.Unit == "count").Select(m => m.Slug));
    }

    /// <summary>Summed from the table, without the logs that the series come from.</summary>
    private static double Truth(VmaTable vmas, GrowthMetric metric) => (metric.Slug switch
    {
        "mappings" => (double?)vmas.Count,
        "virtual" => Enumerable.Range(0, vmas.Count).Sum(row => (double)vmas[row].VirtualBytes),
        "uss" => vmas.SumBytes(Metric.PrivateClean) + vmas.SumBytes(Metric.PrivateDirty),
        "rss" => vmas.SumBytes(Metric.Rss),
        "pss" => vmas.SumBytes(Metric.Pss),
        "private-dirty" => vmas.SumBytes(Metric.PrivateDirty),
        "anonymous" => vmas.SumBytes(Metric.Anonymous),
        "swap" => vmas.SumBytes(Metric.Swap),
        "lazy-free" => vmas.SumBytes(Metric.LazyFree),
        "anon-huge" => vmas.SumBytes(Metric.AnonHugePages),
        _ => throw new ArgumentException(metric.Slug, nameof(metric)),
    })!.Value;
}
