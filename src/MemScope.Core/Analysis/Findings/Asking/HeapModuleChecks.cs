using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of which library allocated what a heap profile says is live.</summary>
internal static class HeapModuleChecks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("heap-module", "of the heap profile's live bytes, code of these files allocated that share itself: it is the first frame above the allocator",
            [new("module", ArgumentKind.Patterns, "names of files without their folder"), new("least", ArgumentKind.Share, "of live bytes")], Allocated),
    ];

    private static CheckResult Allocated(CheckCall call)
    {
        var sites = call.Case.File.HeapSites;
        var live = sites.SumOf(s => s.LiveBytes);
        if (live <= 0) return CheckResult.Unknown("no heap profile has live bytes by callchain");
        var held = sites.Where(s => SitePlace.Of(s.Frames)?.Module is { } module && Pattern.MatchesAny(call.Texts("module"), CaseFacts.FileName(module))).ToList();
        var share = (double)held.SumOf(s => s.LiveBytes) / live;
        var words = held.Count == 0 ? $"none of what is live was allocated by {string.Join(" or ", call.Texts("module"))}"
            : $"{CaseFacts.FileName(SitePlace.Of(held[0].Frames)!.Module!)}: {SizeWords.Size(held.SumOf(s => s.LiveBytes))} of {SizeWords.Size(live)} live";
        return CheckResult.Of(share >= call.Share("least"), words, new EvidenceSource(EvidenceKind.HeapProfile, "heap profile") { Trace = sites[0].Profile }) with { Metric = GrowthChecks.Percent(share) };
    }
}
