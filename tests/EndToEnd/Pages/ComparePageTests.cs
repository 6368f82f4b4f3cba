using System.Globalization;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>Before and after the fix, side by side.</summary>
[Collection(nameof(Site))]
public sealed class ComparePageTests(Site site)
{
    private const double MiBPerMinute = 60.0 / (1 << 20);

    [Fact]
    public async Task The_fix_of_the_founding_case_is_proven_from_the_list_of_processes()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync("/");
        await page.GetByLabel("Compare ucx_leak 14773 on debian12").CheckAsync();
        await page.GetByLabel("Compare ucx_leak 32305 on debian12").CheckAsync();
        await page.Locator(".selection").GetByRole(AriaRole.Link, new() { Name = "Compare" }).ClickAsync();
        await page.Locator(".overlay").WaitForAsync();

        // The run with the fix was captured earlier; the story goes the other way round.
        await page.Keyboard.PressAsync("x");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"base={site.Leak}&current={site.Fixed}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        var rate = (Api.Truth.SlopeOfRss("ucx-leak") * MiBPerMinute).ToString("0.0", CultureInfo.InvariantCulture);
        await Assertions.Expect(page.Locator(".answer")).ToContainTextAsync($"A grows by {rate} MiB/min (linear), B does not (flat): the growth of A is gone in B.");
        await Assertions.Expect(page.Locator(".answer")).ToContainTextAsync("less in anonymous memory");

        var growth = page.Locator(".growth-pairs");
        await Assertions.Expect(growth.Locator("tbody tr").First).ToContainTextAsync("Anonymous");
        await Assertions.Expect(growth.Locator("tbody tr").First).ToContainTextAsync("slower in B");
        await Assertions.Expect(growth.Locator("tfoot")).ToContainTextAsync($"\u2212{rate}");

        var leak = Api.Truth.RssOfText("ucx-leak")[^1];
        var table = page.Locator("table").Last;
        await Assertions.Expect(table.Locator("tfoot td:nth-child(4)")).ToHaveTextAsync((leak / 1024).ToString("N0", CultureInfo.InvariantCulture));
        Assert.Equal(KiB(await table.Locator("tfoot td:nth-child(6)").InnerTextAsync()), (await table.Locator("tbody tr:not(.group) td:nth-child(6)").AllInnerTextsAsync()).Sum(KiB));
        await Assertions.Expect(table.Locator("tbody tr:not(.group)").First).ToContainTextAsync("unnamed, largest");
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task The_address_holds_all_that_is_shown()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/compare?base={site.Leak}&current={site.Fixed}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Grouped" }).ClickAsync();
        await page.Locator("tr.backing").First.WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Private dirty", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("table").Last.Locator("thead")).ToContainTextAsync("Private dirty in A");
        await page.GetByLabel("Side B", new() { Exact = true }).SelectOptionAsync("20");
        await Assertions.Expect(page.Locator("table").Last.Locator("tfoot")).ToContainTextAsync("mappings in A");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("libuc");
        await Assertions.Expect(page.Locator("table").Last.Locator("tfoot")).ToContainTextAsync("shown; all rows add up to");

        await using var colleague = await site.VisitAsync();
        await colleague.OpenAsync(new Uri(page.Url).PathAndQuery, "tr.backing");
        await Assertions.Expect(colleague.Page.Locator("table").Last.Locator("tfoot")).ToContainTextAsync("shown; all rows add up to");
        Assert.Equal(await page.Locator("table").Last.InnerTextAsync(), await colleague.Page.Locator("table").Last.InnerTextAsync());
        Assert.Equal("", visitor.Complaints + colleague.Complaints);
    }

    [Fact]
    public async Task From_a_diff_to_another_process_and_into_a_ticket()
    {
        await using var sender = await site.VisitAsync();
        var page = await sender.OpenAsync($"/p/{site.Leak}/diff?from=56&to=79");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare with another process" }).ClickAsync();
        await page.GetByLabel("Process B").SelectOptionAsync(site.Fixed.ToString());
        await page.Locator(".overlay").WaitForAsync();
        await Assertions.Expect(page.GetByLabel("Side A", new() { Exact = true })).ToHaveValueAsync("79");
        await page.Keyboard.PressAsync("e");
        await page.GetByLabel("Title").FillAsync("The fix works");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        var url = await page.Locator("#share-url").InnerTextAsync();
        var markdown = await page.Locator("#share-markdown").InputValueAsync();
        Assert.Contains("the growth of A is gone in B", markdown, StringComparison.Ordinal);
        Assert.Contains("- Growth: +24.7 MiB", markdown, StringComparison.Ordinal);

        await using var reader = await site.VisitAsync();
        await reader.OpenAsync(new Uri(url).AbsolutePath, ".overlay");
        await Assertions.Expect(reader.Page.Locator(".answer").First).ToContainTextAsync("the growth of A is gone in B");
        Assert.Equal((0, 0), (reader.WebSockets, await reader.Page.Locator("main a[href]:not([download])").CountAsync()));
        Assert.Equal("", sender.Complaints + reader.Complaints);
    }

    [Theory]
    [InlineData("/compare?base=no&current=no", "The address names a process that is no id")]
    [InlineData("/compare?base=00000000-0000-0000-0000-000000000001&current=00000000-0000-0000-0000-000000000001", "there is no process of id")]
    public async Task What_does_not_exist_is_said_and_the_pickers_stay(string path, string words)
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync(path, ".empty");

        await Assertions.Expect(page.Locator(".empty")).ToContainTextAsync(words);
        await Assertions.Expect(page.GetByLabel("Process A")).ToBeVisibleAsync();
        Assert.Equal("", visitor.Complaints);
    }

    private static long KiB(string text) => text.Contains('\u2014', StringComparison.Ordinal) ? 0 : long.Parse(text.Replace('\u2212', '-').Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
