using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>axe finds nothing on any page, in either theme; each fits a phone; and the browser itself complains about nothing.</summary>
[Collection(nameof(Site))]
public sealed class AccessibilityTests(Site site)
{
    [Theory]
    [MemberData(nameof(Catalogue.All), MemberType = typeof(Catalogue))]
    public async Task A_page_has_no_violation_in_either_theme_fits_a_phone_and_tells_its_keys(string name)
    {
        await using var visitor = await site.ReturnAsync();
        var entry = Catalogue.Of(name);
        var page = await visitor.OpenAsync(entry.Path(site.Places), entry.Ready);

        Clean(await page.RunAxe());
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.WaitForFunctionAsync("() => !document.getAnimations().some(a => a instanceof CSSTransition)"); // a colour on its way from one theme to the other is neither
        Clean(await page.RunAxe());

        // Whatever a key does on this page, the list of keys says; Escape stands there in short.
        var keys = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('[data-key]')].filter(e => e.checkVisibility()).map(e => e.dataset.key === 'Escape' ? 'Esc' : e.dataset.key)");
        var told = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#keys kbd')].map(e => e.textContent)");
        Assert.Empty(keys.Except(told, StringComparer.Ordinal));

        await page.SetViewportSizeAsync(390, 844);
        await page.WaitForFunctionAsync("() => innerWidth === 390 && document.documentElement.scrollWidth <= innerWidth", null, new() { PollingInterval = 100 });
        Assert.Empty(await page.Locator(".address-problem").AllTextContentsAsync());
        Assert.Equal(entry.Complaint, visitor.Complaints);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task A_share_has_no_violation(string theme)
    {
        var (_, path) = await site.ShareAsync(new { view = "diff", from = 56, to = 79 });
        await using var visitor = await site.VisitAsync(theme);
        await visitor.OpenAsync(path, ".chart[data-ready=true]");

        Clean(await visitor.Page.RunAxe());
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task The_share_dialog_has_no_violation()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.OpenAsync($"/p/{site.Leak}/diff?from=56&to=79");
        await visitor.Page.Keyboard.PressAsync("e");
        await visitor.Page.GetByLabel("Ends after").WaitForAsync();

        Clean(await visitor.Page.RunAxe());
    }

    [Fact]
    public async Task The_list_of_keys_has_no_violation_and_closes_by_escape()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.OpenAsync("/");
        await visitor.Page.Keyboard.PressAsync("?");
        await visitor.Page.Locator("#keys[open]").WaitForAsync();
        Clean(await visitor.Page.RunAxe());

        await visitor.Page.Keyboard.PressAsync("Escape");
        await visitor.Page.Locator("#keys[open]").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    // Whole, not cut as a comparison of texts would be.
    private static void Clean(AxeResult result)
    {
        var violations = string.Join('\n', result.Violations.Select(v => $"{v.Id} ({v.Impact}): {string.Join(" | ", v.Nodes.Take(4).Select(n => n.Html))}"));
        Assert.True(violations.Length == 0, violations);
    }
}
