using System.Text.Json;
using MemScope.Tests;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>The heap profiler's line over resident memory.</summary>
[Collection(nameof(Site))]
public sealed class HeapLineTests(Site site)
{
    [Fact]
    public async Task The_founding_scene_is_one_glance_and_its_legend_leads_to_the_callchains()
    {
        var process = await UploadAsync("heap-line", "heaptrack.zst");
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{process}", ".chart[data-heaps=\"1\"]");
        await Assertions.Expect(page.Locator(".chart-legend")).ToContainTextAsync("of the growth is not in it");
        await page.Locator(".chart-legend a").ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("/stacks", StringComparison.Ordinal) && url.Contains("weight=live", StringComparison.Ordinal));
        await page.Locator("main .body table, main svg.icicle").First.WaitForAsync();
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task A_share_keeps_the_line_without_a_circuit_and_a_file_of_any_name_is_text_in_its_hover()
    {
        const string name = "<img src=x onerror=alert(1)><b>bold</b>.zst";
        var process = await UploadAsync("heap-share", name);
        // Two of one tool: then the file's name stands in the hover.
        await UploadProfileAsync("heap-share", "ucx-leak.zst", "<i>other</i>.zst");
        await using var visitor = await site.VisitAsync("dark");
        visitor.Page.Dialog += (_, _) => Assert.Fail("a script ran");
        using var answer = await site.Server.Client.PostAsync($"api/v1/processes/{process}/shares", new StringContent("{\"view\":\"overview\"}", System.Text.Encoding.UTF8, "application/json"));
        var url = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("url").GetString()!;
        var html = await site.Server.Client.GetStringAsync(new Uri(url).AbsolutePath);
        Assert.Contains("class=\"heap-line\"", html, StringComparison.Ordinal);
        var page = await visitor.OpenAsync(new Uri(url).AbsolutePath, ".chart[data-heaps=\"2\"]");
        var area = await StoryTests.AreaAsync(page);
        var hover = page.Locator(".hoverlayer text").First;
        for (var step = 0; step < 40 && !await hover.IsVisibleAsync(); step++)
        {
            await page.Mouse.MoveAsync(area.X + (area.Width * (step % 2 == 0 ? 0.6f : 0.4f)), area.Y + (area.Height / 2), new() { Steps = 3 });
            await page.WaitForTimeoutAsync(250);
        }
        await Assertions.Expect(page.Locator(".hoverlayer")).ToContainTextAsync("onerror");
        Assert.Equal(0, await page.Locator("img, b:has-text(\"bold\")").CountAsync());
        Assert.Equal(0, visitor.WebSockets);
        Assert.Equal("", visitor.Complaints);
    }

    private async Task<Guid> UploadAsync(string host, string fileName)
    {
        using var answer = await site.Server.Client.PostAsync($"api/v1/captures?host={host}&pid=25440&name=smaps.tar.gz", new ByteArrayContent(await File.ReadAllBytesAsync(Fixtures.Case("ucx-leak", Path.Combine("with-heaptrack", "smaps.tar.gz")))));
        answer.EnsureSuccessStatusCode();
        await UploadProfileAsync(host, "ucx-leak.raw.zst", fileName);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("processId").GetGuid();
    }

    private async Task UploadProfileAsync(string host, string fixture, string fileName)
    {
        using var answer = await site.Server.Client.PostAsync($"api/v1/captures?host={host}&pid=25440&name={Uri.EscapeDataString(fileName)}", new ByteArrayContent(Fixtures.Bytes("heaptrack", fixture)));
        answer.EnsureSuccessStatusCode();
    }
}
