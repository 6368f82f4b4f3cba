using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Growth of two runs side by side.</summary>
public sealed class SlopeDifferTests
{
    [Fact]
    public void The_fix_of_the_founding_case_ends_its_growth()
    {
        var (leak, fixedRun) = (Side(CaseTracks.Of("ucx-leak")), Side(CaseTracks.OfFile(Fixtures.Case("ucx-leak", "hook-none/smaps.tar.gz"))));
        var rows = SlopeDiffer.Compare(leak, fixedRun);
        var truth = CaseTracks.Truth("ucx-leak").GetProperty("measured").GetProperty("Rss").GetProperty("slope_per_s").GetDouble();

        Assert.Null(rows[0].Category);
        Assert.InRange(rows[0].Base.BytesPerSecond / truth, 0.98, 1.02);
        Assert.InRange(rows[0].Current.BytesPerSecond / truth, -0.001, 0.001);
        Assert.Equal(Category.Anonymous, rows[1].Category);
        Assert.True(rows[0].Differs && rows[1].Differs);
        Assert.InRange(-truth, rows[0].LowBytesPerSecond, rows[0].HighBytesPerSecond);
        Assert.Equal(rows[0].BytesPerSecond, rows.Skip(1).Sum(r => r.BytesPerSecond), 1.0);
    }

    [Fact]
    public void A_run_against_itself_does_not_differ()
    {
        foreach (var name in Fixtures.Cases)
        {
            var side = Side(CaseTracks.Of(name));
            Assert.All(SlopeDiffer.Compare(side, side), r => Assert.False(r.Differs));
        }
    }

    [Fact]
    public void Two_points_prove_nothing()
    {
        var rows = SlopeDiffer.Compare(Line(2, 100), Line(50, 0));

        Assert.False(rows[0].IsKnown);
        Assert.False(rows[0].Differs);
    }

    [Fact]
    public void A_category_that_one_side_lacks_does_not_grow_there()
    {
        var rows = SlopeDiffer.Compare(Line(50, 100), new([0, 1, 2], [5, 5, 5], new Dictionary<Category, double[]> { [Category.Heap] = [5, 5, 5] }));
        var anonymous = rows.Single(r => r.Category == Category.Anonymous);

        Assert.Equal((100, 0), (anonymous.Base.BytesPerSecond, anonymous.Current.BytesPerSecond));
        Assert.Equal([null, Category.Anonymous, Category.Heap], rows.Select(r => r.Category));
    }

    private static SideSeries Line(int points, double bytesPerSecond)
    {
        double[] seconds = [.. Enumerable.Range(0, points).Select(i => (double)i)], bytes = [.. seconds.Select(t => 1000 + (t * bytesPerSecond))];
        return new(seconds, bytes, new Dictionary<Category, double[]> { [Category.Anonymous] = bytes });
    }

    private static SideSeries Side(Track track) => new(TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss), TrackSeries.ByCategory(track, Metric.Rss));
}
