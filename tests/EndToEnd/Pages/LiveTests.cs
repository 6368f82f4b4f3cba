using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Api;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>An open page follows what arrives, and keeps what its reader did.</summary>
[Collection(nameof(Site))]
public sealed class LiveTests(Site site)
{
    [Fact]
    public async Task The_overview_follows_within_two_seconds()
    {
        var process = await SendAsync("live-1", 700, 0);
        await SendAsync("live-1", 700, 1);
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{process}", ".chart[data-ready=true]");
        await Assertions.Expect(page.Locator(".process-state")).ToContainTextAsync("Live, 2 snapshots");

        await SendAsync("live-1", 700, 2);

        await Assertions.Expect(page.Locator(".process-state")).ToContainTextAsync("Live, 3 snapshots", new() { Timeout = 2000 });
        await Assertions.Expect(page.Locator(".chart")).ToHaveAttributeAsync("data-points", "3", new() { Timeout = 2000 });
        // Figures that changed have faded once, those that did not have not.
        await Assertions.Expect(page.Locator(".stat-value[data-changed]").First).ToBeAttachedAsync();
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task Selection_and_scroll_stay_while_the_table_follows()
    {
        var process = await SendAsync("live-2", 701, 0);
        await using var visitor = await site.VisitAsync(height: 500);
        var page = await visitor.OpenAsync($"/p/{process}/regions?sort=address");
        await page.Locator("tbody input[type=checkbox]").Nth(3).CheckAsync();
        await page.EvaluateAsync("() => scrollTo(0, 300)");

        await SendAsync("live-2", 701, 1);

        await Assertions.Expect(page.Locator(".process-state")).ToContainTextAsync("2 snapshots", new() { Timeout = 2000 });
        await Assertions.Expect(page.Locator("tbody input[type=checkbox]").Nth(3)).ToBeCheckedAsync();
        Assert.Equal(300, await page.EvaluateAsync<int>("() => Math.round(scrollY)"));
    }

    [Fact]
    public async Task A_window_that_was_chosen_stays_where_it_is()
    {
        var process = await SendAsync("live-3", 702, 0);
        await SendAsync("live-3", 702, 1);
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{process}?from=1&to=2", ".chart[data-ready=true]");

        await SendAsync("live-3", 702, 2);

        await Assertions.Expect(page.Locator(".process-state")).ToContainTextAsync("3 snapshots", new() { Timeout = 2000 });
        await Assertions.Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#2");
    }

    [Fact]
    public async Task A_new_process_appears_in_the_list()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync("/");

        await SendAsync("live-4-appears", 703, 0);

        await page.GetByText("live-4-appears").WaitForAsync(new() { Timeout = 3000 });
    }

    [Fact]
    public async Task An_open_page_of_stacks_gets_names_when_the_debug_file_comes()
    {
        const string module = "/opt/late/live_symbols";
        var process = await site.Server.UploadBlankedAsync("steady-healthy", "/opt/memscope-corpus/bin/steady_healthy", module);
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{process}/stacks?weight=mapped", ".icicle, svg.flame, .flame");
        Assert.DoesNotContain("accept_job", await page.Locator("main, body").First.InnerTextAsync(), StringComparison.Ordinal);

        await site.Server.PutSymbolsAsync(Fixtures.Bytes("elf", "steady-healthy", "steady_healthy.stripped"), "live_symbols.stripped", HttpStatusCode.Created);
        await site.Server.PutSymbolsAsync(Fixtures.Bytes("elf", "steady-healthy", "steady_healthy.debug"), "live_symbols.debug", HttpStatusCode.Created);

        await page.GetByText("accept_job").First.WaitForAsync(new() { Timeout = 20_000, State = WaitForSelectorState.Attached });
        Assert.Equal("", visitor.Complaints);
    }

    /// <summary>A snapshot of 60 mappings, the second of which grows with each step.</summary>
    private async Task<Guid> SendAsync(string host, int pid, int step)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 60; i++)
        {
            var kib = i == 1 ? 1000 * (step + 1) : 64;
            var start = 0x7f0000000000L + i * 0x10000000L;
            text.Append(CultureInfo.InvariantCulture, $"{start:x}-{start + kib * 1024:x} rw-p 00000000 00:00 0 \nSize: {kib} kB\nRss: {kib} kB\nPss: {kib} kB\nPrivate_Dirty: {kib} kB\n");
        }
        using var answer = await site.Server.Client.PostAsync($"api/v1/captures?host={host}&pid={pid}", new StringContent(text.ToString()));
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("processId").GetGuid();
    }
}
