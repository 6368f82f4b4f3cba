using System.Globalization;
using System.Net;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(ApiTests))]
public sealed class CallchainTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    [Fact]
    public async Task The_top_outstanding_callchain_of_raw_mmap_leak_names_the_leak_and_mremap_is_charged_its_growth()
    {
        var process = await TracedAsync();
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/callchains");
        var items = answer.GetProperty("items").EnumerateArray().ToList();
        var grown = items.Where(i => Functions(i).Contains("index_grow")).ToList();

        Assert.Contains("blob_store_append", Functions(items[0]));
        Assert.Equal(0, items[0].Number("bytes") % 98304);
        Assert.Contains(grown, i => i.Number("bytes") == 1_048_576);
        Assert.Equal(items.Sum(i => i.Number("bytes")), answer.Number("totalBytes"));
        Assert.InRange(answer.Number("coverage"), 0.75, 1);
    }

    [Fact]
    public async Task What_is_resident_never_exceeds_what_is_outstanding()
    {
        var process = await TracedAsync();
        foreach (var item in (await Server.JsonAsync($"api/v1/processes/{process}/callchains?weight=resident")).GetProperty("items").EnumerateArray())
        {
            Assert.Equal(item.Number("residentBytes"), item.Number("bytes"));
            Assert.InRange(item.Number("residentBytes"), 0, item.Number("outstandingBytes"));
        }
    }

    [Fact]
    public async Task By_bytes_mapped_another_function_leads()
    {
        var process = await TracedAsync();
        var outstanding = (await Server.JsonAsync($"api/v1/processes/{process}/callchains?weight=outstanding")).GetProperty("items");
        var calls = (await Server.JsonAsync($"api/v1/processes/{process}/callchains?weight=calls")).GetProperty("items");
        Assert.Contains("blob_store_append", Functions(outstanding[0]));
        Assert.Contains("scratch_pass", Functions(calls[0]));
        Assert.Equal(calls.EnumerateArray().Sum(i => i.Number("calls")), calls.EnumerateArray().Sum(i => i.Number("bytes")));
    }

    [Fact]
    public async Task A_region_keeps_the_callchains_that_mapped_it()
    {
        var process = await TracedAsync();
        var regions = (await Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1000")).GetProperty("items").EnumerateArray().ToList();
        var anonymous = regions.First(r => r.Text("anchor").StartsWith("end fixed", StringComparison.Ordinal));
        var code = regions.First(r => r.Text("category") == "file-text");

        Assert.True((await Server.JsonAsync($"api/v1/processes/{process}/callchains?region={anonymous.Text("id")}")).Number("totalBytes") > 0);
        Assert.Equal(0, (await Server.JsonAsync($"api/v1/processes/{process}/callchains?region={code.Text("id")}")).Number("totalBytes"));
        foreach (var unknown in (string[])["region", "trace"])
        {
            using var response = await Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/callchains?{unknown}={Guid.NewGuid()}", UriKind.Relative));
            await response.ProblemAsync(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Folded_text_and_speedscope_hold_the_same_weights()
    {
        var process = await TracedAsync();
        var total = (await Server.JsonAsync($"api/v1/processes/{process}/callchains")).Number("totalBytes");
        var folded = (await Server.Client.GetStringAsync(new Uri($"api/v1/processes/{process}/callchains?format=folded", UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var scope = await Server.JsonAsync($"api/v1/processes/{process}/callchains?format=speedscope");
        var profile = scope.GetProperty("profiles")[0];

        Assert.Equal(total, folded.Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)));
        Assert.Contains(folded, line => line.StartsWith("_start;", StringComparison.Ordinal) && line.Contains(";blob_store_append;", StringComparison.Ordinal));
        Assert.Equal(total, profile.GetProperty("weights").EnumerateArray().Sum(w => w.GetDouble()));
        Assert.Equal(profile.GetProperty("weights").GetArrayLength(), profile.GetProperty("samples").GetArrayLength());
        Assert.Contains(scope.GetProperty("shared").GetProperty("frames").EnumerateArray(), f => f.Text("name") == "blob_store_append");
    }

    [Fact]
    public async Task A_process_without_a_trace_says_so()
    {
        var process = await Server.UploadCaseAsync("plateau", Uploads.NewHost(), "smaps.tar.gz");
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/callchains");
        Assert.Empty(answer.GetProperty("items").EnumerateArray());
        Assert.NotEmpty(answer.GetProperty("notes").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("coverage").ValueKind);
    }

    [Fact]
    public async Task A_frame_pointer_stack_shows_where_a_frame_is_missing_and_its_clock_is_not_placed()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("raw-mmap-leak", host, "smaps.tar.gz");
        await Server.UploadAsync(Fixtures.Bytes("bpftrace", "raw-mmap-leak.txt.gz"), $"host={host}&pid=3358");
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/callchains");
        var leaves = answer.GetProperty("items").EnumerateArray().Where(i => Functions(i).FirstOrDefault() == "syscall" && Functions(i).Count > 1).ToList();

        Assert.NotEmpty(leaves);
        Assert.All(leaves, i => Assert.True(i.GetProperty("frames")[0].GetProperty("gapAfter").GetBoolean()));
        var trace = Assert.Single(answer.GetProperty("traces").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, trace.GetProperty("from").ValueKind);
        // Its blocks tell between which snapshots it ran.
        Assert.InRange(answer.Number("coverage"), 0.5, 1);
    }

    [Fact]
    public async Task The_time_told_with_a_trace_since_boot_places_it()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("raw-mmap-leak", host, "smaps.tar.gz");
        var first = DateTimeOffset.FromUnixTimeSeconds(1795189446);
        await Server.UploadAsync(Fixtures.Bytes("bpftrace", "raw-mmap-leak.txt.gz"), $"host={host}&pid=3358&takenAt={first.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}");
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/callchains");
        var trace = Assert.Single(answer.GetProperty("traces").EnumerateArray());

        Assert.Equal(first, trace.GetProperty("from").GetDateTimeOffset());
        Assert.InRange((trace.GetProperty("to").GetDateTimeOffset() - first).TotalSeconds, 5, 10);
        Assert.Contains("takenAt", trace.Text("clock"), StringComparison.Ordinal);
        Assert.Equal("guessed", trace.Text("sureness"));
        Assert.InRange(answer.Number("coverage"), 0.5, 1);
    }

    [Fact]
    public async Task A_trace_that_prints_both_clocks_places_itself_and_traceStart_stands_above_that()
    {
        var text = "Attaching 1 probe...\nTRACE-BEGIN 1000000000 pid=3358 time=2026-11-20T15:44:00.500000+0000\n3000000000 3358 3358 a mmap len=4096 ret=0x7f0000000000\n"u8.ToArray();
        foreach (var (query, sureness, from) in ((string, string, string)[])[("", "within 10 ms", "2026-11-20T15:44:02.5Z"), ("&traceStart=2026-11-20T15:00:00Z", "exact", "2026-11-20T15:00:00Z")])
        {
            var host = Uploads.NewHost();
            var process = await Server.UploadCaseAsync("raw-mmap-leak", host, "smaps.tar.gz");
            await Server.UploadAsync(text, $"host={host}&pid=3358{query}");
            var trace = Assert.Single((await Server.JsonAsync($"api/v1/processes/{process}/callchains")).GetProperty("traces").EnumerateArray());

            Assert.Equal(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture), trace.GetProperty("from").GetDateTimeOffset());
            Assert.Equal(sureness, trace.Text("sureness"));
        }
    }

    internal static List<string?> Functions(JsonElement item) => [.. item.GetProperty("frames").EnumerateArray().Select(f => f.GetProperty("function").GetString())];

    private async Task<Guid> TracedAsync()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("raw-mmap-leak", host, "smaps.tar.gz");
        await Server.UploadAsync(Fixtures.Bytes("strace", "raw-mmap-leak.txt.gz"), $"host={host}&pid=3358");
        return process;
    }
}
