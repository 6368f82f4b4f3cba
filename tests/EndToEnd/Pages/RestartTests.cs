using System.Globalization;
using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>A server that goes away and comes back costs the reader nothing but the time.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task The_page_says_that_it_waits_and_is_back_at_the_same_view()
    {
        using var folder = new TemporaryFolder();
        var server = await ServerProcess.StartAsync(folder.PathOf("data"));
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Site.Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        var page = await browser.NewPageAsync();
        await using (var file = File.OpenRead(Repository.PathOf("tests", "fixtures", "cases", "ucx-leak", "smaps.tar.gz")))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/captures?host=h&pid=1") { Content = new StreamContent(file) };
            request.Headers.Add("Accept", "text/plain");
            using var answer = await server.Client.SendAsync(request);
            await page.GotoAsync((await answer.Content.ReadAsStringAsync()).Trim() + "/diff?from=56&to=79");
        }
        await page.Locator("tfoot").WaitForAsync();
        var before = await page.Locator("tfoot").InnerTextAsync();
        var port = server.Address.Port.ToString(CultureInfo.InvariantCulture);

        await server.KillAsync();
        await page.GetByText("The connection to MemScope was lost").WaitForAsync();
        await server.DisposeAsync();
        await using var again = await ServerProcess.StartAsync(folder.PathOf("data"), "--port", port);

        await Assertions.Expect(page.GetByText("The connection to MemScope was lost")).ToBeHiddenAsync(new() { Timeout = 30_000 });
        await page.Locator("tfoot").WaitForAsync();
        Assert.Equal(before, await page.Locator("tfoot").InnerTextAsync());
        await page.Keyboard.PressAsync("]");
        await Assertions.Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#80", new() { Timeout = 15_000 });
    }
}
