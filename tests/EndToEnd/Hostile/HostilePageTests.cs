using MemScope.EndToEnd.Tests.Api;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>Whatever a process calls itself and all that it has is text: on every page, in every chart, in every share. No script runs, no element or attribute comes of it, no policy is asked.</summary>
[Collection(nameof(HostileSite))]
public sealed class HostilePageTests(HostileSite site)
{
    [Fact]
    public void Every_capture_is_taken() => Assert.True(site.Refused.Length == 0, site.Refused);

    [Fact]
    public async Task On_pages_of_all_processes()
    {
        await using var witness = await site.WatchAsync();
        foreach (var path in (string[])["/", "/?q=pwn", "/search?q=pwn", "/upload", "/symbols", "/shares", "/formats", "/admin", $"/compare?base={site.Case}&current={site.Wide}", $"/compare?base={site.Wide}&current={site.Case}&group=backing&columns=all"])
        {
            using var there = await site.Server.Client.GetAsync(new Uri(path, UriKind.Relative));
            if (there.StatusCode != System.Net.HttpStatusCode.NotFound) await witness.OpenAsync(path);
        }
        Done(witness);
    }

    [Fact]
    public async Task On_pages_of_a_process_with_every_payload() =>
        await VisitAsync(site.Wide, "", "?by=region", "?by=backing", "/regions", "/regions?by=backing", "/regions/map", "/diff", "/diff?group=backing&columns=all", "/trace", "/ledger", "/captures", "/stacks", "/stacks?weight=mapped&view=leaf", "/stacks?weight=growth",
            $"/stacks?weight=calls&of={Uri.EscapeDataString(Payloads.All[5])}", "/stacks?weight=live&at=0.0");

    [Fact]
    public async Task On_pages_of_a_process_that_leaks() => await VisitAsync(site.Case, "", "/diff", "/findings", "/ledger", "/stacks");

    [Fact]
    public async Task On_pages_of_every_format()
    {
        await using var witness = await site.WatchAsync();
        foreach (var view in (string[])["", "/captures", "/ledger", "/findings", "/regions", "/trace"]) await witness.OpenAsync($"/p/{site.Formats[0]}{view}");
        foreach (var process in site.Formats)
            foreach (var (kind, weight) in ((string, string)[])[("traces", "mapped"), ("heap-profiles", "live")])
                foreach (var item in (await site.Server.JsonAsync($"api/v1/processes/{process}/{kind}")).GetProperty("items").EnumerateArray())
                    await witness.OpenAsync($"/p/{process}/stacks?weight={weight}&trace={item.Text("id")}");
        Done(witness);
    }

    private async Task VisitAsync(Guid process, params string[] views)
    {
        var p = $"/p/{process}";
        var region = (await site.Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1")).GetProperty("items")[0].Text("id");
        await using var witness = await site.WatchAsync();
        foreach (var view in views.Append($"/regions/{region}")) await witness.OpenAsync(p + view);
        foreach (var finding in (await site.Server.JsonAsync($"api/v1/processes/{process}/findings")).GetProperty("items").EnumerateArray()) await witness.OpenAsync($"{p}/findings/{finding.Text("rule")}");
        Done(witness);
    }

    private static void Done(Witness witness)
    {
        Assert.True(witness.Offences.Count == 0, string.Join('\n', witness.Offences));
        Assert.True(witness.Seen.Count > 100, $"only {witness.Seen.Count} payloads were shown at all");
    }
}
