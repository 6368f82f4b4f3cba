namespace MemScope.Storage.Verdicts;

/// <summary>What a verdict was computed from: it holds while all of it is the same.</summary>
/// <param name="ChangeSeq">The process' change number.</param>
/// <param name="Analyzer">Version of the program's analysis.</param>
/// <param name="Symbols">Digest of the symbol files; empty where the verdict needs no names.</param>
public sealed record VerdictBasis(long ChangeSeq, string Analyzer, string Symbols)
{
    /// <summary>Whether names of frames were still being looked up: then it holds for nothing.</summary>
    public bool NamesPending { get; init; }
}

/// <summary>What the judge said of a process over all its snapshots.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Basis">What it was computed from.</param>
/// <param name="Kind"><c>leak</c>, <c>retention</c>, <c>healthy</c> or <c>unclear</c>.</param>
/// <param name="Summary">One or two sentences with figures.</param>
/// <param name="ComputedAt">When.</param>
public sealed record VerdictRow(Guid ProcessId, VerdictBasis Basis, string Kind, string Summary, DateTimeOffset ComputedAt)
{
    /// <summary>Whether what grows lies in malloc's heap; null when not known.</summary>
    public bool? InsideMallocHeap { get; init; }

    /// <summary>Slug of the category, or null.</summary>
    public string? Category { get; init; }

    /// <summary>How sure its first finding is; null without one.</summary>
    public string? Certainty { get; init; }

    /// <summary>Id of the card of that finding, or null.</summary>
    public string? Rule { get; init; }
}

/// <summary>A finding in figures.</summary>
/// <param name="Rule">Id of its card.</param>
/// <param name="Verdict"><c>candidate</c>, <c>likely</c>, <c>confirmed</c> or <c>refuted</c>.</param>
/// <param name="Kind">Slug of its kind.</param>
/// <param name="Category">Slug of the category that it is about, or null.</param>
/// <param name="Title">The cause as a fact.</param>
/// <param name="Summary">One or two sentences with figures.</param>
/// <param name="BytesPerSecond">Slope of what it is about, or null.</param>
public sealed record FindingRow(string Rule, string Verdict, string Kind, string? Category, string Title, string Summary, double? BytesPerSecond);
