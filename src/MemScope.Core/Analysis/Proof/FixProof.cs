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
public sealed record FixProof(ProofVerdict Verdict, GrowthMeasure Before, GrowthMeasure After, string Words);
