using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Proof;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Proofs of fixes for the wire.</summary>
internal static class ProofWires
{
    /// <summary>A proof.</summary>
    public static ProofWire Of(FixProof proof) => new(proof.Verdict.Slug(), proof.Words, Rate(proof.Before), Rate(proof.After), proof.ExpectedBytes, proof.MoreSeconds);

    // Behind the warm-up, as the verdict reads it: within the interval, which single points do not move.
    private static CompareRateWire Rate(GrowthMeasure m) => new(Math.Clamp(m.Steady.BytesPerSecond, m.Steady.LowBytesPerSecond, Math.Max(m.Steady.LowBytesPerSecond, m.Steady.HighBytesPerSecond)), m.Steady.LowBytesPerSecond, m.Steady.HighBytesPerSecond) { Shape = m.Shape.Slug() };
}
