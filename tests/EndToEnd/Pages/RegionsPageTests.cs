using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>The list of regions: what is selected and what narrows it stands in the address.</summary>
[Collection(nameof(Site))]
public sealed class RegionsPageTests(Site site)
{
    [Fact]
    public async Task A_selection_extends_by_shift_stands_in_the_address_and_is_all_that_o_leaves()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions?from=56&to=79&sort=rss", "tbody .row-link");
        await page.Locator("tbody input").Nth(0).ClickAsync();
        await Assertions.Expect(page.Locator(".selection")).ToContainTextAsync("1 region selected");
        await page.Locator("tbody input").Nth(3).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Assertions.Expect(page.Locator(".selection")).ToContainTextAsync("4 regions selected");
        await Assertions.Expect(page.Locator(".strip .picked")).ToHaveCountAsync(4);

        await using var colleague = await site.VisitAsync();
        var copy = await colleague.OpenAsync(new Uri(page.Url).PathAndQuery, ".selection");
        Assert.Equal(await page.Locator(".selection").InnerTextAsync(), await copy.Locator(".selection").InnerTextAsync());

        await copy.Locator("h2").First.ClickAsync();
        await copy.Keyboard.PressAsync("o");
        await Assertions.Expect(copy.Locator("tbody .row-link")).ToHaveCountAsync(4);
        await Assertions.Expect(copy.Locator(".filterbar .toggle[aria-current]")).ToContainTextAsync("only selected");
        await copy.Keyboard.PressAsync("Escape");
        await Assertions.Expect(copy.Locator(".selection")).ToHaveCountAsync(0);
        await Assertions.Expect(copy.Locator("tbody .row-link")).Not.ToHaveCountAsync(4);
        Assert.Equal("", visitor.Complaints + colleague.Complaints);
    }

    [Fact]
    public async Task A_click_in_the_strip_selects_what_the_table_shows_as_selected()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions", ".strip a");
        await page.Locator($".strip a[href*='{site.Region}']").ClickAsync();
        await Assertions.Expect(page.Locator($"tbody tr.selected a[href*='{site.Region}']")).ToHaveCountAsync(1);
        Assert.Contains($"sel={site.Region}", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_stack_and_are_dropped_one_by_one()
    {
        var all = (await site.Server.JsonAsync($"api/v1/processes/{site.Leak}/regions?limit=1000")).GetProperty("items").EnumerateArray().Where(r => r.GetProperty("alive").GetBoolean()).ToList();
        var resident = all.Count(r => r.GetProperty("rssBytes").GetInt64() > 0);
        var data = all.Count(r => r.GetProperty("rssBytes").GetInt64() > 0 && r.GetProperty("category").GetString() != "file-text");

        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions?is=resident", "tbody .row-link");
        await Assertions.Expect(page.Locator(".filterbar [role=status]").First).ToContainTextAsync($"{resident} of ");
        await page.GetByText("+ not", new() { Exact = true }).ClickAsync();
        await page.Locator(".menu[open] .menu-body").GetByText("Code", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator(".filterbar [role=status]").First).ToContainTextAsync($"{data} of ");
        Assert.Contains("is=resident,-file-text", page.Url, StringComparison.Ordinal);

        await page.Locator(".filterbar .toggle[aria-current]").First.ClickAsync();
        await Assertions.Expect(page.Locator(".filterbar .toggle[aria-current]")).ToHaveCountAsync(1);
        Assert.Contains("is=-file-text", page.Url, StringComparison.Ordinal);
        Assert.Equal("", visitor.Complaints);
    }
}
