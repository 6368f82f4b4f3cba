using MemScope.Core.Analysis.Growth;

namespace MemScope.Core.Analysis.Proof;

/// <summary>Whether a change ended a growth. Slugs: <c>fixed</c>, <c>not-fixed</c>, <c>cannot-tell-yet</c>, <c>nothing-to-fix</c>.</summary>
public enum ProofVerdict : byte
{
    /// <summary>The growth is gone: its interval lies well below that of before, and the run was long enough to show it.</summary>
    Fixed,

    /// <summary>It still grows.</summary>
    NotFixed,

    /// <summary>Too short, too noisy, or between the two.</summary>
    CannotTellYet,

    /// <summary>The run before did not grow.</summary>
    NothingToFix,
}

/// <summary>The verdict over two windows.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Before">Growth of RSS before.</param>
/// <param name="After">Growth of RSS after.</param>
/// <param name="Words">One or two sentences with figures and intervals; of a verdict that cannot be told yet what would.</param>
public sealed record FixProof(ProofVerdict Verdict, GrowthMeasure Before, GrowthMeasure After, string Words)
{
    /// <summary>What the old growth would have brought while the changed run was watched behind its warm-up, bytes: by the lower end of its rate or in the poorest such time of the old run, whichever is less; null where there is no old rate.</summary>
    public double? ExpectedBytes { get; init; }

    /// <summary>How much longer the changed run must be watched, seconds; null where the verdict is told, or time alone does not tell.</summary>
    public double? MoreSeconds { get; init; }
}

/// <summary>Slugs of <see cref="ProofVerdict"/>.</summary>
public static class ProofVerdicts
{
    /// <summary>The slug: <c>cannot-tell-yet</c>.</summary>
    public static string Slug(this ProofVerdict verdict) => verdict switch
    {
        ProofVerdict.Fixed => "fixed", ProofVerdict.NotFixed => "not-fixed", ProofVerdict.NothingToFix => "nothing-to-fix", _ => "cannot-tell-yet",
    };
}
