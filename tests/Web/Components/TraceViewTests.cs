using Bunit;
using MemScope.Web.Components.Pages.Trace;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>What the page says of one trace.</summary>
public sealed class TraceViewTests : BunitContext
{
    [Fact]
    public void The_sentence_says_calls_time_bytes_and_what_RSS_did()
    {
        var words = TraceWords.Sentence(Figures() with { RssBytesBefore = 25 << 20, RssBytesAfter = 26 << 20 });

        Assert.Equal("6,576 mmaps and 6,570 munmaps in 2.2 s: 488 MiB mapped, 487 MiB unmapped, net +1.00 MiB. RSS moved by +1.00 MiB meanwhile.", words);
    }

    [Fact]
    public void A_trace_without_times_has_no_rate_and_no_chart()
    {
        var view = Shown(Figures() with { ObservedSeconds = null, Trace = Trace() with { ObservedSeconds = null, From = null, To = null } });

        Assert.Contains("no times: no rate", view.Markup, StringComparison.Ordinal);
        Assert.Contains("The trace has no times", view.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("the chart of calls", view.Markup, StringComparison.Ordinal);
        Assert.Contains("the chart of calls", Shown(Figures()).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_that_is_not_placed_on_the_time_line_says_why_RSS_is_not_known()
    {
        var view = Shown(Figures() with { From = null, To = null, Trace = Trace() with { From = null, To = null } });

        Assert.Contains("not placed on the time line", Stat(view, "RSS meanwhile"), StringComparison.Ordinal);
        Assert.Contains("time since the first event", view.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Outstanding_memory_that_is_a_lower_bound_is_called_so()
    {
        Assert.Contains("a lower bound", Stat(Shown(Figures() with { LowerBoundReason = "results were not recorded" }), "Outstanding"), StringComparison.Ordinal);
        Assert.DoesNotContain("a lower bound", Stat(Shown(Figures()), "Outstanding"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_and_a_window_without_events_say_so_and_why()
    {
        var empty = Figures() with { Activity = new TraceActivityWire(0, 0, 0, 0, 0, 0, 0), Calls = [], Notes = ["The tracer was not attached."] };

        Assert.Contains("No event of this trace lies in the window", Shown(empty).Find(".empty").TextContent, StringComparison.Ordinal);
        var nothing = Shown(empty with { Trace = Trace() with { Events = 0 } });
        Assert.Contains("The trace holds no event", nothing.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Contains("The tracer was not attached.", nothing.Find(".empty").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Unmaps_of_older_memory_failed_calls_and_losses_are_told()
    {
        var figures = Figures() with { BeforeTraceUnmappedBytes = 40 << 10, FailedCalls = 3, Calls = [new TraceCallsWire("mmap", 6576, 3, 3000)], Notes = ["105 events were lost."] };
        var view = Shown(figures);

        Assert.Contains("40 KiB mapped before the trace", view.Markup, StringComparison.Ordinal);
        Assert.Contains("3 failed", view.Markup, StringComparison.Ordinal);
        Assert.Contains("105 events were lost.", view.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void What_of_the_growth_is_explained_leads_to_the_stacks()
    {
        var links = new MemScope.Web.Components.ViewLinks(Samples.ProcessId, new WindowState());
        var view = Render<TraceFacts>(p => p.Add(c => c.Figures, Figures()).Add(c => c.Growth, new GrowthByStackWire(31, 33, 1000 << 10, 888 << 10, 0, 112 << 10)).AddCascadingValue(links));

        Assert.Contains("88.8 %", view.Markup, StringComparison.Ordinal);
        Assert.Contains("weight=growth", view.Find("dd a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_a_hostile_process_stay_text()
    {
        var frame = new FrameWire(Samples.Hostile, null, null, Samples.Hostile, null, null, false, null);
        var activity = Figures().Activity;
        var view = Shown(Figures() with
        {
            Trace = Trace() with { FileName = Samples.Hostile, Losses = [Samples.Hostile] }, Notes = [Samples.Hostile],
            Sites = [new TraceSiteWire(frame, [frame], 1, activity)], Threads = [new TraceThreadWire(7, Samples.Hostile, activity)],
        });

        Assert.Empty(view.FindAll("img"));
        Assert.Contains("&lt;img src=x", view.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "—")]
    [InlineData(12e-9, "12 ns")]
    [InlineData(54e-6, "54 µs")]
    [InlineData(0.0051, "5.1 ms")]
    [InlineData(2.3, "2.3 s")]
    [InlineData(1e300, "115740 d 17 h")]
    public void A_life_is_written_with_the_unit_that_fits(double? seconds, string words) => Assert.Equal(words, TraceWords.Life(seconds));

    private IRenderedComponent<TraceView> Shown(TraceFiguresWire figures) =>
        Render<TraceView>(p => p.Add(c => c.Figures, figures).Add(c => c.Window, new WindowState()).Add(c => c.CallsChart, "the chart of calls"));

    private static string Stat(IRenderedComponent<TraceView> view, string label) => view.FindAll(".stats > div").Single(s => s.QuerySelector(".stat-label")!.TextContent == label).TextContent;

    private static TraceWire Trace() => new(Guid.CreateVersion7(), "perf", 13_146, Samples.Start, Samples.Start.AddSeconds(2.2), "placed by traceStart", [], Guid.CreateVersion7(), "perf.txt") { ObservedSeconds = 2.2, Callchains = 3 };

    private static TraceFiguresWire Figures() => new(Trace(), Samples.Start, Samples.Start.AddSeconds(2.2), new TraceActivityWire(13_146, 6_576, 488L << 20, 487L << 20, 487L << 20, 1 << 20, 6) { EndedBlocks = 6_570, MedianLifeSeconds = 12e-6 },
        [new TraceCallsWire("mmap", 6_576, 0, 3_013), new TraceCallsWire("munmap", 6_570, 0, 3_010)], [], [], []) { ObservedSeconds = 2.2 };
}
