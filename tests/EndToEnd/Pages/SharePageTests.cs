using System.Net;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>A share opens for anyone who has its link, and for as long as it lasts.</summary>
[Collection(nameof(Site))]
public sealed class SharePageTests(Site site)
{
    [Fact]
    public async Task A_share_needs_no_circuit_and_nothing_from_elsewhere()
    {
        var (_, path) = await site.ShareAsync(new { view = "diff", from = 56, to = 79, title = "It grows" });
        await using var reader = await site.VisitAsync();
        var page = await reader.OpenAsync(path, ".chart[data-ready=true]");

        Assert.Equal(0, reader.WebSockets);
        Assert.Equal("", reader.Complaints);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("It grows");
        await Assertions.Expect(page.Locator("tfoot")).ToContainTextAsync("+9,620");
        Assert.Equal(0, await page.Locator("main a[href]").CountAsync());
    }

    [Fact]
    public async Task A_share_is_readable_without_a_script()
    {
        var (_, path) = await site.ShareAsync(new { view = "overview" });
        using var answer = await site.Server.Client.GetAsync(path);
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("class=\"picture-plot\"", html, StringComparison.Ordinal);
        Assert.Contains("24.7", html, StringComparison.Ordinal);
        Assert.DoesNotContain("blazor.web", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("overview")]
    [InlineData("regions")]
    [InlineData("stacks")]
    public async Task Each_view_can_be_shared_from_its_page(string view)
    {
        await using var sender = await site.VisitAsync();
        var page = await sender.OpenAsync($"/p/{site.Leak}{(view == "overview" ? "" : "/" + view)}", "button[data-key=e]");
        await page.Locator("button[data-key=e]").ClickAsync();
        await page.GetByLabel("Title").FillAsync($"Shared {view}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        var url = await page.Locator("#share-url").InnerTextAsync();
        Assert.Contains(url, await page.Locator("#share-markdown").InputValueAsync(), StringComparison.Ordinal);

        await using var reader = await site.VisitAsync();
        await reader.OpenAsync(new Uri(url).AbsolutePath, "main table");
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync($"Shared {view}");
        Assert.Equal("", sender.Complaints + reader.Complaints);
    }

    [Fact]
    public async Task Revoked_in_the_list_it_is_gone_within_five_seconds()
    {
        var (_, path) = await site.ShareAsync(new { view = "overview", title = "A mistake" });
        await using var sender = await site.VisitAsync();
        var page = await sender.OpenAsync("/shares", ".rz-data-grid");
        await page.GetByLabel("Revoke A mistake").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End it now" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "A mistake" })).ToContainTextAsync("revoked ");

        using var answer = await site.Server.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var unknown = await site.Server.Client.GetAsync("/s/" + new string('x', 32));
        Assert.Equal(await Text(answer), await Text(unknown));

        static async Task<string> Text(HttpResponseMessage response)
        {
            var html = await response.Content.ReadAsStringAsync();
            return html[html.IndexOf("<main", StringComparison.Ordinal)..html.IndexOf("</main>", StringComparison.Ordinal)];
        }
    }
}
