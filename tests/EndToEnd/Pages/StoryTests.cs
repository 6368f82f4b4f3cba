using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>The investigation in the browser: from files to the link that goes into the ticket.</summary>
[Collection(nameof(Site))]
public sealed partial class StoryTests(Site site)
{
    [Fact]
    public async Task From_two_uploads_over_the_chart_to_a_copied_address_that_shows_the_same()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync("/upload", ".drop");
        await page.GetByLabel("Host").FillAsync("story-host");
        await page.GetByLabel("Process id").FillAsync("32305");
        var cases = Hosting.Repository.PathOf("tests", "fixtures", "cases", "ucx-leak");
        await page.GetByLabel("Choose files").SetInputFilesAsync([Path.Combine(cases, "smaps.tar.gz"), Hosting.Repository.PathOf("tests", "fixtures", "bpftrace", "ucx-leak.txt.gz")]);
        await Assertions.Expect(page.GetByText("Stored")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Link, new() { Name = "Open the process" }).First.ClickAsync();
        await visitor.ChartAsync();

        await DragOverChartAsync(page, 0.6, 0.85);
        await AtAsync(page, DiffAddress());
        await page.GetByText("Address space of both").WaitForAsync();

        await page.Locator("tbody a.row-link").First.ClickAsync();
        await AtAsync(page, RegionAddress());
        await visitor.ChartAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Who maps it" }).ClickAsync();
        await page.Locator(".icicle").WaitForAsync();
        await page.Locator(".icicle a").Filter(new() { HasText = "ucs_rcache_mp_chunk_alloc" }).First.ClickAsync();
        await page.GetByText("Selected frame").WaitForAsync();

        await using var colleague = await site.VisitAsync();
        await colleague.OpenAsync(new Uri(page.Url).PathAndQuery, ".icicle .picked");
        Assert.Equal(await page.Locator("main .body").InnerTextAsync(), await colleague.Page.Locator("main .body").InnerTextAsync());
        Assert.Equal("", visitor.Complaints + colleague.Complaints);
    }

    [Fact]
    public async Task A_click_views_a_snapshot_a_double_click_shows_all_and_back_goes_back()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}", ".chart[data-ready=true]");

        await ClickChartAsync(page, 0.5);
        await AtAsync(page, ViewAddress());
        await Assertions.Expect(page.Locator(".window-span b").Last).Not.ToHaveTextAsync("#91");

        await page.GoBackAsync();
        await Assertions.Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#91");
        await page.GoForwardAsync();
        await Assertions.Expect(page.Locator(".window-span b").Last).Not.ToHaveTextAsync("#91");

        var area = await AreaAsync(page);
        await page.Mouse.DblClickAsync(area.X + area.Width / 3, area.Y + area.Height / 2);
        await Assertions.Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#91");
    }

    [Fact]
    public async Task Keys_lead_through_the_views()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}?from=56&to=79", ".chart[data-ready=true]");

        await page.Keyboard.PressAsync("d");
        await AtAsync(page, DiffAddress());
        await page.GetByText("Address space of both").WaitForAsync();
        await page.Keyboard.PressAsync("]");
        await Assertions.Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#80");
        await page.Keyboard.PressAsync("[");
        await Assertions.Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#79");
        await page.Keyboard.PressAsync("0");
        await Assertions.Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#91");
        await page.Keyboard.PressAsync("s");
        await page.Locator(".icicle").WaitForAsync();
        await page.Keyboard.PressAsync("r");
        await page.Locator("table.regions").WaitForAsync();
        await page.Keyboard.PressAsync("/");
        await Assertions.Expect(page.GetByLabel("Filter regions")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("libucs");
        await Assertions.Expect(page.Locator("tfoot")).ToContainTextAsync("shown by the filter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("[?&]q=libucs\\b", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_hex_address_finds_its_region()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions?q=0x7f1f60000123");

        await Assertions.Expect(page.Locator("tbody tr:has(.row-link)")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("tbody .row-link")).ToContainTextAsync("7f1f62200000");
    }

    [Fact]
    public async Task The_rows_of_the_diff_add_up_to_its_total_on_the_page()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/diff?from=56&to=79");

        var deltas = await page.Locator("tbody tr:not(.group) td:nth-child(6)").AllInnerTextsAsync();
        var total = await page.Locator("tfoot td:nth-child(6)").InnerTextAsync();
        Assert.NotEqual(0, KiB(total));
        Assert.Equal(KiB(total), deltas.Sum(KiB));
    }

    [Fact]
    public async Task The_theme_is_kept_and_the_page_begins_in_it()
    {
        await using var visitor = await site.VisitAsync("light");
        var page = await visitor.OpenAsync($"/p/{site.Leak}", ".chart[data-ready=true]");
        await page.GetByLabel("Light or dark").ClickAsync();

        var answer = await page.ReloadAsync();
        Assert.Contains("data-theme=\"dark\"", await answer!.TextAsync(), StringComparison.Ordinal);
        await visitor.ChartAsync();
        Assert.Equal("rgb(20, 24, 31)", await page.Locator("body").EvaluateAsync<string>("e => getComputedStyle(e).backgroundColor"));
    }

    [Fact]
    public async Task The_chart_offers_no_upload_of_its_data()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.OpenAsync($"/p/{site.Leak}", ".chart[data-ready=true]");
        await visitor.Page.Locator(".chart").HoverAsync();

        await Assertions.Expect(visitor.Page.Locator(".modebar-btn")).ToHaveCountAsync(0);
        Assert.DoesNotContain("plot.ly", await visitor.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_figures_of_the_chart_can_be_read_as_a_table()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}", ".chart[data-ready=true]");
        await page.GetByText("The figures as a table").ClickAsync();

        await Assertions.Expect(page.Locator(".chart-data tbody tr")).ToHaveCountAsync(91);
        await Assertions.Expect(page.Locator(".chart-data thead")).ToContainTextAsync("Anonymous MiB");
    }

    internal static async Task<LocatorBoundingBoxResult> AreaAsync(IPage page) => (await page.Locator(".chart .nsewdrag").First.BoundingBoxAsync())!;

    // Asks for the address again and again. Waiting for the navigation itself misses one that the page does within its document while the wait begins.
    private static Task AtAsync(IPage page, Regex address) => Assertions.Expect(page).ToHaveURLAsync(address, new() { Timeout = 15_000 });

    private static async Task ClickChartAsync(IPage page, double at)
    {
        var area = await AreaAsync(page);
        await page.Mouse.ClickAsync((float)(area.X + area.Width * at), area.Y + area.Height / 2);
    }

    internal static async Task DragOverChartAsync(IPage page, double from, double to)
    {
        var area = await AreaAsync(page);
        var y = area.Y + area.Height / 2;
        await page.Mouse.MoveAsync((float)(area.X + area.Width * from), y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync((float)(area.X + area.Width * to), y, new() { Steps = 8 });
        await page.Mouse.UpAsync();
    }

    private static long KiB(string text) =>
        text.Trim() is "—" ? 0 : long.Parse(text.Trim().Replace('\u2212', '-'), NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"/diff\?.*from=\d+&to=\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DiffAddress();

    [GeneratedRegex(@"/regions/[0-9a-f-]{36}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegionAddress();

    [GeneratedRegex(@"/p/[0-9a-f-]{36}\?to=\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ViewAddress();
}
