namespace MemScope.Core.Analysis.Findings;

/// <summary>What a check says.</summary>
public enum CheckState : byte
{
    /// <summary>It cannot be told from what was uploaded.</summary>
    Unknown,

    /// <summary>It holds.</summary>
    Holds,

    /// <summary>It does not hold.</summary>
    Fails,
}

/// <summary>What evidence rests on: where a click on it leads.</summary>
public enum EvidenceKind : byte
{
    /// <summary>Snapshots of the window.</summary>
    Snapshots,

    /// <summary>One region.</summary>
    Region,

    /// <summary>Callchains of traces.</summary>
    Stacks,

    /// <summary>A trace as a whole.</summary>
    Trace,

    /// <summary>A heap profile.</summary>
    HeapProfile,

    /// <summary>Figures beside the snapshots.</summary>
    Figures,

    /// <summary>The ledger of the window.</summary>
    Ledger,
}

/// <summary>Where evidence was read.</summary>
/// <param name="Kind">What kind of source.</param>
/// <param name="Words">For people: <c>smaps #1 … #91</c>, <c>bt, perf</c>.</param>
public sealed record EvidenceSource(EvidenceKind Kind, string Words)
{
    /// <summary>The region, or null.</summary>
    public Guid? Region { get; init; }

    /// <summary>The trace or heap profile, or null.</summary>
    public Guid? Trace { get; init; }

    /// <summary>Slug of the category, or null.</summary>
    public string? Category { get; init; }
}

/// <summary>The answer of a check.</summary>
/// <param name="State">What it says.</param>
/// <param name="Figures">The figures that it says it by, in one short sentence; of an unknown one what is missing.</param>
public sealed record CheckResult(CheckState State, string Figures)
{
    /// <summary>Where it was read, or null when nothing was.</summary>
    public EvidenceSource? Source { get; init; }

    /// <summary>The one figure to print large, <c>60 / 60</c>, or null.</summary>
    public string? Metric { get; init; }

    /// <summary>Bytes at some of the window's snapshots for a tiny picture, oldest first, at most 60; empty for none.</summary>
    public IReadOnlyList<double> Curve { get; init; } = [];

    /// <summary>Nothing can be told.</summary>
    public static CheckResult Unknown(string missing) => new(CheckState.Unknown, missing);

    /// <summary>A check that holds or fails.</summary>
    public static CheckResult Of(bool holds, string figures, EvidenceSource? source = null) => new(holds ? CheckState.Holds : CheckState.Fails, figures) { Source = source };
}

/// <summary>What a check is for.</summary>
public enum CheckRole : byte
{
    /// <summary>All must hold for a candidate.</summary>
    Suspect,

    /// <summary>All must hold, too, for <c>likely</c>.</summary>
    Likely,

    /// <summary>All must hold, too, for <c>confirmed</c>.</summary>
    Confirm,

    /// <summary>Shown; moves nothing.</summary>
    Support,

    /// <summary>One that holds refutes.</summary>
    Refute,
}

/// <summary>A check of a card with its answer: a row of the evidence.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="Claim">What it claims, as a fact: <c>The heap does not grow</c>.</param>
/// <param name="Result">The answer.</param>
public sealed record Evidence(CheckRole Role, string Claim, CheckResult Result)
{
    /// <summary>The probe that would tell, where the answer is not known; or null.</summary>
    public string? Probe { get; init; }
}
