using System.Net.Http.Json;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Story;

/// <summary>The founding case as an engineer plays it: from the list of processes to a link that a colleague opens.</summary>
public sealed class InvestigationTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task From_two_uploads_to_a_link_that_shows_a_colleague_the_same_view()
    {
        await using var server = await ServerProcess.StartAsync();
        await UploadAsync(server, Fixtures.Case("ucx-leak", "smaps.tar.gz"));
        await UploadAsync(server, Fixtures.PathOf("bpftrace", "ucx-leak.txt.gz"));
        var page = await browser.OpenAsync(server.Address);
        var problems = Watch(page);

        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "ucx_leak" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "ucx_leak" })).ToBeVisibleAsync();

        await DragOverChartAsync(page);
        await page.WaitForURLAsync(url => url.Contains("/diff?", StringComparison.Ordinal));
        var rows = page.Locator("table tbody tr", new() { HasText = "grown" });
        await Assertions.Expect(rows.First).ToContainTextAsync("end fixed, start down by");

        await page.Locator("a[href*='/regions/']").First.ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("/regions/", StringComparison.Ordinal));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("7f1f62200000");

        await page.GetByRole(AriaRole.Link, new() { Name = "Who maps it" }).First.ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("/stacks?", StringComparison.Ordinal));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("ucs_rcache_mp_chunk_alloc");

        await page.Locator("[data-copy-link]").First.ClickAsync();
        var link = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        var seen = await page.Locator("main").InnerTextAsync();
        var colleague = await browser.OpenAsync(server.Address);
        await colleague.GotoAsync(link);
        await Assertions.Expect(colleague.Locator("main")).ToContainTextAsync("ucs_rcache_mp_chunk_alloc");
        await Assertions.Expect(colleague.Locator("main")).ToHaveTextAsync(await page.Locator("main").TextContentAsync() ?? seen);
        Assert.Empty(problems);
    }

    [Fact]
    public async Task A_share_needs_no_circuit_stays_frozen_and_ends_when_revoked()
    {
        await using var server = await ServerProcess.StartAsync();
        var process = await UploadAsync(server, Fixtures.Case("ucx-leak", "smaps.tar.gz"));
        var other = await UploadAsync(server, Fixtures.Case("plateau", "smaps.tar.gz"), 7);
        using var made = await server.Client.PostAsJsonAsync($"/api/v1/processes/{process}/shares", new { view = "diff", from = 56, to = 79, title = "One region grows" });
        var share = await made.Content.ReadFromJsonAsync<JsonElement>();
        var address = share.GetProperty("url").GetString()!;

        var page = await browser.OpenAsync(server.Address);
        var problems = Watch(page);
        var sockets = 0;
        page.WebSocket += (_, _) => sockets++;
        var response = await page.GotoAsync(address);
        Assert.Equal("noindex, nofollow", response!.Headers["x-robots-tag"]);
        Assert.Equal("no-referrer", response.Headers["referrer-policy"]);
        await Assertions.Expect(page.Locator("[data-ready='true']").First).ToBeVisibleAsync();
        var before = await page.Locator("main").InnerTextAsync();
        Assert.Contains("+9,620", before, StringComparison.Ordinal);

        await UploadAsync(server, Fixtures.Case("ucx-leak", "pmap-x.log.gz"));
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("[data-ready='true']").First).ToBeVisibleAsync();
        Assert.Equal(before, await page.Locator("main").InnerTextAsync());
        Assert.Equal(0, sockets);
        var html = await page.ContentAsync();
        Assert.DoesNotContain(other.ToString(), html, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--Blazor:", html, StringComparison.Ordinal);
        Assert.Empty(problems);

        using var revoked = await server.Client.DeleteAsync(new Uri($"/api/v1/shares/{share.GetProperty("id").GetString()}", UriKind.Relative));
        Assert.Equal(System.Net.HttpStatusCode.NoContent, revoked.StatusCode);
        var gone = await page.GotoAsync(address);
        Assert.Equal(404, gone!.Status);
        Assert.DoesNotContain("9,620", await page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(new Uri(address).AbsolutePath, server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_page_follows_new_snapshots_within_two_seconds()
    {
        await using var server = await ServerProcess.StartAsync();
        var members = Fixtures.Members("cases", "plateau", "smaps.tar.gz").Take(12).ToList();
        var process = Guid.Empty;
        var start = DateTimeOffset.UtcNow.AddSeconds(-20);
        for (var i = 0; i < 8; i++) process = await SendAsync(i);
        var page = await browser.OpenAsync(server.Address);
        await page.GotoAsync($"/p/{process}");
        await Assertions.Expect(page.Locator(".process-state")).ToContainTextAsync("8 snapshots");

        await SendAsync(8);
        await Assertions.Expect(page.Locator(".process-state")).ToContainTextAsync("9 snapshots", new() { Timeout = 2000 });

        Task<Guid> SendAsync(int i) =>
            UploadAsync(server, new ByteArrayContent(members[i].Text), $"pid=7&host=h&takenAt={Uri.EscapeDataString(start.AddSeconds(i).ToString("O"))}");
    }

    private static Task<Guid> UploadAsync(ServerProcess server, string file, int pid = 32305) => UploadAsync(server, new ByteArrayContent(File.ReadAllBytes(file)), $"host=h1&pid={pid}");

    private static async Task<Guid> UploadAsync(ServerProcess server, HttpContent content, string query)
    {
        using var answer = await server.Client.PostAsync(new Uri($"/api/v1/captures?{query}", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("processId").GetGuid();
    }

    /// <summary>Drags from a third to two thirds of the chart's width.</summary>
    private static async Task DragOverChartAsync(IPage page)
    {
        var chart = page.Locator("[data-ready='true']").First;
        await Assertions.Expect(chart).ToBeVisibleAsync();
        var box = (await chart.BoundingBoxAsync())!;
        var y = box.Y + (box.Height / 2);
        await page.Mouse.MoveAsync(box.X + (box.Width / 3), y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), y, new() { Steps = 5 });
        await page.Mouse.MoveAsync(box.X + (box.Width * 2 / 3), y, new() { Steps = 5 });
        await page.Mouse.UpAsync();
    }

    /// <summary>Errors of the page: exceptions and everything that the browser reports as one, violations of the content policy included.</summary>
    private static List<string> Watch(IPage page)
    {
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") problems.Add(message.Text);
        };
        return problems;
    }
}
