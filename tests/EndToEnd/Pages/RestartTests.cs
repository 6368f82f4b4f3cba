using System.Globalization;
using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>A server that goes away and comes back costs the reader nothing but the time.</summary>
public sealed class RestartTests
{
    private const string Lost = "The connection to MemScope was lost";
    private const int Restarts = 3;

    [Fact]
    public async Task Every_open_page_says_that_it_waits_and_is_back_at_the_same_view_each_time()
    {
        using var folder = new TemporaryFolder();
        var server = await ServerProcess.StartAsync(folder.PathOf("data"));
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Site.Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        var context = await browser.NewContextAsync();
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(30_000);
        await using var file = File.OpenRead(Repository.PathOf("tests", "fixtures", "cases", "ucx-leak", "smaps.tar.gz"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/captures?host=h&pid=1") { Content = new StreamContent(file) };
        request.Headers.Add("Accept", "text/plain");
        using var answer = await server.Client.SendAsync(request);
        var process = (await answer.Content.ReadAsStringAsync()).Trim();
        var pages = new List<(IPage Page, string Part, string Before)>();
        foreach (var (path, part) in ((string, string)[])[("/diff?from=56&to=79", "tfoot"), ("/regions?q=libucs&sort=rss&from=10&to=60", "tfoot"), ("?from=56&to=79", ".answer")])
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync(process + path);
            pages.Add((page, part, await page.Locator(part).First.InnerTextAsync()));
        }
        var addresses = pages.Select(p => p.Page.Url).ToList();
        var port = server.Address.Port.ToString(CultureInfo.InvariantCulture);
        try
        {
            for (var restart = 0; restart < Restarts; restart++)
            {
                await server.KillAsync();
                foreach (var (page, _, _) in pages) await page.GetByText(Lost).WaitForAsync();
                await server.DisposeAsync();
                server = await ServerProcess.StartAsync(folder.PathOf("data"), "--port", port);
                foreach (var (page, part, before) in pages)
                {
                    await Assertions.Expect(page.GetByText(Lost)).ToBeHiddenAsync();
                    await Assertions.Expect(page.Locator(part).First).ToHaveTextAsync(before, new() { UseInnerText = true });
                }
            }
            Assert.Equal(addresses, pages.Select(p => p.Page.Url));
            await pages[0].Page.BringToFrontAsync();
            await pages[0].Page.Keyboard.PressAsync("]");
            await Assertions.Expect(pages[0].Page.Locator(".window-span b").Last).ToHaveTextAsync("#80");
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
