using Bunit;
using MemScope.Web.Components;
using MemScope.Web.Components.Charts;
using MemScope.Web.Components.Pages.Overview;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>What the overview says of heap profiles.</summary>
public sealed class HeapLegendTests : BunitContext
{
    private static readonly Guid Profile = Guid.Parse("01a1fba8-0000-7000-8000-0000000ea700");

    [Fact]
    public void A_profile_is_named_with_what_it_holds_and_leads_to_its_callchains()
    {
        var legend = Legend(true, Course() with { Residual = Residual(0.97) });
        Assert.Contains("Heap profile: heaptrack, 570 KiB live", Words(legend), StringComparison.Ordinal);
        Assert.Contains("97 % of the growth is not in it", Words(legend), StringComparison.Ordinal);
        var link = legend.Find("a");
        Assert.Contains($"trace={Profile}", link.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("weight=live", link.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal("by the profiler's own RSS, within 40 ms", link.GetAttribute("title"));
    }

    [Fact]
    public void Without_a_profile_one_can_be_added_and_a_frozen_view_only_says_so()
    {
        Assert.Equal("Heap profile: none.Add", Words(Legend(true)));
        Assert.Equal("/upload", Legend(true).Find("a").GetAttribute("href"));
        Assert.Equal("Heap profile: none.", Words(Legend(false)));
        Assert.Empty(Legend(false, Course()).FindAll("a"));
    }

    [Fact]
    public void An_allocators_own_figures_are_called_that_and_a_course_of_another_time_says_when_it_was()
    {
        Assert.Contains("Allocator: malloc-info, 570 KiB in use", Words(Legend(true, Course() with { HeapProfileId = Guid.Empty, Tool = "malloc-info" })), StringComparison.Ordinal);
        Assert.Empty(Legend(true, Course() with { HeapProfileId = Guid.Empty }).FindAll("a"));
        var before = Course() with { LiveAtEndBytes = null };
        Assert.Contains("570 KiB live at 15:41:09", Words(Legend(true, before)), StringComparison.Ordinal);
        Assert.Contains("outside this window", Words(Legend(true, before with { Times = [], LiveBytes = [] })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, "0 %")]
    [InlineData(0.004, "< 1 %")]
    [InlineData(0.5, "50 %")]
    [InlineData(0.996, "> 99 %")]
    [InlineData(1.0, "100 %")]
    public void A_share_that_is_neither_all_nor_nothing_is_not_rounded_to_either(double share, string words) => Assert.Equal(words, HeapWords.Percent(share));

    [Fact]
    public void Names_from_captures_are_text()
    {
        var hostile = Course() with { FileName = "<img src=x onerror=alert(1)>", Tool = "<b>x</b>" };
        Assert.Empty(Legend(true, hostile).FindAll("img, b"));
        Assert.Empty(Render<HeapTable>(p => p.Add(c => c.Heaps, Courses(hostile))).FindAll("img, b"));
    }

    [Fact]
    public void The_frozen_picture_has_the_line_inside_its_axis_whatever_a_profiler_calls_live()
    {
        var picture = Render<StackPicture>(p => p.Add(c => c.Series, Samples.Series(1 << 20, 2 << 20, 3 << 20, 4 << 20)).Add(c => c.Label, "x")
            .Add(c => c.Heaps, [Course() with { LiveBytes = [1 << 20, 1 << 20] }, Course() with { LiveBytes = [0, long.MaxValue] }]));
        var lines = picture.FindAll("polyline.heap-line").Select(l => l.GetAttribute("points")!.Trim().Split(' ')).ToList();
        Assert.Equal([2, 2], lines.Select(l => l.Length));
        // 4 MiB are the highest point, and the heap of the second takes no more than as much again.
        Assert.All(lines[0], point => Assert.InRange(double.Parse(point.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture), 800, 950));
        Assert.Empty(Render<StackPicture>(p => p.Add(c => c.Series, Samples.Series(1, 2)).Add(c => c.Label, "x")).FindAll("polyline"));
    }

    private static HeapCourseWire Course() => new(Profile, "heaptrack", "resident-size", "by the profiler's own RSS, within 40 ms", [Samples.Start, Samples.Start.AddSeconds(10)], [570 << 10, 570 << 10])
    {
        LiveAtEndBytes = 570 << 10, FirstAt = Samples.Start, LastAt = Samples.Start.AddSeconds(10),
    };

    private static ResidualWire Residual(double share) => new(Profile, "heaptrack", Samples.Start, Samples.Start.AddSeconds(10), 100, 3, 0, 97, share);

    private static HeapCoursesWire Courses(params HeapCourseWire[] items) => new(Samples.Window(), items) { HeapProfiles = items.Length };

    private IRenderedComponent<ChartLegend> Legend(bool isLive, params HeapCourseWire[] items) => Render<ChartLegend>(p =>
    {
        p.Add(c => c.Heaps, Courses(items));
        if (isLive) p.AddCascadingValue(new ViewLinks(Samples.ProcessId, new WindowState()));
    });

    private static string Words(IRenderedComponent<ChartLegend> legend) => string.Join(' ', legend.Find("ul").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
