using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>What stands in the address is what the page shows, or the page says so.</summary>
[Collection(nameof(Site))]
public sealed partial class AddressTests(Site site)
{
    [Fact]
    public async Task An_address_with_the_names_of_the_api_is_upgraded_before_the_page_reads_it()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/diff?base=56&current=79");

        await Assertions.Expect(page.Locator(".window-span b").First).ToHaveTextAsync("#56");
        await Assertions.Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#79");
        await Assertions.Expect(page).ToHaveURLAsync(Upgraded());
        await Assertions.Expect(page.Locator(".address-problem")).ToHaveCountAsync(0);

        // The old form left no trace in the history.
        await page.GetByRole(AriaRole.Link, new() { Name = "Ledger", Exact = true }).ClickAsync();
        await page.Locator(".ledger-table").WaitForAsync();
        await page.GoBackAsync();
        await Assertions.Expect(page).ToHaveURLAsync(Upgraded());
        Assert.Equal("", visitor.Complaints);
    }

    [Theory]
    [InlineData("/p/{0}?v=2&to=79", "version 2 of addresses")]
    [InlineData("/p/{0}?metric=<script>alert(1)</script>", "metric=<script>alert(1)</script> (known are rss")]
    [InlineData("/p/{0}/diff?group=shape&v=1", "group=shape (known are flat")]
    [InlineData("/p/{0}/regions?form=56", "form=56 (not known on this page)")]
    [InlineData("/p/{0}/trace?trace=5", "trace=5 (an id is needed)")]
    [InlineData("/compare?by=1", "by=1 (not known on this page)")]
    public async Task What_a_page_does_not_understand_it_says(string path, string said)
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, site.Leak), "main .body h1, main .body h2, main .body table");

        await Assertions.Expect(page.Locator(".address-problem")).ToContainTextAsync(said);
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task A_copied_link_has_both_ends_of_the_window_and_its_track()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions?q=libucs", "main table");

        Assert.EndsWith($"/p/{site.Leak}/regions?q=libucs&source=smaps&from=1&to=91&v=1", await visitor.CopyLinkAsync(), StringComparison.Ordinal);
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("regions\\?q=libucs&v=1$", RegexOptions.None, TimeSpan.FromSeconds(1))); // the page itself goes on following

        await visitor.OpenAsync($"/p/{site.Leak}/diff?from=56&to=79&v=1");
        Assert.EndsWith("/diff?from=56&to=79&source=smaps&v=1", await visitor.CopyLinkAsync(), StringComparison.Ordinal);

        await visitor.OpenAsync($"/compare?base={site.Leak}&current={site.Fixed}:40&group=backing");
        Assert.EndsWith($"/compare?group=backing&base={site.Leak}:1-91&baseSource=smaps&current={site.Fixed}:1-40&currentSource=smaps&v=1", Uri.UnescapeDataString(await visitor.CopyLinkAsync()), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"/diff\?from=56&to=79&v=1$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Upgraded();
}
