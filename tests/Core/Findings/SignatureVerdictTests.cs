using MemScope.Core.Analysis.Findings;

namespace MemScope.Tests.Findings;

/// <summary>Cards S02 and S05 to S18 by captures of programs that show them, and of the same programs mended.</summary>
public sealed class SignatureVerdictTests
{
    /// <summary>The cards that these tests are about.</summary>
    public static readonly string[] Ours = ["S02", "S05", "S06", "S07", "S08", "S09", "S10", "S11", "S12", "S13", "S14", "S15", "S16", "S17", "S18"];

    [Theory]
    [InlineData("S02", "s02-cpython-frame-chunks/leak", Certainty.Confirmed)]
    [InlineData("S05", "s05-jvm-native-retention/leak", Certainty.Confirmed)]
    [InlineData("S06", "s06-netty-direct-memory/leak", Certainty.Confirmed)]
    [InlineData("S07", "s07-rocksdb-glibc/leak", Certainty.Confirmed)]
    [InlineData("S08", "s08-mapped-files/leak", Certainty.Confirmed)]
    [InlineData("S09", "s09-cgroup-page-cache/leak", Certainty.Likely)]
    [InlineData("S10", "s10-kernel-memory/leak", Certainty.Likely)]
    [InlineData("S11", "s11-jemalloc-dirty/leak", Certainty.Confirmed)]
    [InlineData("S12", "s12-jemalloc-retained/leak", Certainty.Likely)]
    [InlineData("S13", "s13-tcmalloc-page-heap/leak", Certainty.Confirmed)]
    [InlineData("S14", "s14-madv-free/leak", Certainty.Confirmed)]
    [InlineData("S15", "s15-thp-sparse-heap/leak", Certainty.Confirmed)]
    [InlineData("S16", "s16-thp-thread-stacks/leak", Certainty.Confirmed)]
    [InlineData("S17", "s17-unjoined-threads/leak", Certainty.Confirmed)]
    [InlineData("S18", "s18-thread-leak/leak", Certainty.Confirmed)]
    public void A_signature_is_recognised_by_a_program_that_shows_it(string card, string name, Certainty certainty)
    {
        var finding = Judge.Of(Cards.Find(card)!, SignatureCases.Of(name));

        Assert.NotNull(finding);
        Assert.True(finding.Certainty == certainty, UcxLeakVerdictTests.Told(finding));
    }

    [Theory]
    [InlineData("s02-cpython-frame-chunks/fixed")]
    [InlineData("s05-jvm-native-retention/fixed")]
    [InlineData("s06-netty-direct-memory/fixed")]
    [InlineData("s07-rocksdb-glibc/fixed")]
    [InlineData("s08-mapped-files/fixed")]
    [InlineData("s09-cgroup-page-cache/fixed")]
    [InlineData("s10-kernel-memory/fixed")]
    [InlineData("s11-jemalloc-dirty/fixed")]
    [InlineData("s12-jemalloc-retained/fixed")]
    [InlineData("s13-tcmalloc-page-heap/fixed")]
    [InlineData("s14-madv-free/fixed")]
    [InlineData("s15-thp-sparse-heap/fixed")]
    [InlineData("s17-unjoined-threads/fixed")]
    [InlineData("s18-thread-leak/fixed")]
    public void The_mended_program_shows_none_of_them(string name)
    {
        var file = SignatureCases.Of(name);

        Assert.All(Ours, card => Assert.Equal("", Said(card, file)));
        Assert.DoesNotContain(Judge.Of(file).Findings, f => f.Card.Id[0] == 'S' || f.Card.Kind == FindingKind.Leak);
    }

