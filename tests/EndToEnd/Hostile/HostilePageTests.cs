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
        foreach (var path in (string[])["/", "/?q=pwn", "/upload", "/symbols", "/shares", "/formats", "/admin", $"/compare?base={site.Case}&current={site.Wide}", $"/compare?base={site.Wide}&current={site.Case}&group=backing&columns=all"])
            await witness.OpenAsync(path);
        Done(witness);
    }

    [Fact]
    public async Task On_pages_of_a_process_with_every_payload() => await VisitAsync(site.Wide);

    [Fact]
    public async Task On_pages_of_a_process_that_leaks() => await VisitAsync(site.Case);

    [Fact]
    public async Task On_pages_of_every_format()
    {
        await using var witness = await site.WatchAsync();
        foreach (var view in (string[])["", "/captures", "/ledger", "/findings", "/regions", "/trace"]) await witness.OpenAsync($"/p/{site.Formats[0]}{view}");
        foreach (var process in site.Formats)
            foreach (var kind in (string[])["traces", "heap-profiles"])
                foreach (var item in (await site.Server.JsonAsync($"api/v1/processes/{process}/{kind}")).GetProperty("items").EnumerateArray())
                    await witness.OpenAsync($"/p/{process}/stacks?trace={item.Text("id")}");
        Done(witness);
    }

    private async Task VisitAsync(Guid process)
    {
        var p = $"/p/{process}";
        var region = (await site.Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1")).GetProperty("items")[0].Text("id");
        await using var witness = await site.WatchAsync();
        foreach (var path in (string[])
                 [
                     p, $"{p}?metric=pss", $"{p}/regions", $"{p}/regions?by=backing", $"{p}/regions/{region}", $"{p}/diff", $"{p}/diff?group=backing&columns=all", $"{p}/trace", $"{p}/ledger", $"{p}/findings", $"{p}/captures",
                     $"{p}/stacks", $"{p}/stacks?weight=mapped&view=leaf", $"{p}/stacks?weight=growth", $"{p}/stacks?weight=calls&of={Uri.EscapeDataString(Payloads.All[5])}", $"{p}/stacks?weight=live&at=0.0",
                 ])
            await witness.OpenAsync(path);
        foreach (var finding in (await site.Server.JsonAsync($"api/v1/processes/{process}/findings")).GetProperty("items").EnumerateArray()) await witness.OpenAsync($"{p}/findings/{finding.Text("rule")}");
        Done(witness);
    }

    private static void Done(Witness witness)
    {
        Assert.True(witness.Offences.Count == 0, string.Join('\n', witness.Offences));
        Assert.True(witness.Seen.Count > 100, $"only {witness.Seen.Count} payloads were shown at all");
    }
}
