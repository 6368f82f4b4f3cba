using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>What traces saw: expected figures are summed from the lines of perf's own text.</summary>
[Collection(nameof(ApiTests))]
public sealed partial class TraceTests(ApiServer api)
{
    private const string FirstEvent = "2026-11-20T15:41:30.1Z";

    private ServerProcess Server => api.Server;

    [Fact]
    public async Task Calls_and_bytes_of_a_trace_are_those_of_its_text()
    {
        var (process, trace, text) = await TracedAsync();
        var figures = await Server.JsonAsync($"api/v1/processes/{process}/traces/{trace}");
        var mapped = Mmaps().Matches(text).Sum(m => Hex(m.Groups["len"].Value));
        var unmapped = Munmaps().Matches(text).Sum(m => Hex(m.Groups["len"].Value));

        Assert.Equal(Mmaps().Count(text), Call(figures, "mmap").Number("succeeded"));
        Assert.Equal(Munmaps().Count(text), Call(figures, "munmap").Number("succeeded"));
        var activity = figures.GetProperty("activity");
        Assert.Equal(mapped, activity.Number("mappedBytes"));
        Assert.Equal(unmapped, activity.Number("unmappedBytes"));
        Assert.Equal(activity.Number("mappedBytes"), activity.Number("outstandingBytes") + activity.Number("freedBytes") + activity.Number("unplacedBytes"));
        Assert.Equal(activity.Number("mappedBytes"), figures.GetProperty("threads").EnumerateArray().Sum(t => t.GetProperty("activity").Number("mappedBytes")));
        Assert.Equal(activity.Number("mappedBytes"), figures.GetProperty("sites").EnumerateArray().Sum(s => s.GetProperty("activity").Number("mappedBytes")));
        Assert.Equal((mapped + unmapped) / figures.Number("observedSeconds"), figures.Number("churnBytesPerSecond"), 1);
    }

    [Fact]
    public async Task The_list_tells_the_observed_span_and_how_the_clock_was_anchored()
    {
        var (process, _, text) = await TracedAsync();
        var trace = (await Server.JsonAsync($"api/v1/processes/{process}/traces")).GetProperty("items")[0];
        var times = Times().Matches(text).Select(m => double.Parse(m.Groups["s"].Value, CultureInfo.InvariantCulture)).ToList();

        Assert.InRange(trace.Number("observedSeconds"), times.Max() - times.Min() - 0.01, times.Max() - times.Min());
        Assert.Equal(DateTimeOffset.Parse(FirstEvent, CultureInfo.InvariantCulture), trace.GetProperty("from").GetDateTimeOffset());
        Assert.Contains("traceStart", trace.Text("clock"), StringComparison.Ordinal);
        Assert.True(trace.GetProperty("lossesByKind").TryGetProperty("began-late", out _));
    }

