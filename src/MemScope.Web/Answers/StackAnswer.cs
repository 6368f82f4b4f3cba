using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Callchains as pages and exports use them: frames once each, chains as runs of them. <see cref="CallchainsWire"/> is the same for scripts, spelled out.</summary>
/// <param name="Samples">Chains by weight; their frame numbers are indices of <paramref name="Frames"/>.</param>
/// <param name="Frames">The distinct frames, named as far as possible.</param>
/// <param name="Figures">All weights of each chain, in the order of <paramref name="Samples"/>.</param>
/// <param name="Head">Everything but the callchains: weight, total, losses, growth, traces, modules, notes.</param>
public sealed record StackAnswer(StackSamples Samples, IReadOnlyList<FrameWire> Frames, IReadOnlyList<ChainFigures> Figures, CallchainsWire Head)
{
    /// <summary>Traces that were asked, by which <see cref="Blocks"/> count them.</summary>
    internal IReadOnlyList<Guid> Asked { get; init; } = [];

    /// <summary>Blocks alive at the window's last snapshot with the chains that own them; empty of other weights than resident and growth, and of an answer about a part.</summary>
    internal IReadOnlyList<SiteBlock> Blocks { get; init; } = [];

    /// <summary>The same at its first snapshot, of weight growth.</summary>
    internal IReadOnlyList<SiteBlock> BlocksBefore { get; init; } = [];

    /// <summary>Whether weights are compared with those of another trace or profile, or of the window's first snapshot: then a chain's figure is weight less base.</summary>
    public bool IsComparison => Head.Base is not null || Head.Growth is not null;
}

/// <summary>What a callchain did, by every weight; of a heap profile: live bytes, allocated bytes, live blocks.</summary>
/// <param name="OutstandingBytes">Mapped and not unmapped at the trace's end.</param>
/// <param name="MappedBytes">Mapped, unmapped since or not.</param>
/// <param name="Calls">Calls that mapped.</param>
/// <param name="ResidentBytes">The part of the outstanding that is in RAM; null without a snapshot that tells.</param>
public readonly record struct ChainFigures(long OutstandingBytes, long MappedBytes, long Calls, long? ResidentBytes)
{
    /// <summary>Of weight growth: the resident bytes at the window's first snapshot, <see cref="ResidentBytes"/> being those at its last; else null.</summary>
    public long? ResidentBeforeBytes { get; init; }

    /// <summary>Outstanding blocks of the traced process; 0 of a heap profile.</summary>
    public int Blocks { get; init; }

    /// <summary>Length that most of them have, bytes; null without any.</summary>
    public long? BlockBytes { get; init; }

    /// <summary>The figure of a weight.</summary>
    public long By(CallchainWeight weight) => weight switch
    {
        CallchainWeight.Outstanding or CallchainWeight.Live => OutstandingBytes,
        CallchainWeight.Resident or CallchainWeight.Growth => ResidentBytes ?? 0,
        CallchainWeight.Mapped => MappedBytes,
        _ => Calls,
    };

    /// <summary>What two did together. What one of them does not know is the other's.</summary>
    public ChainFigures Plus(ChainFigures other) =>
        new(Saturating.Add(OutstandingBytes, other.OutstandingBytes), Saturating.Add(MappedBytes, other.MappedBytes), Saturating.Add(Calls, other.Calls), Sum(ResidentBytes, other.ResidentBytes))
        {
            ResidentBeforeBytes = Sum(ResidentBeforeBytes, other.ResidentBeforeBytes),
            Blocks = Blocks + other.Blocks,
            BlockBytes = other.Blocks > Blocks ? other.BlockBytes : BlockBytes,
        };

    private static long? Sum(long? a, long? b) => a is { } x && b is { } y ? Saturating.Add(x, y) : a ?? b;
}
