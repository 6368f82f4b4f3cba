using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>One search finds processes, regions, functions, modules and build ids, and says what it looked through.</summary>
[Collection(nameof(ApiTests))]
public sealed partial class SearchTests(ApiServer api)
{
    private readonly string _host = Uploads.NewHost();

    private ServerProcess Server => api.Server;

    [Fact]
    public async Task Any_address_in_a_mapping_finds_its_region_in_the_process_in_view()
    {
        var process = await PlateauAsync();
        var vmas = await VmasAsync(process);
        foreach (var vma in (JsonElement[])[vmas[0], vmas[vmas.Count / 2], vmas[^1]])
        {
            var (start, end) = (Convert.ToUInt64(vma.Text("start"), 16), Convert.ToUInt64(vma.Text("end"), 16));
            foreach (var address in (ulong[])[start, start + ((end - start) / 2), end - 1])
            {
                var hit = (await FindAsync($"0x{address:x}", process)).First(h => h.Text("kind") == "region");
                Assert.Equal((process, vma.Text("regionId")), (hit.Text("processId"), hit.Text("regionId")));
                Assert.Equal($"/p/{process}/regions/{vma.Text("regionId")}", hit.Text("path"));
            }
        }
    }

    [Fact]
    public async Task A_region_is_found_from_anywhere_once_its_rows_are_written()
    {
        var process = await PlateauAsync();
        var vma = (await VmasAsync(process))[0];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        // Written behind the uploads.
        while (!(await FindAsync($"{vma.Text("start")}-{vma.Text("end")}")).Any(h => h.Text("processId") == process && h.Text("regionId") == vma.Text("regionId"))) await Task.Delay(100, patience.Token);
    }

    [Fact]
    public async Task A_process_is_found_by_host_pid_and_label()
    {
        var process = await PlateauAsync("&label.ticket=INC-" + _host);
        foreach (var text in (string[])[_host, _host.ToUpperInvariant(), "inc-" + _host]) Assert.Equal(process, Assert.Single(await FindAsync(text), h => h.Text("kind") == "process").Text("processId"));
        Assert.Contains(await FindAsync(Truth.Pid("plateau").ToString(CultureInfo.InvariantCulture), process), h => h.Text("kind") == "process" && h.Text("path") == $"/p/{process}");
    }

    [Fact]
    public async Task A_function_of_a_trace_is_found_by_a_part_of_its_name_and_leads_to_its_stacks()
    {
        var trace = Encoding.UTF8.GetString(Fixtures.Unzipped("bpftrace", "ucx-leak.txt.gz"));
        var function = Names().Matches(trace).Select(m => m.Groups["name"].Value).First(n => n.Length > 12);
        var process = (await Server.UploadAsync(Encoding.UTF8.GetBytes(trace), $"host={_host}&pid=32305")).Text("processId");

        var hit = (await FindAsync(function[2..^2].ToUpperInvariant(), process)).First(h => h.Text("kind") == "function" && h.Text("processId") == process);
        Assert.Equal(function, hit.Text("title"));
        Assert.StartsWith($"/p/{process}/stacks?", hit.Text("path"), StringComparison.Ordinal);
        Assert.Contains("q=" + function, hit.Text("path"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbol_file_is_found_by_the_beginning_of_its_build_id()
    {
        using var sent = await Server.SendSymbolsAsync(Fixtures.Bytes("elf", "ucx-leak", "ucx_leak.debug"), "ucx_leak.debug");
        var buildId = JsonDocument.Parse(await sent.Content.ReadAsStringAsync()).RootElement.Text("buildId");

        foreach (var text in (string[])[buildId, buildId[..6], buildId[..8].ToUpperInvariant()]) Assert.Contains(await FindAsync(text), h => h.Text("kind") == "build-id" && h.Text("title") == buildId);
        Assert.DoesNotContain(await FindAsync(buildId[..5]), h => h.Text("kind") == "build-id");
    }

    [Theory]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData("\\")]
    [InlineData("a\0b")]
    [InlineData("'; DROP TABLE process; --")]
    [InlineData("(((((((((((((((((((((((((*")]
    [InlineData("0xffffffffffffffff")]
    [InlineData("\ud800")]
    public async Task Text_that_means_something_elsewhere_finds_nothing_and_harms_nothing(string text)
    {
        var answer = await Server.JsonAsync($"api/v1/search?q={Uri.EscapeDataString(text)}");
        Assert.NotEmpty(answer.GetProperty("searched").EnumerateArray());
        Assert.DoesNotContain(answer.GetProperty("hits").EnumerateArray(), h => h.Text("kind") is "function" or "build-id");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?q=")]
    [InlineData("?q=a&q=b")]
    [InlineData("?q=abc&in=me")]
    [InlineData("?text=abc")]
    public async Task What_cannot_be_meant_is_refused(string query)
    {
        using var refused = await Server.Client.GetAsync(new Uri("api/v1/search" + query, UriKind.Relative));
        await refused.ProblemAsync(HttpStatusCode.BadRequest, "bad-parameter");
    }

    [Fact]
    public async Task A_process_that_is_gone_is_no_reason_to_find_nothing()
    {
        var process = await PlateauAsync();
        Assert.Contains(await FindAsync(_host, Guid.CreateVersion7().ToString()), h => h.Text("processId") == process);
    }

    private async Task<List<JsonElement>> FindAsync(string text, string? inProcess = null) =>
        [.. (await Server.JsonAsync($"api/v1/search?q={Uri.EscapeDataString(text)}{(inProcess is null ? "" : "&in=" + inProcess)}")).GetProperty("hits").EnumerateArray()];

    private async Task<string> PlateauAsync(string more = "") =>
        (await Server.UploadAsync(await File.ReadAllBytesAsync(Fixtures.Case("plateau", "smaps.tar.gz")), $"host={_host}&pid={Truth.Pid("plateau")}{more}")).Text("processId");

    private async Task<List<JsonElement>> VmasAsync(string process)
    {
        var last = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots?limit=1000")).GetProperty("items").EnumerateArray().Last().GetProperty("number").GetInt32();
        return [.. (await Server.JsonAsync($"api/v1/processes/{process}/snapshots/{last}")).GetProperty("vmas").EnumerateArray()];
    }

    [GeneratedRegex(@"^\t[0-9a-f]+ (?<name>[a-z_]+)\+", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Names();
}
