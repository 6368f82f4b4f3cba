using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>What holds the pages together: the search, the breadcrumbs, the way from page to page, the list of processes.</summary>
[Collection(nameof(Site))]
public sealed partial class ShellPageTests(Site site)
{
    [Fact]
    public async Task From_the_search_box_to_a_region_and_back_to_the_list_by_keys_and_breadcrumbs()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}", ".next a");
        var region = await RegionAsync();

        await page.Keyboard.PressAsync("/");
        await Assertions.Expect(page.GetByLabel("Search everything")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("0x" + region.Start);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(SearchAddress());
        Assert.Contains($"in={site.Leak}", page.Url, StringComparison.Ordinal); // the process in view goes first
        await page.Locator(".hits a.step").First.WaitForAsync();
        await page.Keyboard.PressAsync("Escape"); // out of the box
        await page.Keyboard.PressAsync("j");
        await Assertions.Expect(page.Locator(".hits a.step").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        var crumbs = page.GetByRole(AriaRole.Navigation, new() { Name = "Breadcrumb" });
        await Assertions.Expect(crumbs.Locator("[aria-current=page]")).ToContainTextAsync($"{region.Start}–{region.End}");
        await Assertions.Expect(crumbs.Locator("li")).ToHaveCountAsync(5);
        await crumbs.GetByRole(AriaRole.Link, new() { Name = "debian12" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(HostAddress());
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(await CountAsync(p => p.Host == "debian12"));
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task A_search_without_a_result_says_what_was_looked_through_and_what_can_be_asked()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync("/search?q=no_such_thing_anywhere", ".empty");

        await Assertions.Expect(page.Locator(".empty")).ToContainTextAsync("processes by name, host, pid");
        await Assertions.Expect(page.Locator(".empty")).ToContainTextAsync("functions of");
        await Assertions.Expect(page.Locator(".search-help dt")).ToHaveCountAsync(5);
    }

    [Fact]
    public async Task The_line_at_the_end_of_each_page_leads_from_the_growth_to_the_proof()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}?from=56&to=79", ".next a");
        var next = page.GetByRole(AriaRole.Navigation, new() { Name = "Next step" });

        await next.GetByRole(AriaRole.Link, new() { Name = "Which regions grow" }).ClickAsync();
        await page.Locator("table.regions").WaitForAsync();
        await next.GetByRole(AriaRole.Link, new() { Name = "Who mapped it" }).ClickAsync();
        await page.Locator(".icicle").WaitForAsync();
        // The finding is judged behind the page; until then the list of findings is next.
        await next.GetByRole(AriaRole.Link, new() { Name = "Why", Exact = true }).ClickAsync();
        await page.Locator(".evidence-rows").First.WaitForAsync();
        Assert.Contains("from=56&to=79", page.Url, StringComparison.Ordinal);
        await next.GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(CompareAddress());
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task The_list_is_filtered_and_ordered_by_links_that_show_the_same_to_somebody_else()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync("/");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Verdict" }).GetByRole(AriaRole.Link, new() { Name = "Healthy" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(VerdictAddress());
        await page.Locator("thead a").Filter(new() { HasText = "RSS" }).ClickAsync();
        await Assertions.Expect(page.Locator("th[aria-sort=descending]")).ToContainTextAsync("RSS");
        await Assertions.Expect(page.Locator("tbody .chip.healthy")).ToHaveCountAsync(await page.Locator("tbody tr").CountAsync());

        await using var colleague = await site.VisitAsync();
        await colleague.OpenAsync(new Uri(page.Url).PathAndQuery);
        Assert.Equal(await page.Locator("tbody").InnerTextAsync(), await colleague.Page.Locator("tbody").InnerTextAsync());
        Assert.Equal("", visitor.Complaints + colleague.Complaints);
    }

    [Fact]
    public async Task Filters_that_leave_nothing_say_what_was_looked_for_and_how_to_drop_it()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync("/?host=nowhere&verdict=leak&v=1", ".empty");
        await Assertions.Expect(page.Locator(".empty")).ToContainTextAsync("host nowhere, verdict leak");
        await page.GetByRole(AriaRole.Link, new() { Name = "Show all" }).ClickAsync();
        await Assertions.Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Files_wait_are_sent_are_read_and_each_ends_with_what_came_of_it()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync("/upload", ".drop");
        await page.GetByLabel("Host").FillAsync("upload-host");
        await page.GetByLabel("Process id").FillAsync("22854");
        await page.GetByLabel("Choose files").SetInputFilesAsync([
            new FilePayload { Name = "noise.bin", MimeType = "application/octet-stream", Buffer = [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 167))] },
            new FilePayload { Name = "smaps.tar.gz", MimeType = "application/gzip", Buffer = await File.ReadAllBytesAsync(Fixtures.Case("plateau", "smaps.tar.gz")) }]);

        await Assertions.Expect(page.Locator(".upload-sum")).ToHaveTextAsync("1 of 2 files taken, 1 refused");
        var same = await site.Server.JsonAsync($"api/v1/processes/{site.Healthy}");
        await Assertions.Expect(page.Locator(".uploaded").Filter(new() { HasText = "smaps.tar.gz" })).ToContainTextAsync($"{same.GetProperty("snapshots").GetInt32()} snapshots");
        await Assertions.Expect(page.Locator(".uploaded").Filter(new() { HasText = "noise.bin" }).GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("progress")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("/search?q=ucs", ".hits", "light", 1440)]
    [InlineData("/search?q=ucs", ".hits", "dark", 390)]
    [InlineData("/search?q=no_such_thing_anywhere", ".empty", "dark", 1440)]
    [InlineData("/?verdict=leak&sort=growth&host=debian12&q=ucx", ".filterbar", "light", 390)]
    [InlineData("/?verdict=leak&sort=growth&host=debian12&q=ucx", "main table", "dark", 1440)]
    public async Task A_page_of_the_frame_has_no_violation_and_fits(string path, string ready, string theme, int width)
    {
        await using var visitor = await site.VisitAsync(theme, width);
        await visitor.OpenAsync(path, ready);

        Assert.Equal("", string.Join('\n', (await visitor.Page.RunAxe()).Violations.Select(v => $"{v.Id} ({v.Impact}): {string.Join(" | ", v.Nodes.Take(4).Select(n => n.Html))}")));
        Assert.True(await visitor.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth") <= 0, "wider than the screen");
        Assert.Equal("", visitor.Complaints);
    }

    private async Task<(string Start, string End)> RegionAsync()
    {
        var region = await site.Server.JsonAsync($"api/v1/processes/{site.Leak}/regions/{site.Region}");
        return (region.GetProperty("start").GetString()!, region.GetProperty("end").GetString()!);
    }

    private async Task<int> CountAsync(Func<(string Host, string Kind), bool> passes)
    {
        var all = await site.Server.JsonAsync("api/v1/processes?limit=1000");
        return all.GetProperty("items").EnumerateArray().Count(p => passes((p.GetProperty("host").GetString()!, p.GetProperty("assessment").GetProperty("kind").GetString()!)));
    }

    [GeneratedRegex(@"/search\?q=0x[0-9a-f]+&in=", RegexOptions.None, 1000)]
    private static partial Regex SearchAddress();

    [GeneratedRegex(@"/\?host=debian12&v=1$", RegexOptions.None, 1000)]
    private static partial Regex HostAddress();

    [GeneratedRegex(@"/\?verdict=healthy", RegexOptions.None, 1000)]
    private static partial Regex VerdictAddress();

    [GeneratedRegex(@"/compare\?base=", RegexOptions.None, 1000)]
    private static partial Regex CompareAddress();
}