    [Theory]
    [InlineData("s02-cpython-frame-chunks/leak", "S02", "healthy")]
    [InlineData("s05-jvm-native-retention/leak", "S05", "retention")]
    [InlineData("s06-netty-direct-memory/leak", "S06", "leak")]
    [InlineData("s07-rocksdb-glibc/leak", "S07", "retention")]
    [InlineData("s08-mapped-files/leak", "S08", "healthy")]
    [InlineData("s09-cgroup-page-cache/leak", "S09", "healthy")]
    [InlineData("s10-kernel-memory/leak", "S10", "healthy")]
    [InlineData("s11-jemalloc-dirty/leak", "S11", "retention")]
    [InlineData("s12-jemalloc-retained/leak", "S12", "healthy")]
    [InlineData("s13-tcmalloc-page-heap/leak", "S13", "retention")]
    [InlineData("s14-madv-free/leak", "S14", "healthy")]
    [InlineData("s15-thp-sparse-heap/leak", "S15", "retention")]
    [InlineData("s17-unjoined-threads/leak", "S17", "leak")]
    [InlineData("s18-thread-leak/leak", "S18", "leak")]
    public void It_leads_and_no_other_card_claims_the_same_memory(string name, string card, string kind)
    {
        var judgement = Judge.Of(SignatureCases.Of(name));

        Assert.Equal([card], judgement.Findings.Where(f => f.Certainty != Certainty.Refuted).Select(f => f.Card.Id));
        Assert.Equal(kind, judgement.Assessment.Kind);
    }

    [Theory]
    [InlineData("s14-madv-free/leak", "S14")]
    [InlineData("s08-mapped-files/leak", "S08")]
    public void What_is_no_leak_is_none_while_RSS_still_rises(string name, string card)
    {
        var judgement = Judge.Of(SignatureCases.Of(name).UpTo(17));

        Assert.Equal([(card, Certainty.Likely)], judgement.Findings.Select(f => (f.Card.Id, f.Certainty)));
        Assert.Equal("healthy", judgement.Assessment.Kind);
    }

    [Fact]
    public void Threads_with_thin_stacks_that_stop_coming_are_neither_huge_pages_nor_a_leak()
    {
        var judgement = Judge.Of(SignatureCases.Of("s16-thp-thread-stacks/fixed"));

        Assert.Empty(judgement.Findings);
        Assert.Equal("healthy", judgement.Assessment.Kind);
    }

    [Theory]
    [InlineData("S08", "s08-mapped-files/dirty")]
    [InlineData("S17", "s18-thread-leak/leak")]
    [InlineData("S18", "s17-unjoined-threads/leak")]
    public void A_look_alike_is_refuted(string card, string name)
    {
        var finding = Judge.Of(Cards.Find(card)!, SignatureCases.Of(name));

        Assert.NotNull(finding);
        Assert.True(finding.Certainty == Certainty.Refuted, UcxLeakVerdictTests.Told(finding));
    }

    [Theory]
    [InlineData("steady-healthy")]
    [InlineData("plateau")]
    [InlineData("odd-maps")]
    [InlineData("ucx-leak/hook-none")]
    [InlineData("ucx-leak/unreleased-1024")]
    [InlineData("ucx-leak/ucx-1.13.1")]
    [InlineData("raw-mmap-leak")]
    [InlineData("ucx-leak")]
    [InlineData("ucx-leak/with-heaptrack")]
    public void Other_programs_show_none_of_them(string name)
    {
        var file = Cases.Of(name);

        Assert.All(Ours, card => Assert.Equal("", Said(card, file)));
    }

    [Fact]
    public void The_founding_case_with_its_traces_is_none_of_them()
    {
        var file = Cases.Of("ucx-leak").With("bpftrace/ucx-leak.txt.gz", "perf/ucx-leak.txt.gz");

        Assert.All(Ours, card => Assert.Null(Judge.Of(Cards.Find(card)!, file)));
    }

    [Fact]
    public void Each_of_them_knows_the_captures_that_fire_it_and_those_that_do_not() => Assert.All(Ours, id =>
    {
        var card = Cards.Find(id)!;

        Assert.All(card.FiredBy, name => Assert.True(Judge.Of(card, SignatureCases.Of(name))?.Certainty is Certainty.Likely or Certainty.Confirmed, $"{id} on {name}"));
        Assert.NotEmpty(card.SilentOn);
        Assert.All(card.SilentOn, name => Assert.True(Judge.Of(card, name.StartsWith('s') ? SignatureCases.Of(name) : Cases.Of(name))?.Certainty is null or Certainty.Refuted, $"{id} on {name}"));
    });

    private static string Said(string card, CaseFile file) => Judge.Of(Cards.Find(card)!, file) is { } finding ? UcxLeakVerdictTests.Told(finding) : "";
}
