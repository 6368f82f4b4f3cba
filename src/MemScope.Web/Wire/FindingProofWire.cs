namespace MemScope.Web.Wire;

/// <summary>The runs that prove the remedies of a finding, beside the run that has it.</summary>
/// <param name="Base">The process with the finding.</param>
/// <param name="BaseRate">How fast it grows; null where that cannot be told.</param>
/// <param name="Runs">The runs with a remedy, in the order of the remedies; never empty.</param>
public sealed record FindingProofWire(CompareSideWire Base, CompareRateWire? BaseRate, IReadOnlyList<ProofRunWire> Runs);

/// <summary>A run with a remedy in which the growth is gone.</summary>
/// <param name="Remedy">Title of the remedy.</param>
/// <param name="Side">The run.</param>
/// <param name="Rate">How fast it grows; null where that cannot be told.</param>
public sealed record ProofRunWire(string Remedy, CompareSideWire Side, CompareRateWire? Rate)
{
    /// <summary>In a share, the captures of the run; empty elsewhere.</summary>
    public IReadOnlyList<CaptureWire> Captures { get; init; } = [];
}
