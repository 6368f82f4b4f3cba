using MemScope.Core;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Tests;
using MemScope.Web.Answers;

namespace MemScope.Web.Tests.Answers;

/// <summary>Growth of parts, as the API lists it, over captured cases.</summary>
public sealed class PartGrowthsTests
{
    public static TheoryData<string> Names => ["raw-mmap-leak", "plateau", "glibc-fragmentation"];

    [Theory]
    [MemberData(nameof(Names))]
    public void In_every_measure_and_split_slopes_values_and_shares_add_up_to_the_total(string name)
    {
        var track = Track(name, "smaps.tar.gz", SnapshotSource.Smaps);
        foreach (var window in new[] { new TrackWindow(track, 0, track.Points.Count - 1), new TrackWindow(track, 7, 40) })
        {
            foreach (var metric in GrowthMetric.All)
            {
                foreach (var by in SeriesRequest.Splits.Except(["total"]))
                {
                    var growths = PartGrowths.Of(window, by, metric, 3);
                    var total = growths.Total!;

                    Assert.InRange(growths.Items.Count, 0, 4);
                    Assert.Equal(total.PerSecond, growths.Items.Sum(i => i.PerSecond), 1e-4 + (1e-6 * Math.Abs(total.PerSecond)));
                    Assert.Equal(total.First, growths.Items.Sum(i => i.First));
                    Assert.Equal(total.Last, growths.Items.Sum(i => i.Last));
                    if (total.Share is not null) Assert.Equal(1, growths.Items.Sum(i => i.Share!.Value), 1e-6);
                }
            }
        }
    }

    [Fact]
    public void A_plateau_has_its_warm_up_and_its_change_points_in_words()
    {
        var track = Track("glibc-fragmentation", "smaps.tar.gz", SnapshotSource.Smaps);
        var total = PartGrowths.Of(new TrackWindow(track, 0, track.Points.Count - 1), "total", GrowthMetric.Rss, 1).Total!;

        Assert.Equal("plateau", total.Shape);
        Assert.Equal(total.ChangePoints[^1].At, total.WarmUpUntil);
        Assert.Matches("^Since [0-9:]{8} it is level; before, it grew by [0-9]+ MiB/min\\.$", total.ChangePoints[^1].Text);
        Assert.InRange(total.SteadyPerSecond, 0, 0.01 * total.PerSecond);
    }

    [Fact]
    public void What_the_source_does_not_print_has_a_reason_instead_of_zeros()
    {
        var track = Track("ucx-leak", "pmap-x.log.gz", SnapshotSource.PmapExtended);
        var window = new TrackWindow(track, 0, track.Points.Count - 1);
        var growths = PartGrowths.Of(window, "region", GrowthMetric.Find("pss")!, 20);

        Assert.Null(growths.Total);
        Assert.Empty(growths.Items);
        Assert.Equal("pmap -x does not print PSS.", growths.Missing);
        Assert.Equal("pmap -x does not print PSS.", SeriesColumns.Of(window, new SeriesRequest("category", GrowthMetric.Find("pss")!, 100, 5)).Missing);
    }

    private static Track Track(string name, string file, SnapshotSource source)
    {
        using var stream = File.OpenRead(Fixtures.Case(name, file));
        var snapshots = CaptureReader.Read(stream, file, null, Limits.Default, CancellationToken.None).Parsed.Snapshots;
        return Core.Analysis.Lineage.Track.Build(Guid.Parse("01900000-0000-7000-8000-00000000a11a"), source, snapshots.Select((s, i) => new TrackPoint(i + 1, s.TakenAt!.Value, s.Vmas)));
    }
}
