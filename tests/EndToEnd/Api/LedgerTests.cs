using System.Globalization;
using System.Net;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>The ledger, proofs of fixes and the runs that prove remedies, over the API.</summary>
[Collection(nameof(ApiTests))]
public sealed class LedgerTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    [Fact]
    public async Task The_founding_case_closes_on_rss_with_its_traces_as_json_and_csv()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("ucx-leak", host, "smaps.tar.gz");
        await Server.UploadAsync(Fixtures.Bytes("bpftrace", "ucx-leak.txt.gz"), $"host={host}&pid={Truth.Pid("ucx-leak")}");
        var rss = Truth.RssOfText("ucx-leak");
        foreach (var (from, to) in ((int, int)[])[(1, 91), (56, 79), (30, 30)])
        {
            var ledger = await Server.JsonAsync($"api/v1/processes/{process}/ledger?from={from}&to={to}");
            var lines = ledger.GetProperty("lines").EnumerateArray().ToList();
            Assert.Equal(rss[to - 1], ledger.Number("rssBytes"));
            Assert.Equal(rss[to - 1], lines.Sum(l => l.Number("bytes")) + ledger.Number("unexplainedBytes"));
            if (from < to) Assert.Equal(rss[from - 1], lines.Sum(l => l.Number("bytesBefore")) + ledger.Number("unexplainedBytesBefore"));
            else Assert.Equal(JsonValueKind.Null, ledger.GetProperty("rssBytesBefore").ValueKind);
        }
        var whole = await Server.JsonAsync($"api/v1/processes/{process}/ledger");
        Assert.Contains(whole.GetProperty("lines").EnumerateArray(), l => l.Text("source") == "trace" && l.Text("label").Contains("ucs_rcache_mp_chunk_alloc", StringComparison.Ordinal));
        // Nothing of the growth is left over: what is unexplained was there at the first snapshot.
        Assert.Equal(whole.Number("unexplainedBytesBefore"), whole.Number("unexplainedBytes"));
        var inferred = Assert.Single(whole.GetProperty("lines").EnumerateArray(), l => l.Text("source") == "inferred");
        Assert.Equal(0, inferred.Number("bytes") % Truth.Of("ucx-leak").GetProperty("sites")[0].GetProperty("chunk_bytes").GetInt64());

        var csv = (await Server.Client.GetStringAsync(new Uri($"api/v1/processes/{process}/ledger?format=csv", UriKind.Relative))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("label,source,sourceWords,category,bytes,bytesBefore,changeBytes,share,", csv[0], StringComparison.Ordinal);
        Assert.Equal(csv.Length - 2, whole.GetProperty("lines").GetArrayLength());
        Assert.StartsWith("Unexplained,unexplained,,,", csv[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?from=1&to=99999")]
    [InlineData("?source=pmap-x")]
    [InlineData("?from=-3")]
    [InlineData("?bogus=1")]
    public async Task What_does_not_exist_or_cannot_be_read_is_a_problem_and_no_defect(string query)
    {
        var process = query.Length == 0 ? Guid.NewGuid() : await Server.UploadCaseAsync("plateau", Uploads.NewHost(), "smaps.tar.gz");
        using var answer = await Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/ledger{query}", UriKind.Relative));
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_capture_without_resident_sizes_says_so()
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "maps.tar.gz");
        var ledger = await Server.JsonAsync($"api/v1/processes/{process}/ledger");
        Assert.Equal((0, 0), (ledger.Number("rssBytes"), ledger.GetProperty("lines").GetArrayLength()));
        Assert.Contains("no resident sizes", ledger.Text("answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fix_is_proven_by_another_run_in_json_csv_and_the_block_for_a_ticket_and_its_remedy_says_by_which()
    {
        var host = Uploads.NewHost();
        var leak = await Server.UploadCaseAsync("ucx-leak", host, "smaps.tar.gz", "status.tar.gz");
        var again = await Server.JsonAsync($"api/v1/compare?base={leak}:1-45&current={leak}:46-91");
        Assert.Equal("not-fixed", again.GetProperty("proof").Text("verdict"));

        // Another host, the setting as a label.
        var run = (await Server.UploadAsync(Fixtures.Bytes("cases", "ucx-leak", "hook-none", "smaps.tar.gz"), $"host={Uploads.NewHost()}&pid=14773&label.UCX_MEM_MMAP_HOOK_MODE=none")).GetProperty("processId").GetGuid();
        var compare = await Server.JsonAsync($"api/v1/compare?base={leak}&current={run}");
        var proof = compare.GetProperty("proof");
        Assert.Equal("fixed", proof.Text("verdict"));
        Assert.True(proof.GetProperty("after").Number("highBytesPerSecond") < proof.GetProperty("before").Number("lowBytesPerSecond") / 10);
        var three = await Server.JsonAsync($"api/v1/compare?base={leak}&current={run}:1-3");
        Assert.Equal("cannot-tell-yet", three.GetProperty("proof").Text("verdict"));
        Assert.True(three.GetProperty("proof").Number("moreSeconds") > 0);
        Assert.Equal("nothing-to-fix", (await Server.JsonAsync($"api/v1/compare?base={run}&current={leak}")).GetProperty("proof").Text("verdict"));

        var csv = (await Server.Client.GetStringAsync(new Uri($"api/v1/compare?base={leak}&current={run}&format=csv", UriKind.Relative))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("proof,,,fixed,", csv[^1], StringComparison.Ordinal);

        var findings = await Server.JsonAsync($"api/v1/processes/{leak}/findings");
        var remedies = findings.GetProperty("items")[0].GetProperty("remedies").EnumerateArray().ToList();
        Assert.Equal(run, remedies.Single(r => r.Text("setting") == "UCX_MEM_MMAP_HOOK_MODE=none").GetProperty("provenBy").GetGuid());
        Assert.Equal(JsonValueKind.Null, remedies.Single(r => r.Text("setting") == "UCX_RCACHE_MAX_UNRELEASED=1024").GetProperty("provenBy").ValueKind);
    }
}
