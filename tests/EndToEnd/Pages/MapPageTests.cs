using System.Globalization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>The map of the address space: what it shows is in the address, and the keyboard reaches all of it.</summary>
[Collection(nameof(Site))]
public sealed partial class MapPageTests(Site site)
{
    private const string Ready = ".space[data-ready=true][data-drawn]";

    [Fact]
    public async Task The_slider_goes_through_the_snapshots_and_the_address_follows()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions/map", Ready);
        var first = await MappingsAsync(1);
        await page.Locator(".space-slider").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Assertions.Expect(page.Locator(".space")).ToHaveAttributeAsync("data-number", "1");
        await Assertions.Expect(page.Locator(".space")).ToHaveAttributeAsync("data-mappings", first.ToString(CultureInfo.InvariantCulture));
        await page.Keyboard.PressAsync("]");
        await Assertions.Expect(page.Locator(".space")).ToHaveAttributeAsync("data-number", "2");
        await Assertions.Expect(page).ToHaveURLAsync(SecondSnapshot());
        await Assertions.Expect(page.Locator(".space-when")).ToContainTextAsync("#2,");
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task Arrows_reach_a_mapping_the_zoom_stands_in_the_address_and_enter_opens_the_region()
    {
        var lowest = (await site.Server.JsonAsync($"api/v1/processes/{site.Leak}/map")).GetProperty("starts")[1].GetString()!;
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions/map", Ready);
        await page.Locator(".space-plot").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Locator(".space-current")).ToContainTextAsync(lowest);

        await page.Keyboard.PressAsync("+");
        await Assertions.Expect(page).ToHaveURLAsync(SomeSpan());
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page).Not.ToHaveURLAsync(SomeSpan());
        await page.GoBackAsync();
        await Assertions.Expect(page.Locator(".space-span")).ToContainTextAsync(" of ");

        await page.Locator(".space-plot").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".region-title").WaitForAsync();
        await Assertions.Expect(page.Locator(".region-title")).ToContainTextAsync(lowest);
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task A_link_shows_the_same_snapshot_span_scale_and_selection_to_somebody_else()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions/map?at=79&from=56&scale=linear&sel={site.Region}&span=7f1f5fdc5000-7f1f62200000&v=1", Ready);
        await Assertions.Expect(page.Locator(".space")).ToHaveAttributeAsync("data-number", "79");
        await Assertions.Expect(page.Locator("[data-scale=linear]")).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(page.Locator(".space-span")).ToContainTextAsync("1 of ");
        await Assertions.Expect(page.Locator(".selection")).ToContainTextAsync("1 region selected");
        await page.Locator(".space-table summary").ClickAsync();
        await Assertions.Expect(page.Locator(".space-table tbody tr")).ToHaveCountAsync(1);
        await page.Locator("[data-zoom=all]").ClickAsync();
        await Assertions.Expect(page.Locator(".space-table tbody tr")).ToHaveCountAsync(await MappingsAsync(79));
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Form" }).GetByText("List").ClickAsync();
        await Assertions.Expect(page.Locator("tr.selected")).ToHaveCountAsync(1);
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task A_drag_zooms_and_a_click_selects()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions/map?scale=linear&v=1", Ready);
        var area = (await page.Locator(".space-canvas").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(area.X + area.Width * 0.3f, area.Y + 30);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(area.X + area.Width * 0.4f, area.Y + 30, new() { Steps = 3 });
        await page.Mouse.UpAsync();
        await Assertions.Expect(page).ToHaveURLAsync(SomeSpan());
        await page.Locator(".space-canvas").ClickAsync(new() { Position = new() { X = area.Width / 2, Y = 60 } });
        await Assertions.Expect(page).ToHaveURLAsync(SomeSelection());
        await Assertions.Expect(page.Locator(".selection")).ToContainTextAsync("1 region selected");
        Assert.Equal("", visitor.Complaints);
    }

    [Theory]
    [InlineData("light", 1440)]
    [InlineData("dark", 390)]
    public async Task The_map_has_no_violation_and_does_not_scroll_sideways(string theme, int width)
    {
        await using var visitor = await site.VisitAsync(theme, width);
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions/map?at=79&sel={site.Region}&v=1", Ready);
        await page.Locator(".space-table summary").ClickAsync();
        await page.Locator(".space-table tbody tr").First.WaitForAsync();
        var found = (await page.RunAxe()).Violations.Select(v => $"{v.Id} ({v.Impact}): {string.Join(" | ", v.Nodes.Take(4).Select(n => n.Html))}");
        Assert.Equal("", string.Join('\n', found));
        Assert.False(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > innerWidth"));
    }

    private async Task<int> MappingsAsync(int number) =>
        (await site.Server.JsonAsync(string.Create(CultureInfo.InvariantCulture, $"api/v1/processes/{site.Leak}/snapshots/{number}"))).GetProperty("vmas").GetArrayLength();

    [GeneratedRegex("[?&]at=2&", RegexOptions.None, 1000)]
    private static partial Regex SecondSnapshot();

    [GeneratedRegex("span=[0-9a-f]+-[0-9a-f]+", RegexOptions.None, 1000)]
    private static partial Regex SomeSpan();

    [GeneratedRegex("sel=[0-9a-f-]{36}", RegexOptions.None, 1000)]
    private static partial Regex SomeSelection();
}
