using MemScope.Core.Analysis.Heap;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of what allocators say of themselves.</summary>
internal static class AllocatorChecks
{
    private const string None = "no figures of an allocator: malloc_info, jemalloc's or tcmalloc's statistics";

    private static readonly CheckArgument Kind = new("allocator", ArgumentKind.Patterns, "slugs of formats: malloc-info, jemalloc-stats") { IsOptional = true };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("allocator-free", "of what the allocator holds, that share is free", [Kind, new("least", ArgumentKind.Share, "of what it holds, when last asked")], Free),
        new("allocator-in-use", "of what the allocator holds, that share is in use", [Kind, new("least", ArgumentKind.Share, "of what it holds, when last asked")], InUse),
        new("allocator-keeps", "what the allocator keeps free is that share of RSS", [Kind, new("least", ArgumentKind.Share, "of RSS at the snapshot nearest to it"), new("bytes", ArgumentKind.Size, "and at least so much") { IsOptional = true }], Keeps),
        new("malloc-keeps", "of what malloc holds, that share is free: by the allocator's own figures, or by a heap profile's live bytes against these categories",
            [new("category", ArgumentKind.Categories, "where malloc's memory lies"), new("least", ArgumentKind.Share, "of what it holds"), new("bytes", ArgumentKind.Size, "and at least so much") { IsOptional = true }], MallocKeeps),
        new("freed-and-kept", "the program freed, and the allocator gave back at most half of that; or it took, and at most half of that is in use",
            [Kind, new("least", ArgumentKind.Share, "of the greatest number of bytes in use was freed; or of what is held was taken")], FreedAndKept),
    ];

    /// <summary>The states of the allocator asked for in and before the window, oldest first: of several allocators the one that holds most.</summary>
    public static IReadOnlyList<AllocatorState> States(CaseFacts c, IReadOnlyList<string> kinds)
    {
        if (c.Count == 0) return [];
        // Figures are often taken a moment after the last snapshot; what comes later says nothing of this window.
        var end = c.Track.Points[c.To].TakenAt + Behind;
        return c.File.Allocators.Where(a => a.At <= end && (kinds.Count == 0 || Pattern.MatchesAny(kinds, a.Kind))).GroupBy(a => a.Kind, StringComparer.Ordinal)
            .MaxBy(g => g.Max(a => a.HeldBytes ?? a.InUseBytes ?? 0))?.OrderBy(a => a.At).ToList() ?? [];
    }

    private static readonly TimeSpan Behind = TimeSpan.FromMinutes(1);

    private static CheckResult Free(CheckCall call)
    {
        if (Last(call) is not { HeldBytes: > 0 and var held } state) return CheckResult.Unknown(None);
        if ((state.FreeBytes ?? held - state.InUseBytes) is not { } free) return CheckResult.Unknown($"{state.Name} does not say what is free");
        var share = (double)free / held;
        return CheckResult.Of(share >= call.Share("least"), Words(state), Source(state)) with { Metric = GrowthChecks.Percent(share) };
    }

    private static CheckResult InUse(CheckCall call)
    {
        if (Last(call) is not { HeldBytes: > 0 and var held, InUseBytes: { } used } state) return CheckResult.Unknown(None);
        var share = (double)used / held;
        return CheckResult.Of(share >= call.Share("least"), Words(state), Source(state)) with { Metric = GrowthChecks.Percent(share) };
    }

    private static CheckResult Keeps(CheckCall call)
    {
        var c = call.Case;
        if (Last(call) is not { } state || (state.FreeBytes ?? state.HeldBytes - state.InUseBytes) is not { } all) return CheckResult.Unknown(None);
        // What goes back by itself after a time is not kept.
        var free = Math.Max(0, all - (state.DecayingBytes ?? 0));
        var at = Retained.Nearest(c, state.At);
        if (!(c.Rss[at - c.From] > 0) || Retained.ResidentAt(c, state.At) is not { } resident) return CheckResult.Unknown("the snapshots print no RSS");
        free = Math.Min(free, Math.Max(0, resident - (state.InUseBytes ?? 0)));
        var share = free / c.Rss[at - c.From];
        return CheckResult.Of(share >= call.Share("least") && free >= call.Size("bytes", 0), $"{SizeWords.Size(free)} free and in RAM in {state.Name}, RSS {SizeWords.Size((long)c.Rss[at - c.From])} at {c.Number(at)}", Source(state)) with { Metric = GrowthChecks.Percent(share) };
    }

    private static CheckResult MallocKeeps(CheckCall call)
    {
        var (c, categories) = (call.Case, call.Categories("category"));
        if (Retained.Of(c, categories) is not { } kept) return CheckResult.Unknown(States(c, []).Count == 0 && c.File.Heaps.Count == 0 ? $"{None}, and no heap profile" : "neither the allocator's figures nor a heap profile say what is in use at the window's end");
        return CheckResult.Of(kept.Share >= call.Share("least") && kept.FreeBytes >= call.Size("bytes", 0), $"{kept.Who}: {SizeWords.Size(kept.InUseBytes)} in use of {SizeWords.Size(kept.HeldBytes)} held", kept.Source) with { Metric = GrowthChecks.Percent(kept.Share) };
    }

    private static CheckResult FreedAndKept(CheckCall call)
    {
        var states = States(call.Case, call.Texts("allocator")).Where(s => s is { InUseBytes: not null, HeldBytes: > 0 }).ToList();
        if (states.Count < 2) return CheckResult.Unknown(states.Count == 0 ? None : "one moment of the allocator shows no change: figures of two are needed");
        var (first, last, most, least) = (states[0], states[^1], states.MaxBy(s => s.InUseBytes)!, call.Share("least"));
        // Either what is in use fell and what is held did not, or what is held rose and what is in use did not.
        var (freed, returned) = (most.InUseBytes!.Value - last.InUseBytes!.Value, Math.Max(0, most.HeldBytes!.Value - last.HeldBytes!.Value));
        var (taken, used) = (last.HeldBytes!.Value - first.HeldBytes!.Value, last.InUseBytes.Value - first.InUseBytes!.Value);
        var (fell, rose) = (freed >= least * most.InUseBytes.Value && returned * 2 <= freed, taken >= least * last.HeldBytes.Value && used * 2 <= taken);
        var from = fell || !rose ? most : first;
        return CheckResult.Of(fell || rose, $"in use {SizeWords.Size(from.InUseBytes!.Value)} → {SizeWords.Size(last.InUseBytes.Value)}, held {SizeWords.Size(from.HeldBytes!.Value)} → {SizeWords.Size(last.HeldBytes.Value)}", Source(last)) with
        {
            Metric = fell || !rose ? $"{SizeWords.Size(returned)} of {SizeWords.Size(Math.Max(0, freed))}" : $"+{SizeWords.Size(taken)}", Curve = CaseFacts.Curve([.. states.Select(s => (double)s.InUseBytes!.Value)]),
        };
    }

    private static AllocatorState? Last(CheckCall call) => States(call.Case, call.Texts("allocator")) is [.., var last] ? last : null;

    private static string Words(AllocatorState s) => $"{s.Name}: {(s.InUseBytes is { } used ? SizeWords.Size(used) : "?")} in use of {SizeWords.Size(s.HeldBytes ?? 0)} held";

    /// <summary>Figures of an allocator as a source.</summary>
    public static EvidenceSource Source(AllocatorState s) => new(EvidenceKind.Figures, $"{s.Name}, {Assessment.AssessmentWords.Clock(s.At)}");
}
