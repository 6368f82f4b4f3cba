using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Verdicts over the API: snapshots, traces, heap profiles and figures of one process come together whatever tool they are from.</summary>
[Collection(nameof(ApiTests))]
public sealed class FindingTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    [Fact]
    public async Task The_founding_case_is_likely_by_its_snapshots_alone_and_says_what_to_run_next()
    {
        var findings = await FindingsAsync("ucx-leak", 32305);
        var finding = findings.GetProperty("items")[0];

        Assert.Equal(("S01", "likely", "leak"), (finding.Text("rule"), finding.Text("verdict"), finding.Text("kind")));
        Assert.NotEmpty(finding.GetProperty("nextProbes").EnumerateArray());
        Assert.Empty(finding.GetProperty("sites").EnumerateArray());
    }

    [Theory]
    [InlineData("bpftrace/ucx-leak.txt.gz")]
    [InlineData("bpftrace/ucx-leak-2.txt.gz")]
    [InlineData("bpftrace/ucx-leak.json.gz")]
    [InlineData("perf/ucx-leak.txt.gz")]
    public async Task Any_one_trace_confirms_it_and_names_the_site_and_the_remedies_that_work(string trace)
    {
        var truth = JsonDocument.Parse(Fixtures.Bytes("cases", "ucx-leak", "truth.json")).RootElement;
        var findings = await FindingsAsync("ucx-leak", 32305, trace);
        var finding = findings.GetProperty("items")[0];

        Assert.Equal(("S01", "confirmed"), (finding.Text("rule"), finding.Text("verdict")));
        var site = truth.GetProperty("sites").EnumerateArray().Single(s => s.GetProperty("leak").GetBoolean());
        Assert.Equal(site.Text("function"), finding.GetProperty("sites")[0].Text("function"));
        var settings = finding.GetProperty("remedies").EnumerateArray().Select(r => r.GetProperty("setting").GetString());
        Assert.Empty(truth.GetProperty("expected").GetProperty("remedies_that_work").EnumerateArray().Select(r => r.GetString()).Except(settings));
        // Nothing is left to be told but whether the remedy works; what stops the process to add a figure comes last.
        var probes = finding.GetProperty("nextProbes").EnumerateArray().Select(p => p.Text("slug")).ToList();
        Assert.Equal(("fix-watch", "heaptrack"), (probes[0], probes[^1]));
        Assert.All(finding.GetProperty("hypotheses").EnumerateArray(), h => Assert.NotEmpty(h.Text("reason")));
        var assessment = findings.GetProperty("assessment");
        Assert.Equal(("leak", false), (assessment.Text("kind"), assessment.GetProperty("insideMallocHeap").GetBoolean()));
    }

    [Theory]
    [InlineData("ucx-leak/hook-none", "bpftrace/ucx-hook-none.txt.gz")]
    [InlineData("ucx-leak/unreleased-1024", null)]
    [InlineData("ucx-leak/ucx-1.13.1", null)]
    [InlineData("steady-healthy", "perf/steady-healthy.txt.gz")]
    [InlineData("plateau", "bpftrace/plateau.json.gz")]
    [InlineData("odd-maps", null)]
    public async Task A_healthy_process_has_no_finding_and_is_told_what_was_checked(string name, string? trace)
    {
        var findings = await FindingsAsync(name, 4242, trace is null ? [] : [trace]);

        Assert.Empty(findings.GetProperty("items").EnumerateArray().Where(f => f.Text("verdict") != "refuted").Select(f => f.Text("title")));
        Assert.Equal("healthy", findings.GetProperty("assessment").Text("kind"));
        Assert.NotEmpty(findings.GetProperty("checked").EnumerateArray());
    }

    [Fact]
    public async Task A_leak_by_raw_system_calls_lies_outside_malloc_at_its_site()
    {
        var truth = JsonDocument.Parse(Fixtures.Bytes("cases", "raw-mmap-leak", "truth.json")).RootElement;
        var findings = await FindingsAsync("raw-mmap-leak", 3358, "bpftrace/raw-mmap-leak.txt.gz");
        var finding = findings.GetProperty("items")[0];

        Assert.Equal("leak", finding.Text("kind"));
        Assert.False(findings.GetProperty("assessment").GetProperty("insideMallocHeap").GetBoolean());
        var leaking = truth.GetProperty("sites").EnumerateArray().Where(s => s.GetProperty("leak").GetBoolean()).SelectMany(Chain).ToHashSet(StringComparer.Ordinal);
        Assert.Contains(finding.GetProperty("sites")[0].Text("function"), leaking);

        static IEnumerable<string> Chain(JsonElement site) => site.TryGetProperty("call_chain", out var chain) ? chain.EnumerateArray().Select(c => c.GetString()!.Split(' ')[0]).Append(site.Text("function")) : [site.Text("function")];
    }

    private async Task<JsonElement> FindingsAsync(string name, int pid, params string[] evidence)
    {
        var query = $"host={Uploads.NewHost()}&pid={pid}";
        var process = (await Server.UploadAsync(Fixtures.Bytes("cases", name, "smaps.tar.gz"), query)).Text("processId");
        foreach (var file in evidence) await Server.UploadAsync(Fixtures.Bytes(file), query);
        return await Server.JsonAsync($"api/v1/processes/{process}/findings");
    }
}
