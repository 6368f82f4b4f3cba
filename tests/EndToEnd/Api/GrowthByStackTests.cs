using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Traces joined with snapshots, over the API.</summary>
[Collection(nameof(ApiTests))]
public sealed class GrowthByStackTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    [Theory]
    [InlineData("ucx-leak.txt.gz")]
    [InlineData("ucx-leak-2.txt.gz")]
    public async Task The_founding_case_s_anonymous_memory_grows_by_exactly_what_the_traced_chunks_hold(string fixture)
    {
        var (process, trace) = await TracedAsync(fixture);
        var all = (await CallchainsAsync(process, $"weight=outstanding&trace={trace}")).Number("totalBytes");
        var anonymous = AnonymousOfText();
        var held = new List<double>();
        for (var n = 1; n <= anonymous.Count; n++) held.Add((await CallchainsAsync(process, $"weight=resident&trace={trace}&to={n}")).Number("totalBytes"));
        var (from, to) = (held.FindIndex(h => h > 0) + 1, held.FindLastIndex(h => h < all) + 1);
        var grown = anonymous[to - 1] - anonymous[from - 1];

        foreach (var only in (string[])["", "&category=anonymous", $"&region={await LeakingRegionAsync(process)}"])
        {
            var answer = await CallchainsAsync(process, $"weight=growth&trace={trace}&from={from}&to={to}{only}");
            var growth = answer.GetProperty("growth");
            Assert.Equal(grown, growth.Number("tracedBytes"));
            Assert.Equal((grown, 0, 0), (growth.Number("rssBytes"), growth.Number("beforeTraceBytes"), growth.Number("notSeenBytes")));
            Assert.Equal((from, to), ((int)growth.Number("fromNumber"), (int)growth.Number("toNumber")));

            var chunks = Assert.Single(answer.GetProperty("items").EnumerateArray(), i => i.Number("bytes") != 0);
            Assert.Equal(grown, chunks.Number("bytes"));
            Assert.Equal(chunks.Number("residentBytes"), chunks.Number("bytes") + chunks.Number("baseBytes"));
            var functions = CallchainTests.Functions(chunks);
            Assert.InRange(functions.IndexOf("ucs_rcache_mp_chunk_alloc"), 0, functions.IndexOf("ucm_munmap"));
        }
    }

    [Fact]
    public async Task A_trace_that_nothing_ties_to_wall_time_is_placed_by_the_snapshots_that_hold_a_part_of_its_blocks()
    {
        var (process, _) = await TracedAsync("ucx-leak.txt.gz");
        var answer = await CallchainsAsync(process, "weight=resident");
        // truth.json: nothing but the chunks grows.
        Assert.InRange(answer.Number("coverage"), 0.98, 1);
        Assert.Contains(answer.GetProperty("notes").EnumerateArray(), n => n.GetString()!.Contains("hold some, but not all", StringComparison.Ordinal));
        Assert.InRange(Assert.Single(answer.GetProperty("traces").EnumerateArray()).Number("observedSeconds"), 8, 10);
    }

    [Fact]
    public async Task A_region_tells_by_whom_its_growth_was_mapped()
    {
        var (process, _) = await TracedAsync("ucx-leak.txt.gz");
        var region = await LeakingRegionAsync(process);
        var mapped = (await Server.JsonAsync($"api/v1/processes/{process}/regions/{region}?from=9&to=15")).GetProperty("mappedBy");
        Assert.Equal("ucs_rcache_mp_chunk_alloc", mapped.GetProperty("site").Text("function"));
        Assert.Equal(mapped.Number("growthBytes"), mapped.Number("tracedBytes"));
        Assert.Equal(mapped.Number("tracedBytes"), mapped.Number("siteBytes"));

        var still = (await Server.JsonAsync($"api/v1/processes/{process}/regions?category=file-text&limit=1")).GetProperty("items")[0].Text("id");
        Assert.Equal(JsonValueKind.Null, (await Server.JsonAsync($"api/v1/processes/{process}/regions/{still}")).GetProperty("mappedBy").ValueKind);
    }

    [Theory]
    [InlineData("bpftrace", "ucx-leak.json.gz")]
    [InlineData("perf", "ucx-leak.txt.gz")]
    public async Task What_the_program_unmaps_itself_is_not_blamed(string tool, string fixture)
    {
        var (process, _) = await TracedAsync(fixture, tool);
        var answer = await CallchainsAsync(process, "weight=resident");
        Assert.All(answer.GetProperty("items").EnumerateArray(), i => Assert.Equal(i.Number("bytes") > 0, CallchainTests.Functions(i).Contains("ucs_rcache_mp_chunk_alloc")));
        Assert.Contains(answer.GetProperty("items").EnumerateArray(), i => i.Number("bytes") == 0 && i.Number("mappedBytes") > 0 && CallchainTests.Functions(i).Contains("decode_step"));
    }

    [Fact]
    public async Task Growth_adds_up_over_windows_categories_and_traces()
    {
        var (process, _) = await TracedAsync("ucx-leak.txt.gz");
        await Server.UploadAsync(Fixtures.Bytes("bpftrace", "ucx-leak-2.txt.gz"), $"host={_host}&pid=32305&traceStart=2026-11-20T15:41:49.9Z");
        var snapshots = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots")).GetProperty("items").EnumerateArray().ToDictionary(s => (int)s.Number("number"), s => s.Number("rssBytes"));
        foreach (var (from, to) in ((int, int)[])[(1, 91), (8, 16), (40, 60), (90, 91)])
        {
            var growth = (await CallchainsAsync(process, $"weight=growth&from={from}&to={to}")).GetProperty("growth");
            Assert.Equal(snapshots[to] - snapshots[from], growth.Number("rssBytes"));
            Assert.Equal(growth.Number("rssBytes"), growth.Number("tracedBytes") + growth.Number("beforeTraceBytes") + growth.Number("notSeenBytes"));
            var byCategory = 0.0;
            foreach (var category in (string[])["heap", "arena", "thread-stack", "main-stack", "anonymous", "jit", "file-text", "file-data", "shared", "huge", "device", "special", "reserved"])
            {
                var part = (await CallchainsAsync(process, $"weight=growth&from={from}&to={to}&category={category}")).GetProperty("growth");
                Assert.Equal(part.Number("rssBytes"), part.Number("tracedBytes") + part.Number("beforeTraceBytes") + part.Number("notSeenBytes"));
                byCategory += part.Number("rssBytes");
            }
            Assert.Equal(growth.Number("rssBytes"), byCategory);
        }
    }

    [Fact]
    public async Task A_window_counts_the_calls_in_it_and_what_was_outstanding_at_its_end()
    {
        var (process, _) = await StracedAsync();
        var calls = Encoding.UTF8.GetString(Fixtures.Unzipped("strace", "raw-mmap-leak.txt.gz")).Split('\n').Where(Maps).ToList();
        var times = calls.ConvertAll(l => decimal.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
        // Between two calls, a third and two thirds of the way.
        var (first, last) = (times.Count / 3, times.Count * 2 / 3);
        var (from, to) = ((times[first] + times[first + 1]) / 2, (times[last] + times[last + 1]) / 2);
        var (whole, window) = (await CallchainsAsync(process, "weight=calls"), await CallchainsAsync(process, $"weight=calls&from={Iso(from)}&to={Iso(to)}"));

        Assert.Equal((times.Count, last - first), ((int)whole.Number("totalBytes"), (int)window.Number("totalBytes")));
        Assert.Equal(times.Count, (await CallchainsAsync(process, $"weight=calls&to={Iso(from)}")).Number("totalBytes") + (await CallchainsAsync(process, $"weight=calls&from={Iso(from)}")).Number("totalBytes"));
        Assert.Contains(window.GetProperty("notes").EnumerateArray(), n => n.GetString()!.StartsWith("Only calls from", StringComparison.Ordinal));
        Assert.Equal(JsonValueKind.Null, window.GetProperty("coverage").ValueKind);
        Assert.Equal(0, (await CallchainsAsync(process, "weight=calls&from=2030-01-01T00:00:00Z")).Number("totalBytes"));
    }

    [Fact]
    public async Task Filters_leave_callchains_out_and_say_so()
    {
        var (process, trace) = await StracedAsync();
        var whole = (await CallchainsAsync(process, "weight=outstanding")).Number("totalBytes");

        var module = await CallchainsAsync(process, "weight=outstanding&module=raw_mmap_leak");
        Assert.All(module.GetProperty("items").EnumerateArray(), i => Assert.Contains(i.GetProperty("frames").EnumerateArray(), f => f.GetProperty("module").GetString()?.EndsWith("/raw_mmap_leak", StringComparison.Ordinal) == true));
        Assert.Contains(module.GetProperty("notes").EnumerateArray(), n => n.GetString()!.Contains("raw_mmap_leak", StringComparison.Ordinal));
        Assert.Empty((await CallchainsAsync(process, "weight=outstanding&module=nobody.so")).GetProperty("items").EnumerateArray());
        Assert.Equal(whole, (await CallchainsAsync(process, "weight=outstanding&thread=3358")).Number("totalBytes"));
        Assert.Equal(0, (await CallchainsAsync(process, "weight=outstanding&thread=1")).Number("totalBytes"));
        Assert.Equal(0, (await CallchainsAsync(process, "weight=outstanding&category=heap")).Number("totalBytes"));
        Assert.InRange((await CallchainsAsync(process, "weight=outstanding&category=anonymous")).Number("totalBytes"), 1, whole);

        var compared = await CallchainsAsync(process, $"weight=outstanding&trace={trace}&base={trace}");
        Assert.Equal((0, trace.ToString()), (compared.Number("totalBytes"), compared.Text("base")));
        Assert.All(compared.GetProperty("items").EnumerateArray(), i => Assert.Equal((0, i.Number("outstandingBytes")), (i.Number("bytes"), i.Number("baseBytes"))));

        foreach (var (query, status) in ((string, HttpStatusCode)[])[("thread=x", HttpStatusCode.BadRequest), ("thread=-1", HttpStatusCode.BadRequest), ("category=nothing", HttpStatusCode.BadRequest),
            ("weight=heaviest", HttpStatusCode.BadRequest), ("base=1", HttpStatusCode.BadRequest), ("modul=a", HttpStatusCode.BadRequest), ($"weight=growth&base={trace}", HttpStatusCode.BadRequest),
            ($"base={Guid.NewGuid()}", HttpStatusCode.NotFound), ("from=99999", HttpStatusCode.NotFound)])
        {
            using var response = await Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/callchains?{query}", UriKind.Relative));
            await response.ProblemAsync(status);
        }
    }

    private readonly string _host = Uploads.NewHost();

    private Task<JsonElement> CallchainsAsync(Guid process, string query) => Server.JsonAsync($"api/v1/processes/{process}/callchains?{query}");

    private async Task<(Guid Process, Guid Trace)> TracedAsync(string fixture, string tool = "bpftrace")
    {
        var process = await Server.UploadCaseAsync("ucx-leak", _host, "smaps.tar.gz");
        await Server.UploadAsync(Fixtures.Bytes(tool, fixture), $"host={_host}&pid=32305");
        return (process, (await CallchainsAsync(process, "")).GetProperty("traces")[0].GetProperty("id").GetGuid());
    }

    private async Task<(Guid Process, Guid Trace)> StracedAsync()
    {
        var process = await Server.UploadCaseAsync("raw-mmap-leak", _host, "smaps.tar.gz");
        await Server.UploadAsync(Fixtures.Bytes("strace", "raw-mmap-leak.txt.gz"), $"host={_host}&pid=3358");
        return (process, (await CallchainsAsync(process, "")).GetProperty("traces")[0].GetProperty("id").GetGuid());
    }

    private async Task<string> LeakingRegionAsync(Guid process) =>
        (await Server.JsonAsync($"api/v1/processes/{process}/regions?sort=growth&limit=1")).GetProperty("items")[0].Text("id");

    // A call that maps: mmap, or an mremap to a greater length.
    private static bool Maps(string line)
    {
        var parts = line.Split([' ', '(', ','], StringSplitOptions.RemoveEmptyEntries);
        return !line.Contains("= -1", StringComparison.Ordinal) && parts.Length > 5
            && (parts[2] == "mmap" || (parts[2] == "mremap" && long.Parse(parts[5], CultureInfo.InvariantCulture) > long.Parse(parts[4], CultureInfo.InvariantCulture)));
    }

    private static string Iso(decimal unixSeconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(unixSeconds * 10_000_000)).ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    private static List<long> AnonymousOfText() => [.. Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").OrderBy(m => m.Name, StringComparer.Ordinal)
        .Select(m => Encoding.UTF8.GetString(m.Text).Split('\n').Where(l => l.StartsWith("Anonymous:", StringComparison.Ordinal)).Sum(l => long.Parse(l[10..^2].Trim(), CultureInfo.InvariantCulture)) * 1024)];
}
