using System.Xml.Linq;
using MemScope.Core.Analysis;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Model;

namespace MemScope.Tests.Findings;

/// <summary>The captured processes, judged by all that was captured of them, against what their programs say of themselves.</summary>
public sealed class VerdictTests
{
    [Theory]
    [InlineData("strace/raw-mmap-leak.txt.gz")]
    [InlineData("perf/raw-mmap-leak-dwarf.txt.gz")]
    public void A_leak_past_malloc_is_outside_with_the_functions_that_leak(string trace)
    {
        var judgement = Judge.Of(Cases.Of("raw-mmap-leak").With(trace));
        var leaking = CaseTracks.Truth("raw-mmap-leak").GetProperty("sites").EnumerateArray().Where(s => s.GetProperty("leak").GetBoolean()).Select(s => s.GetProperty("function").GetString()!).ToList();
        var finding = Assert.Single(judgement.Findings);

        Assert.Equal(("leak", false), (judgement.Assessment.Kind, judgement.Assessment.InsideMallocHeap));
        Assert.Equal(("G01", Certainty.Confirmed), (finding.Card.Id, finding.Certainty));
        Assert.Equal(leaking.Order(), finding.Sites.Take(leaking.Count).Select(s => s.Frame.Function!).Order());
        Assert.Contains(finding.Sites[0].Frame.Function!, judgement.Assessment.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bpftrace/raw-mmap-leak.txt.gz")]
    [InlineData("bpftrace/raw-mmap-leak.json.gz")]
    [InlineData("perf/raw-mmap-leak.txt.gz")]
    public void Where_frame_pointers_lose_the_caller_its_caller_is_named(string trace)
    {
        var finding = Assert.Single(Judge.Of(Cases.Of("raw-mmap-leak").With(trace)).Findings);
        var callers = CaseTracks.Truth("raw-mmap-leak").GetProperty("sites").EnumerateArray().Where(s => s.GetProperty("leak").GetBoolean()).SelectMany(s => s.GetProperty("call_chain").EnumerateArray().Select(f => f.GetString()!)).ToHashSet();

        Assert.Equal(("G01", Certainty.Confirmed), (finding.Card.Id, finding.Certainty));
        Assert.All(finding.Sites, s => Assert.Contains(s.Frame.Function!, callers));
    }

    [Fact]
    public void A_leak_that_the_heap_profile_explains_is_inside_with_its_site()
    {
        var judgement = Judge.Of(Cases.Of("malloc-leak-cpp/with-heaptrack").WithHeap("heaptrack/malloc-leak-long.zst"));
        var site = CaseTracks.Truth("malloc-leak-cpp").GetProperty("sites").EnumerateArray().First(s => s.GetProperty("leak").GetBoolean());
        var finding = Assert.Single(judgement.Findings);

        Assert.Equal(("leak", true), (judgement.Assessment.Kind, judgement.Assessment.InsideMallocHeap));
        Assert.Equal(("G02", Certainty.Confirmed), (finding.Card.Id, finding.Certainty));
        // "svc::SessionTable<...>::make_entry (inlined into open)", allocated in open: by name and line of the source.
        Assert.Contains("SessionTable", finding.Sites[0].Frame.Function!, StringComparison.Ordinal);
        Assert.Contains("make_entry", finding.Sites[0].Frame.Function!, StringComparison.Ordinal);
        Assert.EndsWith(site.GetProperty("file").GetString()!, finding.Sites[0].Frame.File!, StringComparison.Ordinal);
        Assert.Contains("make_entry", judgement.Assessment.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Growth_of_the_heap_without_a_profile_is_inside_and_a_candidate_with_the_probe_that_tells()
    {
        var judgement = Judge.Of(Cases.Of("malloc-leak-cpp"));
        var finding = Assert.Single(judgement.Findings);

        Assert.Equal(("leak", true), (judgement.Assessment.Kind, judgement.Assessment.InsideMallocHeap));
        Assert.Equal(("G05", Certainty.Candidate, "heaptrack"), (finding.Card.Id, finding.Certainty, finding.Probes[0]));
    }

    [Fact]
    public void The_founding_scene_leaves_a_residual_of_more_than_95_percent()
    {
        var file = Cases.Of("ucx-leak/with-heaptrack").WithHeap("cases/ucx-leak/with-heaptrack/heaptrack.ucx_leak.zst");
        var judgement = Judge.Of(file);

        Assert.True(Residual.Of(file, file.Heaps[0])!.Share > 0.95);
        Assert.Equal(["S01", "G03"], judgement.Findings.Select(f => f.Card.Id));
        Assert.All(judgement.Findings, f => Assert.Equal(Certainty.Likely, f.Certainty));
        Assert.Equal(("leak", false), (judgement.Assessment.Kind, judgement.Assessment.InsideMallocHeap));
    }

    [Fact]
    public void Memory_that_glibc_keeps_is_retention_by_glibc_s_own_figures()
    {
        var judgement = Judge.Of(Cases.Of("glibc-fragmentation").WithMallocInfo("glibc-fragmentation"));
        var finding = Assert.Single(judgement.Findings);
        var last = XDocument.Parse(File.ReadAllText(Fixtures.PathOf("cases", "glibc-fragmentation", "run", "malloc_info.t065.xml"))).Root!;
        long Size(string element, string type) => (long)last.Elements(element).Single(e => (string?)e.Attribute("type") == type).Attribute("size")!;
        var inUse = Size("system", "current") + Size("total", "mmap") - Size("total", "fast") - Size("total", "rest");

        Assert.Equal(("retention", true, Category.Arena), (judgement.Assessment.Kind, judgement.Assessment.InsideMallocHeap, judgement.Assessment.Category));
        Assert.Contains($"although only {SizeWords.Size(inUse)} are in use", judgement.Assessment.Summary, StringComparison.Ordinal);
        Assert.Equal(("S03", Certainty.Confirmed), (finding.Card.Id, finding.Certainty));
        Assert.Contains(finding.Remedies, r => r.Setting == "MALLOC_ARENA_MAX=2");
    }

    [Fact]
    public void Arenas_that_are_in_use_are_no_retention()
    {
        // The same process before it freed anything: rows and figures up to the moment when it was full.
        var whole = Cases.Of("glibc-fragmentation").WithMallocInfo("glibc-fragmentation");
        var full = whole.Between(0, whole.Track.Points.Count - 1) with { Allocators = [.. whole.Allocators.Take(2)] };
        var judgement = Judge.Of(full);

        Assert.Equal("healthy", judgement.Assessment.Kind);
        Assert.All(judgement.Findings, f => Assert.Equal(Certainty.Refuted, f.Certainty));
    }

    [Fact]
    public void Growth_of_the_heap_in_which_little_is_live_is_retention()
    {
        // The snapshots of a heap that grows, and an allocator that says that what it took is free.
        var file = Cases.Of("malloc-leak-cpp");
        var (begin, end) = (file.Track.Points[file.From].TakenAt, file.Track.Points[file.To].TakenAt);
        AllocatorState At(DateTimeOffset time, long held) => new("malloc-info", "glibc malloc", time) { InUseBytes = 1 << 20, HeldBytes = held, FreeBytes = held - (1 << 20) };
        var judgement = Judge.Of(file with { Allocators = [At(begin, 2 << 20), At(end, 60 << 20)] });

        Assert.Equal(("retention", true), (judgement.Assessment.Kind, judgement.Assessment.InsideMallocHeap));
        Assert.Contains("only 1.00 MiB are in use", judgement.Assessment.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain(judgement.Findings, f => f.Card.Kind == FindingKind.Leak);

        // One that says that it is in use: a leak.
        var used = Judge.Of(file with { Allocators = [At(begin, 2 << 20) with { FreeBytes = 0, InUseBytes = 2 << 20 }, At(end, 60 << 20) with { FreeBytes = 1 << 20, InUseBytes = 59 << 20 }] });
        Assert.Equal(("leak", true), (used.Assessment.Kind, used.Assessment.InsideMallocHeap));
    }

    [Fact]
    public void Blocks_that_malloc_maps_by_themselves_are_malloc_s_once_a_trace_says_so()
    {
        var (alone, traced) = (Judge.Of(Signature("g06-large-blocks/leak")), Judge.Of(Signature("g06-large-blocks/leak", "strace.txt.gz")));

        Assert.Equal("leak", alone.Assessment.Kind);
        Assert.Equal(("leak", true), (traced.Assessment.Kind, traced.Assessment.InsideMallocHeap));
        Assert.Equal(("G06", Certainty.Confirmed, "frame_decode"), (traced.Findings[0].Card.Id, traced.Findings[0].Certainty, traced.Findings[0].Sites[0].Frame.Function));
        Assert.All(traced.Findings.Skip(1), f => Assert.Equal(Certainty.Refuted, f.Certainty));
    }

    [Fact]
    public void A_heap_that_a_block_at_its_top_keeps_is_retention_and_one_without_it_is_not()
    {
        var (pinned, mended) = (Judge.Of(Signature("s04-heap-pinned/leak")), Judge.Of(Signature("s04-heap-pinned/fixed")));

        Assert.Equal(("S04", Certainty.Confirmed, "retention"), (pinned.Findings[0].Card.Id, pinned.Findings[0].Certainty, pinned.Assessment.Kind));
        Assert.Empty(mended.Findings);
        Assert.Equal("healthy", mended.Assessment.Kind);
    }

    [Theory]
    [InlineData("steady-healthy")]
    [InlineData("plateau")]
    [InlineData("odd-maps")]
    [InlineData("steady-healthy", "bpftrace/steady-healthy.txt.gz")]
    [InlineData("steady-healthy", "strace/steady-healthy.txt.gz")]
    [InlineData("steady-healthy", "perf/steady-healthy.txt.gz")]
    public void A_healthy_process_has_no_finding(string name, params string[] traces)
    {
        var judgement = Judge.Of(traces.Length == 0 ? Cases.Of(name) : Cases.Of(name).With(traces));

        Assert.Empty(judgement.Findings);
        Assert.Equal("healthy", judgement.Assessment.Kind);
    }

    [Fact]
    public void Every_decoy_is_refuted_on_the_founding_case_with_figures()
    {
        var finding = Judge.Of(Cases.Of("ucx-leak").With("perf/ucx-leak.txt.gz")).Finding("S01")!;
        var asked = Cards.All.Where(c => c.Kind == FindingKind.Hypothesis).Select(c => c.Id);

        Assert.Equal(asked, finding.Hypotheses.Select(h => h.Rule).Order());
        Assert.All(finding.Hypotheses, h => Assert.True(h.State == CheckState.Fails && h.Reason.Length > 10 && h.Metric.Length > 0, $"{h.Rule} {h.State}: {h.Reason} [{h.Metric}]"));
        // What the program maps and unmaps itself.
        Assert.Equal("Scratch buffers of decode_step", finding.Hypotheses.Single(h => h.Rule == "H04").Title);
    }

    [Fact]
    public void The_founding_case_is_told_in_two_sentences() =>
        Assert.Equal("Memory grows by 24.7 MiB/min in a straight line. All of it sits in one unnamed mapping outside malloc, which UCX's registration cache extends from inside munmap and never gives back.",
            Judge.Of(Cases.Of("ucx-leak").With("bpftrace/ucx-leak.txt.gz")).Assessment.Summary);

    [Fact]
    public void A_case_without_a_snapshot_or_with_one_has_no_finding()
    {
        Assert.Equal(("unclear", 0), Counted(Cases.OfTrack(Maps.Track())));
        Assert.Equal(("unclear", 0), Counted(Cases.OfTrack(Maps.Track("10-2000 rw-p 1024"))));
        Assert.Equal(("unclear", 0), Counted(Cases.Of("ucx-leak").Between(3, 3)));

        static (string, int) Counted(CaseFile file) => (Judge.Of(file).Assessment.Kind, Judge.Of(file).Findings.Count);
    }

    /// <summary>What cards say of themselves, for captures of whole cases; those of signatures stand in tests of their own.</summary>
    [Fact]
    public void Every_card_fires_on_what_it_says_it_fires_on_and_is_silent_or_refuted_on_the_rest() => Assert.All(Cards.All.Where(c => c.Kind != FindingKind.Hypothesis), card =>
    {
        foreach (var name in card.FiredBy.Where(IsCase)) Assert.True(Judge.Of(card, Cases.Named(name)) is { Certainty: not Certainty.Refuted }, $"{card.Id} on {name}");
        foreach (var name in card.SilentOn.Where(IsCase)) Assert.True(Judge.Of(card, Cases.Named(name)) is null or { Certainty: Certainty.Refuted }, $"{card.Id} on {name}");

        static bool IsCase(string name) => Directory.Exists(Fixtures.PathOf(["cases", .. name.Split('/')]));
    });

    /// <summary>A captured signature with what its program printed of its allocator, and with a trace where one is named.</summary>
    private static CaseFile Signature(string name, string? trace = null)
    {
        var folder = Fixtures.PathOf(["signatures", .. name.Split('/')]);
        List<SideFacts> figures = [.. new[] { "status.tar.gz", "figures.tar.gz" }.SelectMany(f => Reading.Of(File.ReadAllBytes(Path.Combine(folder, f)), f).Parsed.Figures)
            .Select(f => new SideFacts(f.Kind, f.Label, f.TakenAt!.Value, f.Bytes, f.Counts)).OrderBy(f => f.At)];
        var file = Cases.OfTrack(CaseTracks.OfFile(Path.Combine(folder, "smaps.tar.gz"))) with { Figures = figures, Allocators = AllocatorStates.Of(figures) };
        return trace is null ? file : file.With(Assert.Single(Reading.Of(File.ReadAllBytes(Path.Combine(folder, trace)), trace).Parsed.Traces));
    }
}
