using System.Globalization;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>How much a stack can be relied on, best first.</summary>
public enum StackQualityKind : byte
{
    /// <summary>From the system call to where the program or the thread begins.</summary>
    Complete,

    /// <summary>The caller of libc's wrapper is probably missing: the walk went by frame pointers, and the wrapper sets up no frame.</summary>
    Gap,

    /// <summary>It ends before the function where the program or the thread begins.</summary>
    Cut,

    /// <summary>Most of its frames have no name.</summary>
    Unresolved,

    /// <summary>Nothing but libc's <c>syscall</c>: somebody goes past libc's mmap, and its code was built without frame pointers.</summary>
    Bypass,

    /// <summary>The event came without a stack.</summary>
    None,
}

/// <summary>How good one stack is, and why.</summary>
/// <param name="Kind">The worst that is wrong with it.</param>
/// <param name="Score">0 (says nothing) to 100 (says all).</param>
/// <param name="Words">The reasons in a sentence or two.</param>
public sealed record StackQuality(StackQualityKind Kind, int Score, string Words)
{
    private const int GapCosts = 20, CutCosts = 30, NamesCost = 50, DoubtCosts = 10, BypassScore = 10;

    /// <summary>Of an event without a stack.</summary>
    public static StackQuality Missing { get; } = new(StackQualityKind.None, 0, "The tool recorded no stack.");

    /// <summary>Slug of a kind: <c>complete</c>, <c>gap</c>, <c>cut</c>, <c>unresolved</c>, <c>bypass</c>, <c>none</c>.</summary>
    public static string Slug(StackQualityKind kind) => kind switch
    {
        StackQualityKind.Complete => "complete",
        StackQualityKind.Gap => "gap",
        StackQualityKind.Cut => "cut",
        StackQualityKind.Unresolved => "unresolved",
        StackQualityKind.Bypass => "bypass",
        _ => "none",
    };

    /// <summary>Judges a stack.</summary>
    /// <param name="frames">Leaf first.</param>
    /// <param name="unwinder">How the tool walked.</param>
    /// <param name="limit">Frames at which the tool stopped walking, inlined ones not counted; null when no limit shows.</param>
    public static StackQuality Of(IReadOnlyList<NamedFrame> frames, Unwinder unwinder, int? limit = null)
    {
        if (frames.Count == 0) return Missing;
        var real = frames.Count(f => !f.Inlined);
        if (real <= 1 && IsSyscall(frames[^1]) && unwinder != Unwinder.Tables)
            return new StackQuality(StackQualityKind.Bypass, BypassScore, "Only libc's syscall() is on the stack: its caller bypasses libc's mmap and was built without frame pointers. strace -k, gdb or perf record --call-graph dwarf show it.");

        var reasons = new List<string>();
        var (kind, score) = (StackQualityKind.Complete, 100);
        if (HasGap(frames, unwinder))
        {
            (kind, score) = (StackQualityKind.Gap, score - GapCosts);
            reasons.Add($"The caller of {frames[LeafOf(frames)].Function} is probably missing: the kernel walks by frame pointers, and that function sets up no frame.");
        }
        if (!IsWhole(frames))
        {
            (kind, score) = (StackQualityKind.Cut, score - CutCosts);
            reasons.Add(limit is { } most && real >= most
                ? string.Create(CultureInfo.InvariantCulture, $"It was cut at the tool's limit of {most} frames.")
                : unwinder == Unwinder.FramePointers ? "The walk by frame pointers ended before main or the beginning of the thread." : "It ends before main or the beginning of the thread.");
        }
        var unnamed = frames.Count(f => f.Function is null);
        if (unnamed > 0)
        {
            score -= NamesCost * unnamed / frames.Count;
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{unnamed} of {frames.Count} frames have no name."));
            if (unnamed * 2 > frames.Count) kind = StackQualityKind.Unresolved;
        }
        if (frames.Any(f => f.IsDoubtful))
        {
            score -= DoubtCosts;
            reasons.Add("Some names are only the nearest symbol that a stripped library exports, too far away to be believed.");
        }
        if (reasons.Count == 0) reasons.Add("It reaches the beginning of the program or the thread.");
        return new StackQuality(kind, Math.Max(score, BypassScore), string.Join(" ", reasons));
    }

    /// <summary>Whether the caller of the leaf is probably missing.</summary>
    public static bool HasGap(IReadOnlyList<NamedFrame> frames, Unwinder unwinder)
    {
        if (unwinder != Unwinder.FramePointers || frames.Count == 0) return false;
        var leaf = LeafOf(frames);
        return leaf + 1 < frames.Count && FrameRoles.IsWrapper(frames[leaf].Function);
    }

    /// <summary>The depth at which a tool stopped walking: the greatest of a trace, when several different stacks end there before their beginning. Null when none shows.</summary>
    /// <param name="stacks">The stacks, leaf first.</param>
    public static int? LimitOf(IEnumerable<IReadOnlyList<NamedFrame>> stacks)
    {
        var (greatest, cut) = (0, 0);
        foreach (var frames in stacks)
        {
            var real = frames.Count(f => !f.Inlined);
            if (real < greatest || real < 2) continue;
            if (real > greatest) (greatest, cut) = (real, 0);
            if (!IsWhole(frames)) cut++;
        }
        return cut >= 2 ? greatest : null;
    }

    // What was inlined into the leaf stands before it.
    private static int LeafOf(IReadOnlyList<NamedFrame> frames)
    {
        var leaf = 0;
        while (leaf + 1 < frames.Count && frames[leaf].Inlined) leaf++;
        return leaf;
    }

    private static bool IsSyscall(NamedFrame frame) => frame.Function == "syscall" && (frame.Module is null || FrameRoles.IsLibc(frame.Module));

    private static bool IsWhole(IReadOnlyList<NamedFrame> frames)
    {
        // A corrupt frame or two may stand behind it.
        for (var i = frames.Count - 1; i >= Math.Max(0, frames.Count - 3); i--)
            if (frames[i].Function is { } function && Model.StackRoots.IsRoot(function)) return true;
        return false;
    }
}