    [Fact]
    public async Task The_parts_of_a_timeline_add_up_to_the_trace_and_end_with_what_is_outstanding()
    {
        var (process, trace, text) = await TracedAsync();
        var figures = await Server.JsonAsync($"api/v1/processes/{process}/traces/{trace}");
        var calls = await Server.JsonAsync($"api/v1/processes/{process}/traces/{trace}/timeline?by=calls&points=50");
        var memory = await Server.JsonAsync($"api/v1/processes/{process}/traces/{trace}/timeline?by=memory&points=50");
        var part = figures.Number("observedSeconds") / 50;

        Assert.Equal(50, calls.GetProperty("unixMs").GetArrayLength());
        Assert.Equal(Mmaps().Count(text), Column(calls, "mmap").Sum() * part, 0.01);
        Assert.Equal(figures.GetProperty("activity").Number("outstandingBytes"), Column(memory, "outstanding")[^1]);
        Assert.Equal(figures.Number("rssBytesAfter"), Column(memory, "rss")[^1], 1.0);
        Assert.True(memory.GetProperty("unixMs")[0].GetDouble() > DateTimeOffset.Parse(FirstEvent, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());

        var csv = await Server.Client.GetStringAsync(new Uri($"api/v1/processes/{process}/traces/{trace}/timeline?by=bytes&points=50&format=csv", UriKind.Relative));
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("time,milliseconds,", lines[0], StringComparison.Ordinal);
        Assert.Equal(51, lines.Length);
    }

    [Fact]
    public async Task A_window_of_absolute_times_cuts_the_trace()
    {
        var (process, trace, text) = await TracedAsync();
        var begin = DateTimeOffset.Parse(FirstEvent, CultureInfo.InvariantCulture);
        var first = Times().Matches(text).Min(m => double.Parse(m.Groups["s"].Value, CultureInfo.InvariantCulture));
        var within = MmapTimes().Matches(text).Count(m => double.Parse(m.Groups["s"].Value, CultureInfo.InvariantCulture) - first is >= 0.5 and <= 1.0);
        var cut = await Server.JsonAsync($"api/v1/processes/{process}/traces/{trace}?from={begin.AddSeconds(0.5):yyyy-MM-ddTHH:mm:ss.fffZ}&to={begin.AddSeconds(1):yyyy-MM-ddTHH:mm:ss.fffZ}");

        Assert.InRange(Call(cut, "mmap").Number("succeeded"), within - 1, within + 1); // an edge may fall on a call
        Assert.True(within > 0);
        Assert.InRange(cut.Number("observedSeconds"), 0.3, 0.5);
    }

    [Fact]
    public async Task Blocks_that_are_left_come_in_pages_by_address_and_add_up_to_what_is_outstanding()
    {
        var (process, trace, text) = await TracedAsync();
        var path = $"api/v1/processes/{process}/traces/{trace}";
        var outstanding = (await Server.JsonAsync(path)).GetProperty("activity").Number("outstandingBytes");
        var blocks = new List<(long Start, long End)>();
        string? cursor = null;
        do
        {
            var page = await Server.JsonAsync($"{path}/blocks?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            foreach (var block in page.GetProperty("items").EnumerateArray())
            {
                Assert.Equal("ucs_rcache_mp_chunk_alloc", block.GetProperty("site").Text("function"));
                blocks.Add((Hex(block.Text("start")), Hex(block.Text("end"))));
            }
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        Assert.Equal(outstanding, blocks.Sum(b => b.End - b.Start));
        Assert.True(blocks.Zip(blocks.Skip(1), (a, b) => a.End <= b.Start).All(inOrder => inOrder));
        Assert.All(blocks, b => Assert.Contains($"sys_exit_mmap: 0x{b.Start:x}", text, StringComparison.Ordinal));
        var csv = await Server.Client.GetStringAsync(new Uri(path + "/blocks?format=csv", UriKind.Relative));
        Assert.Equal(blocks.Count + 1, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        using var response = await Server.Client.GetAsync(new Uri(path + "/blocks?cursor=none", UriKind.Relative));
        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_is_not_there_is_404_and_what_cannot_be_read_400()
    {
        var (process, trace, _) = await TracedAsync();
        foreach (var (path, status) in new[]
        {
            ($"processes/{Guid.NewGuid()}/traces", HttpStatusCode.NotFound), ($"processes/{process}/traces/{process}", HttpStatusCode.NotFound), ($"processes/{process}/traces/{trace}?from=9999", HttpStatusCode.NotFound),
            ($"processes/{process}/traces/{process}/timeline", HttpStatusCode.NotFound), ($"processes/{process}/traces/{trace}/timeline?by=rss", HttpStatusCode.BadRequest), ($"processes/{process}/traces/{trace}/timeline?points=0", HttpStatusCode.BadRequest),
            ($"processes/{process}/traces/{trace}/timeline?points=2001", HttpStatusCode.BadRequest), ($"processes/{process}/traces/{trace}?thread=x", HttpStatusCode.BadRequest), ($"processes/{process}/traces?limit=1", HttpStatusCode.BadRequest),
        })
        {
            using var response = await Server.Client.GetAsync(new Uri("api/v1/" + path, UriKind.Relative));
            await response.ProblemAsync(status);
        }
    }

    [Fact]
    public async Task A_trace_without_an_anchor_counts_from_its_first_event()
    {
        var answer = await Server.UploadAsync(Fixtures.Unzipped("bpftrace", "raw-mmap-leak.txt.gz"), $"host={Uploads.NewHost()}&pid=3358&name=bt.txt");
        var process = answer.Text("processId");
        var trace = (await Server.JsonAsync($"api/v1/processes/{process}/traces")).GetProperty("items")[0];
        var timeline = await Server.JsonAsync($"api/v1/processes/{process}/traces/{trace.Text("id")}/timeline?by=memory&points=10");

        Assert.Equal(JsonValueKind.Null, trace.GetProperty("from").ValueKind);
        Assert.True(timeline.GetProperty("isRelative").GetBoolean());
        Assert.Equal(trace.Number("observedSeconds") * 1000, timeline.GetProperty("unixMs")[9].GetDouble(), 1.0);
        Assert.DoesNotContain(timeline.GetProperty("keys").EnumerateArray(), k => k.GetString() == "rss");
    }

    private async Task<(Guid Process, Guid Trace, string Text)> TracedAsync()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("ucx-leak", host, "smaps.tar.gz");
        var bytes = Fixtures.Unzipped("perf", "ucx-leak.txt.gz");
        await Server.UploadAsync(bytes, $"host={host}&pid={Truth.Pid("ucx-leak")}&name=perf.txt&traceStart={FirstEvent}");
        var trace = (await Server.JsonAsync($"api/v1/processes/{process}/traces")).GetProperty("items")[0].GetProperty("id").GetGuid();
        return (process, trace, Encoding.Latin1.GetString(bytes));
    }

    private static JsonElement Call(JsonElement figures, string name) => figures.GetProperty("calls").EnumerateArray().Single(c => c.Text("call") == name);

    private static List<double> Column(JsonElement series, string key)
    {
        var at = series.GetProperty("keys").EnumerateArray().Select(k => k.GetString()).ToList().IndexOf(key);
        return [.. series.GetProperty("values")[at].EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? double.NaN : v.GetDouble())];
    }

    private static long Hex(string digits) => long.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"sys_enter_mmap: addr: 0x[0-9a-f]+, len: 0x(?<len>[0-9a-f]+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Mmaps();

    [GeneratedRegex(@"sys_enter_munmap: addr: 0x[0-9a-f]+, len: 0x(?<len>[0-9a-f]+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Munmaps();

    [GeneratedRegex(@"(?<s>\d+\.\d{6}): +syscalls:sys_", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Times();

    [GeneratedRegex(@"(?<s>\d+\.\d{6}): +syscalls:sys_enter_mmap:", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex MmapTimes();
}
