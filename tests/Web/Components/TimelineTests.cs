using Bunit;
using MemScope.Web.Components;
using MemScope.Web.Components.Charts;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>The strip under the chart: where marks stand, what they are called and where they lead.</summary>
public sealed class TimelineTests : BunitContext
{
    private static readonly DateTimeOffset End = Samples.Start.AddSeconds(100);

    [Fact]
    public void Notes_that_are_close_together_are_one_mark_that_tells_all()
    {
        var lane = Notes(10, 11, 12.5, 60);
        var places = TimelineLayout.Of(lane, Samples.Start, End);

        Assert.Equal([3, 1], places.Select(p => p.Marks.Count));
        Assert.Equal("3 notes", TimelineLanes.LabelOf(lane, places[0]));
        Assert.Equal("3 notes: words of 10; words of 11; words of 12.5", TimelineLanes.WordsOf(lane, places[0]));
        Assert.Equal((10.0, 60.0), (places[0].From, places[1].From));
    }

    [Fact]
    public void No_two_marks_of_a_row_lie_on_one_another_however_many_there_are()
    {
        var random = new Random(7);
        for (var run = 0; run < 200; run++)
        {
            var lane = new TimelineLane("traces", [.. Enumerable.Range(0, random.Next(1, 60)).Select(i => Bar(random.NextDouble() * 100, random.NextDouble() * (i % 7 == 0 ? 60 : 3)))]) { Rows = 2 };
            var places = TimelineLayout.Of(lane, Samples.Start, End);
            Assert.Equal(lane.Marks.Count, places.Sum(p => p.Marks.Count));
            foreach (var row in places.GroupBy(p => p.Row))
            {
                Assert.InRange(row.Key, 0, 1);
                foreach (var (one, other) in row.Zip(row.Skip(1))) Assert.True(one.To < other.From && one.LabelTo <= other.From + 1e-9 && one.LabelTo <= (other.LabelIsBefore ? other.LabelFrom : 100), $"{one} {other}");
                Assert.All(row, p => Assert.True(p is { From: >= 0, To: <= 100 } && p.To > p.From));
            }
        }
    }

    [Fact]
    public void Bars_that_overlap_go_below_one_another()
    {
        var places = TimelineLayout.Of(new TimelineLane("traces", [Bar(10, 20), Bar(15, 40), Bar(70, 5)]) { Rows = 2 }, Samples.Start, End);

        Assert.Equal([(0, 10.0, 30.0), (0, 70.0, 75.0), (1, 15.0, 55.0)], places.Select(p => (p.Row, Math.Round(p.From, 6), Math.Round(p.To, 6))).Order());
    }

    [Fact]
    public void What_lies_outside_the_chart_is_left_out_and_what_reaches_in_is_cut()
    {
        var places = TimelineLayout.Of(new TimelineLane("traces", [Bar(-50, 20), Bar(-10, 20), Bar(99.9, 50), Bar(200, 1)]) { Rows = 2 }, Samples.Start, End);

        Assert.Equal([(0.0, 10.0), (99.1, 100.0)], places.Select(p => (Math.Round(p.From, 6), Math.Round(p.To, 6))));
        Assert.Empty(TimelineLayout.Of(Notes(1), Samples.Start, Samples.Start));
    }

    [Fact]
    public void Every_mark_is_a_link_with_a_name_and_one_of_each_lane_is_in_the_order_of_tab()
    {
        var strip = Strip(new ViewLinks(Samples.ProcessId, new WindowState(null, 56, 79)));

        var marks = strip.FindAll(".mark");
        Assert.Equal(["snapshots", "traces", "findings", "notes"], strip.FindAll(".lane").Select(l => l.GetAttribute("aria-label")));
        Assert.Equal(5, marks.Count);
        Assert.All(marks, m => Assert.Equal(("A", true), (m.TagName.ToUpperInvariant(), m.GetAttribute("aria-label")!.Length > 5)));
        Assert.All(strip.FindAll(".lane"), l => Assert.Equal(1, l.QuerySelectorAll("[tabindex='0']").Length));
        Assert.Equal([$"/p/{Samples.ProcessId}", $"/p/{Samples.ProcessId}/trace?from=56&to=79&trace={Guid.Empty}&v=1"], marks.Take(2).Select(m => m.GetAttribute("href")));
        Assert.StartsWith($"/p/{Samples.ProcessId}/findings/S01?", marks[3].GetAttribute("href"), StringComparison.Ordinal);
        Assert.EndsWith($"#{TimelineLanes.IdOf(Note)}", marks[4].GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_finding_that_grows_begins_where_the_growth_began()
    {
        var began = Samples.Start.AddSeconds(30);
        var overview = Overview() with { Total = Overview().Total with { ChangePoints = [new ChangePointWire(began, 0, 400_000, 0, "")] } };
        var finding = Assert.Single(TimelineLanes.Of(null, overview, FindingSamples.Findings(FindingSamples.Finding()), []).Single(l => l.Slug == "findings").Marks);

        Assert.Equal((began, overview.Window.To), (finding.From, finding.To));
        Assert.Contains("grows since 15:41:29", finding.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void Frozen_nothing_leads_to_the_server_and_what_files_and_notes_are_called_is_text()
    {
        var strip = Strip(null);

        Assert.Empty(strip.FindAll("a, script, img, [onerror], [style]"));
        Assert.Contains(Samples.Hostile, strip.Find(".lane-traces .mark-label").TextContent, StringComparison.Ordinal);
        Assert.Contains(Samples.Hostile, strip.Find(".lane-notes [role=button]").GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    private static readonly NoteWire Note = new(Guid.Parse("01234567-89ab-cdef-0123-456789abcdef"), Samples.Start.AddSeconds(20), Samples.Start.AddSeconds(40), Samples.Hostile, null, null, Samples.Start, null);

    private static OverviewWire Overview() => Samples.Overview(Samples.Region()) with
    {
        Timeline = new TimelineWire(Samples.Start, End, [new SnapshotRunWire(1, 91, Samples.Start, End, 91)]),
        Traces = [Trace(5, 15, Samples.Hostile + ".txt"), Trace(30, 40, "two.txt")],
    };

    private static TraceWire Trace(double from, double to, string file) => new(Guid.Empty, "bpftrace", 7, Samples.Start.AddSeconds(from), Samples.Start.AddSeconds(to), "", [], Guid.Empty, file);

    private static TimelineMark Bar(double at, double length) => new("x", Samples.Start.AddSeconds(at), Samples.Start.AddSeconds(at + length), "x");

    private static TimelineLane Notes(params double[] at) =>
        new("notes", [.. at.Select(s => new TimelineMark("n", Samples.Start.AddSeconds(s), Samples.Start.AddSeconds(s), FormattableString.Invariant($"words of {s}")))]) { HasMoments = true };

    private IRenderedComponent<TimelineStrip> Strip(ViewLinks? links) => Render<TimelineStrip>(p =>
    {
        p.Add(c => c.From, Samples.Start).Add(c => c.To, End).Add(c => c.Overview, Overview()).Add(c => c.Findings, FindingSamples.Findings(FindingSamples.Finding())).Add(c => c.Notes, [Note]);
        if (links is not null) p.AddCascadingValue(links);
    });
}
