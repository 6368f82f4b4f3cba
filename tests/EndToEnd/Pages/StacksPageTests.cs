using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>Who mapped it, in the browser: weights, zoom, callers and callees, filters, copying, exports, shares.</summary>
[Collection(nameof(Site))]
public sealed class StacksPageTests(Site site)
{
    private string Stacks => $"/p/{site.Leak}/stacks";

    [Fact]
    public async Task From_the_weight_over_a_zoom_to_callers_and_callees_and_back()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync(Stacks, ".icicle");
        await page.GetByRole(AriaRole.Link, new() { Name = "Mapped", Exact = true }).First.ClickAsync();
        await Assertions.Expect(page.Locator(".segments a[aria-current=true]").First).ToHaveTextAsync("Mapped");

        await Box(page, "decode_step").ClickAsync();
        await Assertions.Expect(page.Locator(".frame-name")).ToHaveTextAsync("decode_step");
        Assert.Contains("at=decode_step~", page.Url, StringComparison.Ordinal);
        await page.GetByText("Callers and callees", new() { Exact = false }).First.ClickAsync();
        await Assertions.Expect(page.Locator(".icicle .picked text").First).ToHaveTextAsync("decode_step");
        await Assertions.Expect(Box(page, "main")).ToBeVisibleAsync();
        await Assertions.Expect(Box(page, "ucm_munmap")).ToHaveCountAsync(1);

