using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>The page of traces in the browser.</summary>
[Collection(nameof(Site))]
public sealed partial class TracePageTests(Site site)
{
    [Fact]
    public async Task A_drag_over_a_chart_cuts_the_trace_to_absolute_times_and_leads_to_its_stacks()
    {
        await site.UploadAsync("tests/fixtures/cases/ucx-leak/smaps.tar.gz", "host=trace-page&pid=32305");
        var process = await site.UploadAsync("tests/fixtures/perf/ucx-leak.txt.gz", "host=trace-page&pid=32305&traceStart=2026-11-20T15:41:30.1Z");
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{process}/trace", ".chart[data-ready=true]");
        await Assertions.Expect(page.Locator(".chart[data-ready=true]")).ToHaveCountAsync(3);
        var whole = await page.Locator(".stat-value").First.InnerTextAsync();

        var area = await page.Locator(".chart").First.Locator(".nsewdrag").First.BoundingBoxAsync() ?? throw new InvalidOperationException("no chart");
        await page.Mouse.MoveAsync(area.X + (area.Width * 0.4f), area.Y + (area.Height / 2));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(area.X + (area.Width * 0.7f), area.Y + (area.Height / 2), new() { Steps = 8 });
        await page.Mouse.UpAsync();

        await Assertions.Expect(page).ToHaveURLAsync(Window(), new() { Timeout = 15_000 });
        await Assertions.Expect(page.Locator(".stat-value").First).Not.ToHaveTextAsync(whole);
        Assert.Contains("2026-11-20T15:41:3", await page.GetByRole(AriaRole.Link, new() { Name = "Who maps it" }).GetAttributeAsync("href"), StringComparison.Ordinal);

        await page.Keyboard.PressAsync("0");
        await Assertions.Expect(page.Locator(".stat-value").First).ToHaveTextAsync(whole);
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task Without_a_trace_the_page_says_how_to_make_one_and_on_a_telephone_nothing_leaves_it()
    {
        await using var visitor = await site.VisitAsync(width: 390);
        var page = await visitor.OpenAsync($"/p/{site.Healthy}/trace", ".command");
        await Assertions.Expect(page.GetByText("No trace yet")).ToBeVisibleAsync();

        await visitor.OpenAsync($"/p/{site.Leak}/trace", ".chart[data-ready=true]");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        Assert.Equal("", visitor.Complaints);
    }

    [GeneratedRegex(@"/trace\?from=2026-11-20T15:41:3\d\.\d{3}Z&to=2026-11-20T15:41:3\d\.\d{3}Z", RegexOptions.None, 1000)]
    private static partial Regex Window();
}
