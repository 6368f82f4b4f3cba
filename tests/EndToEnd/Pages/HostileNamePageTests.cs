using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>A process names its mappings as it likes. In a browser nothing of that runs, on no page and in no share.</summary>
[Collection(nameof(Site))]
public sealed class HostileNamePageTests(Site site)
{
    private const string Payload = "/tmp/<img src=x onerror=alert(1)><b>bold</b><svg onload=alert(2)>{{7*7}}";

    [Theory]
    [InlineData("")]
    [InlineData("/regions")]
    [InlineData("/diff")]
    [InlineData("/captures")]
    [InlineData("/findings")]
    public async Task On_a_page(string view)
    {
        var process = await SendAsync();
        await using var visitor = await site.VisitAsync();
        visitor.Page.Dialog += (_, _) => Assert.Fail("a script ran");
        await visitor.OpenAsync($"/p/{process}{view}", "main .body table, .captures, .calm, .finding-rows");

        Assert.Equal(0, await visitor.Page.Locator("img, svg[onload], b:has-text(\"bold\")").CountAsync());
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task In_the_hover_of_a_chart()
    {
        var process = await SendAsync();
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{process}", ".chart[data-ready=true]");
        var area = await StoryTests.AreaAsync(page);
        var hover = page.Locator(".hoverlayer text").First;
        // Near the first and last snapshot, where there is something to tell. A busy browser drops moves of the pointer: it moves on until the chart has noticed.
        for (var step = 0; step < 40 && !await hover.IsVisibleAsync(); step++)
        {
            await page.Mouse.MoveAsync(area.X + area.Width * (step % 2 == 0 ? 0.995f : 0.005f), area.Y + area.Height / 2, new() { Steps = 3 });
            await page.WaitForTimeoutAsync(250);
        }
        await hover.WaitForAsync();

        Assert.Equal("", visitor.Complaints);
    }

    private async Task<Guid> SendAsync()
    {
        var process = Guid.Empty;
        for (var step = 1; step <= 2; step++)
        {
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"7f0000000000-7f0000{step}00000 rw-p 00000000 fd:01 77 {Payload}\nSize: {step * 1024} kB\nRss: {step * 1024} kB\nPss: {step * 1024} kB\nPrivate_Dirty: {step * 1024} kB\n");
            text.Append("7f1000000000-7f1000001000 rw-p 00000000 00:00 0 [anon:<script>alert(3)</script>]\nSize: 4 kB\nRss: 4 kB\nPss: 4 kB\nPrivate_Dirty: 4 kB\n");
            using var answer = await site.Server.Client.PostAsync($"api/v1/captures?host={Uri.EscapeDataString("<img src=x>")}&pid=666&name={Uri.EscapeDataString("<img src=y>.txt")}", new StringContent(text.ToString()));
            answer.EnsureSuccessStatusCode();
            process = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("processId").GetGuid();
        }
        return process;
    }
}