        await page.GoBackAsync();
        await Assertions.Expect(page.Locator(".frame-name")).ToHaveTextAsync("decode_step");
        await page.Keyboard.PressAsync("0");
        await Assertions.Expect(page.Locator(".icicle .picked")).ToHaveCountAsync(0);
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task A_zoom_means_the_same_function_by_another_weight_and_direction()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync(Stacks + "?weight=outstanding", ".icicle");
        await Box(page, "ucs_rcache_mp_chunk_alloc").ClickAsync();
        await page.Locator(".icicle .picked").WaitForAsync();
        foreach (var link in (string[])["Calls", "Leaf up", "Merged", "Resident outstanding"])
        {
            await page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();
            await Assertions.Expect(page.Locator(".segments a[aria-current=true]").Filter(new() { HasText = link })).ToHaveCountAsync(1);
            await Assertions.Expect(page.Locator(".frame-name")).ToHaveTextAsync("ucs_rcache_mp_chunk_alloc");
        }
    }

    [Fact]
    public async Task A_filter_narrows_and_is_dropped_by_its_chip_and_a_highlight_only_colours()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync(Stacks + "?weight=mapped", ".icicle");
        var all = await page.Locator(".callchains tbody tr").CountAsync();

        await page.GetByLabel("Highlight a function or module").FillAsync("ucs_mpool_grow");
        await Assertions.Expect(page.Locator(".icicle .found")).ToHaveCountAsync(0); // its share is too thin to draw
        await Assertions.Expect(page.Locator("tr.found").First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("highlighted:")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".callchains tbody tr")).ToHaveCountAsync(all);

        await page.GetByRole(AriaRole.Button, new() { Name = "Filter f" }).ClickAsync();
        var box = page.GetByLabel("Filter callchains by function or module");
        await box.FillAsync("-ucs_mpool_grow");
        await box.PressAsync("Enter");
        await page.GetByText("without ucs_mpool_grow").WaitForAsync();
        Assert.True(await page.Locator(".callchains tbody tr").CountAsync() < all);
        Assert.Contains("only=-ucs_mpool_grow", page.Url, StringComparison.Ordinal);
        await page.GetByText("without ucs_mpool_grow").ClickAsync();
        await Assertions.Expect(page.Locator(".callchains tbody tr")).ToHaveCountAsync(all);

        await page.GotoAsync($"{Stacks}?only=ucs_&only=no_such".TrimStart('/'));
        await page.GetByText("“no_such” excludes all of it").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Drop it" }).ClickAsync();
        await page.Locator(".icicle").WaitForAsync();
    }

    [Fact]
    public async Task Keys_move_in_the_tree_zoom_copy_and_go_up()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync(Stacks + "?weight=outstanding", ".icicle");
        await page.Locator(".icicle a[tabindex='0']").FocusAsync();
        foreach (var key in (string[])["ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"]) await page.Keyboard.PressAsync(key);
        var focused = await page.EvaluateAsync<string>("document.activeElement.querySelector('text').textContent");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".frame-name")).ToHaveTextAsync(focused);

        await visitor.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Keyboard.PressAsync("c");
        await page.GetByText("Copied").WaitForAsync();
        Assert.StartsWith(focused, await page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);

        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator(".frame-name")).Not.ToHaveTextAsync(focused);
    }

    [Fact]
    public async Task Every_export_of_the_menu_has_the_chains_of_the_view()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync(Stacks + "?weight=mapped&only=ucs_mpool_grow", ".icicle");
        await page.Locator(".menu summary").Filter(new() { HasText = "Export" }).ClickAsync();
        var links = await page.Locator(".menu[open] .menu-body a").EvaluateAllAsync<string[]>("links => links.map(a => a.getAttribute('href'))");

        Assert.Equal(["csv", "folded", "json", "pprof", "speedscope"], links.Select(l => Regex.Match(l, "format=(?<format>[a-z]+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["format"].Value).Order());
        foreach (var link in links)
        {
            Assert.Contains("only=ucs_mpool_grow", link, StringComparison.Ordinal);
            Assert.NotEmpty(await site.Server.Client.GetByteArrayAsync(new Uri(link, UriKind.Relative)));
        }
        var folded = await site.Server.Client.GetStringAsync(new Uri(links.Single(l => l.Contains("folded", StringComparison.Ordinal)), UriKind.Relative));
        Assert.All(folded.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains("ucs_mpool_grow", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_share_shows_the_zoom_and_the_filter_without_a_link()
    {
        var (_, path) = await site.ShareAsync(new { view = "stacks", weight = "outstanding", only = new[] { "ucs_" }, at = "ucs_rcache_mp_chunk_alloc~00000000" });
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync(path, ".icicle");

        await Assertions.Expect(page.Locator(".frame-name")).ToHaveTextAsync("ucs_rcache_mp_chunk_alloc");
        await Assertions.Expect(page.Locator(".icicle a")).ToHaveCountAsync(0);
        Assert.Equal(0, visitor.WebSockets);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?view=leaf&weight=mapped&only=ucs_&only=-x&q=a")]
    [InlineData("?of=decode_step&weight=mapped")]
    [InlineData("?weight=growth")]
    public async Task A_view_fits_a_phone(string query)
    {
        await using var visitor = await site.VisitAsync(width: 390, height: 844);
        await visitor.OpenAsync(Stacks + query, ".icicle, .empty");

        var beyond = await visitor.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth");
        Assert.True(beyond <= 0, string.Create(CultureInfo.InvariantCulture, $"{beyond} px beyond the right edge"));
    }

    [Theory]
    [InlineData("?at=%00~zz&of=%3Cscript%3E&only=(((&sort=x&order=y&rows=-1&thread=x&category=nothing&base=x&weight=nothing&view=nothing")]
    [InlineData("?rows=99999999999&at=0.0.0.0.0.0.0.0.0.0.0.0.0.9999999999&q=%5B&only=-&only=--&only=*")]
    public async Task What_an_address_says_that_cannot_be_read_counts_as_not_there(string query)
    {
        await using var visitor = await site.VisitAsync();
        await visitor.OpenAsync(Stacks + query, ".icicle, .empty");
        Assert.Equal("", visitor.Complaints);
    }

    private static ILocator Box(IPage page, string function) => page.Locator(".icicle a").Filter(new() { HasTextRegex = new Regex(function, RegexOptions.None, TimeSpan.FromSeconds(1)) }).First;
}
