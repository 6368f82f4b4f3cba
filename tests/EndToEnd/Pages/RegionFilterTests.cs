using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

[Collection(nameof(Site))]
public sealed class RegionFilterTests(Site site)
{
    [Fact]
    public async Task Typed_without_a_rest_the_box_keeps_every_character_the_table_answers_the_last_and_the_address_follows_without_a_trail()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/regions");
        await page.Locator("table.regions tbody tr[aria-rowindex]").First.WaitForAsync();
        var trail = await page.EvaluateAsync<int>("() => history.length");

        await page.GetByLabel("Filter regions").PressSequentiallyAsync("libucs-0123");
        for (var i = 0; i < 5; i++) await page.Keyboard.PressAsync("Backspace");

        await Assertions.Expect(page.Locator("[data-filter]")).ToHaveAttributeAsync("data-filter", "libucs");
        await Assertions.Expect(page.GetByLabel("Filter regions")).ToHaveValueAsync("libucs");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("[?&]q=libucs\\b", RegexOptions.None, TimeSpan.FromSeconds(1)));
        foreach (var row in await page.Locator("table.regions tbody tr[aria-rowindex]").AllAsync()) Assert.Contains("libucs", await row.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(trail, await page.EvaluateAsync<int>("() => history.length"));
    }
}
