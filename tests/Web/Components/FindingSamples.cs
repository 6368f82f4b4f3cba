using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>Findings to render.</summary>
internal static class FindingSamples
{
    public static readonly Guid Region = Guid.Parse("b30842a6-a42f-80e8-8a70-f5c610f2d424");
    public static readonly Guid Trace = Guid.Parse("01a1fba8-75aa-7f2a-afab-375737fe4801");
    public static readonly Guid FixedRun = Guid.Parse("01a1fba8-75aa-7f2a-afab-375737fe4802");

    public static EvidenceWire Evidence(string role = "suspect", string state = "holds", string claim = "All growth is in one region", string figures = "+37,592 KiB of +37,592 KiB", EvidenceSourceWire? source = null, string? probe = null) =>
        new(role, state, claim, figures, null, source ?? Source("region", Region), probe);

    public static EvidenceSourceWire Source(string kind, Guid? region = null, Guid? trace = null, string? category = null) => new(kind, "smaps #1 … #91", region, trace, category);

    public static ProbeWire Probe(string slug = "mmap-trace") =>
        new(slug, "Who maps it, 10 s", "timeout 10 bpftrace memory.bt 32305 > memory.txt", "curl -sS --data-binary @memory.txt http://localhost/api/v1/captures?process=1", "It slows mmap by a few microseconds.", ["root"], "Nobody has been seen mapping it.");

    public static RemedyWire Remedy(Guid? provenBy = null) => new("Turn the hooks off", "UCX_MEM_MMAP_HOOK_MODE=none", "Set it before the process starts.", "https://example.org/ucx/1", "ucx < 1.21", provenBy);

    public static HypothesisWire Hypothesis(string state, string title = "Heap leak or fragmentation") => new("H01", title, state, "[heap] is constant and no arena exists", "140 → 140 KiB", Source("snapshots", category: "heap"));

    public static FindingWire Finding(string verdict = "confirmed", params EvidenceWire[] evidence) =>
        new("S01", verdict, "leak", "anonymous", "One chunk every 0.35 s, 24.7 MiB/min, without a limit.", 432_029,
            [new FindingSiteWire("ucs_rcache_mp_chunk_alloc", "rcache.c", 244, "/opt/ucx/lib/libucs.so.0", 8_880 << 10) { Callchain = ["syscall", "ucs_rcache_mp_chunk_alloc"] }],
            evidence.Length > 0 ? evidence : [Evidence(), Evidence("likely", claim: "The heap does not grow", source: Source("snapshots", category: "heap"))], [Remedy()], [Probe()])
        {
            Name = "UCX registration-cache invalidation queue",
            Title = "UCX’s registration cache queues every munmap and nothing drains the queue",
            InsideMallocHeap = false,
            Tested = true,
            Hypotheses = [Hypothesis("refuted")],
            Sources = ["https://example.org/ucx/1", "a mailing list"],
        };

    public static FindingsWire Findings(params FindingWire[] items) =>
        new(Samples.Window(), new AssessmentWire(items.Length > 0 ? "leak" : "healthy", false, "anonymous", items.Length > 0 ? "Memory grows by 24.7 MiB/min." : "Memory has been level since 15:40. Nothing grows."), items)
        {
            Checked = ["S02 Data-stack churn", "S03 glibc arenas"],
        };

    public static FindingProofWire Proof()
    {
        var compare = Samples.Compare();
        return new(compare.Base, compare.Growth[0].Base, [new("Turn the hooks off", compare.Current with { Process = compare.Current.Process with { Id = FixedRun, Pid = 14773 } }, compare.Growth[0].Current)]);
    }
}
