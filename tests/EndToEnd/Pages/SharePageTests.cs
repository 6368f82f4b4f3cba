using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
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
        Assert.Equal(0, await page.Locator("main a[href]:not([download])").CountAsync());
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
    public async Task What_is_left_out_in_the_dialog_is_not_on_the_page()
    {
        await using var sender = await site.VisitAsync();
        var page = await sender.OpenAsync($"/p/{site.Leak}/trace", "button[data-key=e]");
        await page.Locator("button[data-key=e]").ClickAsync();
        await page.GetByLabel("Title").FillAsync("Without its host");
        await page.Locator("input[name=host]").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        var url = await page.Locator("#share-url").InnerTextAsync();

        await using var reader = await site.VisitAsync();
        await reader.OpenAsync(new Uri(url).AbsolutePath, ".share-subject");
        await Assertions.Expect(reader.Page.Locator(".share-subject")).ToContainTextAsync("on host 1");
        await Assertions.Expect(reader.Page.Locator(".share-head")).ToContainTextAsync("without host names");
        Assert.DoesNotContain("debian12", await reader.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal("", sender.Complaints + reader.Complaints);
    }

    [Fact]
    public async Task A_link_in_a_note_leads_out_without_a_referrer()
    {
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        var notes = $"api/v1/processes/{site.Healthy}/notes";
        using var written = await site.Server.Client.PostAsJsonAsync(notes, new { text = $"[out](http://{elsewhere.LocalEndpoint}/sink)" });
        using var made = await site.Server.Client.PostAsJsonAsync($"api/v1/processes/{site.Healthy}/shares", new { view = "overview" });
        var (note, share) = (await written.Content.ReadFromJsonAsync<JsonElement>(), await made.Content.ReadFromJsonAsync<JsonElement>());
        using var deleted = await site.Server.Client.DeleteAsync($"{notes}/{note.Text("id")}");
        await using var reader = await site.VisitAsync();
        var page = await reader.OpenAsync(new Uri(share.Text("url")).AbsolutePath, ".note-text a");
        await page.Locator(".note-text a").ClickAsync();

        using var caller = await elsewhere.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(60));
        using var request = new StreamReader(caller.GetStream());
        var head = new List<string>();
        while (await request.ReadLineAsync() is { Length: > 0 } line) head.Add(line);
        Assert.StartsWith("GET /sink ", head[0], StringComparison.Ordinal);
        Assert.DoesNotContain(head, h => h.StartsWith("Referer", StringComparison.OrdinalIgnoreCase));
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
