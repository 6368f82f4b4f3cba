using MemScope.Core.Analysis.Findings;

namespace MemScope.Tests.Findings;

/// <summary>The founding case, by what each tool alone saw of it.</summary>
public sealed class UcxLeakVerdictTests
{
    [Fact]
    public void Snapshots_alone_make_it_likely()
    {
        var finding = Judge.Of(Cases.Of("ucx-leak")).Finding("S01");

        Assert.NotNull(finding);
        Assert.True(finding.Certainty == Certainty.Likely, Told(finding));
    }

    [Theory]
    [InlineData("bpftrace/ucx-leak.txt.gz")]
    [InlineData("bpftrace/ucx-leak-2.txt.gz")]
    [InlineData("bpftrace/ucx-leak.json.gz")]
    [InlineData("perf/ucx-leak.txt.gz")]
    public void With_any_one_trace_it_is_confirmed_with_its_remedies(string trace)
    {
        var finding = Judge.Of(Cases.Of("ucx-leak").With(trace)).Finding("S01");

        Assert.NotNull(finding);
        Assert.True(finding.Certainty == Certainty.Confirmed, Told(finding));
        Assert.Contains(finding.Remedies, r => r.Setting == "UCX_MEM_MMAP_HOOK_MODE=none");
        Assert.Equal("ucs_rcache_mp_chunk_alloc", finding.Sites[0].Frame.Function);
    }

    [Theory]
    [InlineData("ucx-leak/hook-none")]
    [InlineData("ucx-leak/unreleased-1024")]
    [InlineData("ucx-leak/ucx-1.13.1")]
    public void Its_flat_variants_have_no_finding(string name)
    {
        var judgement = Judge.Of(Cases.Of(name));

        Assert.Empty(judgement.Findings);
        Assert.Equal("healthy", judgement.Assessment.Kind);
    }

    internal static string Told(Finding finding) => string.Join('\n', finding.Evidence.Select(e => $"{e.Role} {e.Result.State}: {e.Claim}: {e.Result.Figures} [{e.Result.Metric}]").Prepend($"{finding.Card.Id} {finding.Certainty}: {finding.Summary}"));
}
