using System.Globalization;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>
/// The founding case as somebody on call plays it: from the list of processes to the link in the ticket.
/// With <c>MEMSCOPE_WRITE_PICTURES</c> set to a folder each step is written there as a picture, in both themes, at a desk and on a phone.
/// </summary>
[Collection(nameof(Site))]
public sealed partial class FoundingCaseTests(Site site)
{
    private const int MostClicks = 11;

    private static readonly string? Pictures = Environment.GetEnvironmentVariable("MEMSCOPE_WRITE_PICTURES") is { Length: > 0 } folder ? folder : null;

    /// <summary>Themes and widths: one of each without pictures.</summary>
    public static TheoryData<string, int> Screens => Pictures is null ? new() { { "light", 1440 } } : new() { { "light", 1440 }, { "dark", 1440 }, { "light", 390 }, { "dark", 390 } };

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task From_the_list_of_processes_to_the_shared_link_in_under_twelve_clicks(string theme, int width)
    {
        await using var visitor = await site.VisitAsync(theme, width, width < 720 ? 844 : 900);
        var (page, clicks, step) = (visitor.Page, 0, 0);

        await visitor.OpenAsync("/", "main table");
        await ShownAsync("processes");
        await ClickAsync(page.Locator($"main a.row-link[href^='/p/{site.Leak}']"));
        await visitor.ChartAsync();
        await page.Locator(".finding-panel h3").WaitForAsync();
        await ShownAsync("overview");

        await DragAsync(0.6, 0.85);
        await page.GetByText("Address space of both").WaitForAsync();
        await Assertions.Expect(page).ToHaveURLAsync(DiffAddress());
        var window = page.Url[page.Url.IndexOf("from=", StringComparison.Ordinal)..].Split("&v=")[0];
        await ShownAsync("diff");
        await ClickAsync(page.Locator("tbody a.row-link").First);
        await Assertions.Expect(page).ToHaveURLAsync(RegionAddress());
        await visitor.ChartAsync();
        Assert.Contains(window, page.Url, StringComparison.Ordinal); // what was chosen once holds on every page after it
        await ShownAsync("region");
        await ClickAsync(page.GetByRole(AriaRole.Link, new() { Name = "Who maps it" }).First);
        await page.Locator(".icicle").First.WaitForAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("ucs_rcache");
        Assert.Contains(window, page.Url, StringComparison.Ordinal);
        await ShownAsync("stacks");

        await ClickAsync(page.Locator("nav.next a"));
        await page.Locator(".evidence-rows").First.WaitForAsync();
        await ShownAsync("finding");
        await ClickAsync(page.Locator("nav.next a"));
        await Assertions.Expect(page).ToHaveURLAsync(CompareAddress());
        await page.Locator("main .proof").First.WaitForAsync();
        await ShownAsync("proof");
        await page.GoBackAsync();
        clicks++;
        await page.Locator(".evidence-rows").First.WaitForAsync();

        await ClickAsync(page.Locator("button[data-key=e]"));
        await page.GetByLabel("Title").WaitForAsync();
        await ShownAsync("share-dialog", fullPage: false);
        await ClickAsync(page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }));
        var url = await page.Locator("#share-url").InnerTextAsync();
        await ShownAsync("link", fullPage: false);
        Assert.InRange(clicks, 1, MostClicks);

        await using var reader = await site.VisitAsync(theme, width, width < 720 ? 844 : 900);
        (page, _) = (await reader.OpenAsync(new Uri(url).AbsolutePath, "main h1"), 0);
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("UCX_MEM_MMAP_HOOK_MODE");
        await ShownAsync("ticket");
        Assert.Equal("", visitor.Complaints + reader.Complaints);

        async Task ClickAsync(ILocator target)
        {
            clicks++;
            await target.ClickAsync();
        }

        async Task DragAsync(double from, double to)
        {
            clicks++;
            await page.Locator(".chart").First.ScrollIntoViewIfNeededAsync();
            await StoryTests.DragOverChartAsync(page, from, to);
        }

        async Task ShownAsync(string name, bool fullPage = true)
        {
            if (Pictures is null) return;
            Directory.CreateDirectory(Pictures);
            step++;
            // As high as the page: its status bar sticks to the end of what is seen.
            var height = fullPage ? await page.EvaluateAsync<int>("() => document.documentElement.scrollHeight") : page.ViewportSize!.Height;
            var was = page.ViewportSize!;
            await page.SetViewportSizeAsync(was.Width, height);
            if (await page.Locator(".chart").CountAsync() > 0) await page.Locator(".chart[data-ready=true]").First.WaitForAsync();
            await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, string.Create(CultureInfo.InvariantCulture, $"{theme}-{width}-{step:00}-{name}.png")), Animations = ScreenshotAnimations.Disabled });
            await page.SetViewportSizeAsync(was.Width, was.Height);
        }
    }

    [Fact]
    public async Task With_the_keyboard_alone_it_comes_to_the_same_link()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync("/", "main table");

        // Which row it is depends on what came last: down until it is reached.
        var row = page.Locator($"main a.row-link[href^='/p/{site.Leak}']");
        await page.Keyboard.PressAsync("j");
        while (!await row.EvaluateAsync<bool>("e => e === document.activeElement")) await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await visitor.ChartAsync();

        await page.Keyboard.PressAsync("d");
        await page.GetByText("Address space of both").WaitForAsync();
        await page.Keyboard.PressAsync("[");
        await Assertions.Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#90");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(RegionAddress());
        await visitor.ChartAsync();
        await TabToAsync(page.GetByRole(AriaRole.Link, new() { Name = "Who maps it" }).First);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".icicle").First.WaitForAsync();
        await TabToAsync(page.Locator(".icicle a[tabindex='0']").First);
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("Selected frame").WaitForAsync();

        await page.Keyboard.PressAsync("o");
        await visitor.ChartAsync();
        await page.Keyboard.PressAsync("f");
        await page.Locator(".finding-rows a.step").First.WaitForAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".evidence-rows").First.WaitForAsync();
        await TabToAsync(page.Locator("nav.next a"));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(CompareAddress());
        await page.Locator("main .proof").First.WaitForAsync();
        await page.GoBackAsync(); // Alt and the left arrow, which a browser without a window does not take
        await page.Locator(".evidence-rows").First.WaitForAsync();

        await page.Keyboard.PressAsync("e");
        await Assertions.Expect(page.GetByLabel("Title")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("The cache grows");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#share-url").WaitForAsync();
        await TabToAsync(page.GetByRole(AriaRole.Link, new() { Name = "Open the page" }));
        var ticket = await page.Context.RunAndWaitForPageAsync(() => page.Keyboard.PressAsync("Enter"));
        await Assertions.Expect(ticket.Locator("main h1").First).ToContainTextAsync("The cache grows");
        Assert.Equal("", visitor.Complaints);

        async Task TabToAsync(ILocator target)
        {
            await target.WaitForAsync();
            for (var tabs = 0; !await target.EvaluateAsync<bool>("e => e === document.activeElement"); tabs++)
            {
                Assert.True(tabs < 150, $"The focus never came to {target}.");
                await page.Keyboard.PressAsync("Tab");
            }
        }
    }

    [GeneratedRegex(@"/diff\?.*from=\d+&to=\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DiffAddress();

    [GeneratedRegex(@"/regions/[0-9a-f-]{36}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegionAddress();

    [GeneratedRegex(@"/compare\?base=", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CompareAddress();
}
