using Bunit;
using MemScope.Core.Analysis.Growth;
using MemScope.Web.Answers;
using MemScope.Web.Components.Pages.Overview;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>What the overview says of growth: its rate, the limit, where it changes, which measures there are.</summary>
public sealed class OverviewGrowthTests : BunitContext
{
    [Fact]
    public void The_rate_shown_is_that_behind_the_warm_up()
    {
        var overview = Samples.Overview() with
        {
            Total = Samples.Growth("total", 50_172, 37_592) with { WarmUpUntil = Samples.Start.AddSeconds(30), SteadyBytesPerSecond = 1 << 20, SteadyLowBytesPerSecond = 1 << 19, SteadyHighBytesPerSecond = 1 << 21 },
        };
        var stats = Render<OverviewStats>(p => p.Add(c => c.Overview, overview));

        Assert.Contains("60.0", Stat(stats, "Rate"), StringComparison.Ordinal);
        Assert.Contains("since 15:41:29, behind the warm-up", Stat(stats, "Rate"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_from_before_warm_ups_were_measured_shows_its_slope()
    {
        var stats = Render<OverviewStats>(p => p.Add(c => c.Overview, Samples.Overview()));

        Assert.Contains("24.4", Stat(stats, "Rate"), StringComparison.Ordinal);
        Assert.DoesNotContain(stats.FindAll(".stat-label"), l => l.TextContent == "Time to the limit");
    }

    [Fact]
    public void The_time_to_the_limit_is_told_only_where_growth_goes_on()
    {
        var limit = new LimitWire("cgroup", "/x", 8L << 30, 1L << 30, Samples.Start, "RSS reaches the cgroup's limit of 8.00 GiB in 2 h 10 min at this rate.") { SecondsLeft = 7800 };
        var growing = Render<OverviewStats>(p => p.Add(c => c.Overview, Samples.Overview() with { Limit = limit }));
        var unknown = Render<OverviewStats>(p => p.Add(c => c.Overview, Samples.Overview() with { Limit = LimitWords.Of([], null, null) }));
        var level = Render<OverviewStats>(p => p.Add(c => c.Overview, Samples.Overview() with { Limit = limit, Total = Samples.Growth("total", 50_172, 37_592) with { Shape = "plateau" } }));

        Assert.Contains("2 h 10 min", Stat(growing, "Time to the limit"), StringComparison.Ordinal);
        Assert.Contains("cgroup's limit of 8 GiB", Stat(growing, "Time to the limit"), StringComparison.Ordinal);
        Assert.Contains("in 2 h 10 min at this rate", Render<OverviewView>(p => p.Add(c => c.Overview, Samples.Overview() with { Limit = limit })).Find(".change-notes").TextContent, StringComparison.Ordinal);
        Assert.Contains("send memory.max", Stat(unknown, "Time to the limit"), StringComparison.Ordinal);
        Assert.DoesNotContain(level.FindAll(".stat-label"), l => l.TextContent == "Time to the limit");
    }

    [Fact]
    public void Only_measures_that_the_source_prints_are_offered()
    {
        Assert.Equal(["rss", "virtual", "mappings"], OverviewView.MeasuresOf(Samples.Overview() with { Metrics = ["rss", "virtual", "mappings"] }).Select(m => m.Slug));
        Assert.Equal(["rss", "pss", "private-dirty", "virtual"], OverviewView.MeasuresOf(Samples.Overview()).Select(m => m.Slug));
        Assert.Equal("rss", OverviewView.MetricOf(Samples.Overview() with { Metrics = ["rss", "mappings"] }, "uss"));
        Assert.Equal("mappings", OverviewView.MetricOf(Samples.Overview() with { Metrics = ["rss", "mappings"] }, "mappings"));
    }

    [Fact]
    public void Change_points_are_told_in_words_and_marked_in_the_chart()
    {
        var change = new ChangePointWire(Samples.Start.AddSeconds(40), 0, 400_000, 0, "Since 15:41:39 it grows by 22.9 MiB/min; before, it was level.");
        var overview = Samples.Overview() with { Total = Samples.Growth("total", 50_172, 37_592) with { ChangePoints = [change] } };

        Assert.Contains("before, it was level", Render<OverviewView>(p => p.Add(c => c.Overview, overview)).Find(".change-notes li").TextContent, StringComparison.Ordinal);
        Assert.Equal([(double)change.At.ToUnixTimeMilliseconds()], OverviewView.ChartOf(overview, "rss").Marks);
        Assert.Empty(OverviewView.ChartOf(overview, "pss").Marks);
    }

    private static string Stat(IRenderedComponent<OverviewStats> stats, string label) => stats.FindAll(".stats > div").Single(d => d.QuerySelector(".stat-label")!.TextContent == label).TextContent;
}
