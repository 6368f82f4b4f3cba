using MemScope.Core.Analysis.Growth;

namespace MemScope.Core.Analysis.Proof;

/// <summary>Tells from two windows whether a change ended a growth.</summary>
public static class FixProver
{
    /// <summary>The verdict over the RSS of two windows.</summary>
    /// <param name="before">Seconds and bytes of the run that grew.</param>
    /// <param name="after">Those of the run with the change.</param>
    public static FixProof Of((double[] Seconds, double[] Bytes) before, (double[] Seconds, double[] Bytes) after) =>
        new(ProofVerdict.CannotTellYet, GrowthFit.Measure(before.Seconds, before.Bytes), GrowthFit.Measure(after.Seconds, after.Bytes), "");
}
