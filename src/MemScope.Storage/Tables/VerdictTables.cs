namespace MemScope.Storage.Tables;

/// <summary>What the judge said of a process over all its snapshots, for lists, SQL and dashboards. Derived: computed again when what it was computed from is another.</summary>
[Sharded]
internal sealed class VerdictTable
{
    public Guid ProcessId { get; set; }

    /// <summary>The process' change number that it was computed at.</summary>
    public long ChangeSeq { get; set; }

    /// <summary>Version of the program's analysis that computed it.</summary>
    public string Analyzer { get; set; } = "";

    /// <summary>Digest of the symbol files that there were then; empty for a process without callchains, which needs none.</summary>
    public string Symbols { get; set; } = "";

    /// <summary>Whether names of frames were still being looked up: then it is computed again.</summary>
    public bool NamesPending { get; set; }

    /// <summary><c>leak</c>, <c>retention</c>, <c>healthy</c> or <c>unclear</c>.</summary>
    public string Kind { get; set; } = "";
    public bool? InsideMallocHeap { get; set; }
    public string? Category { get; set; }

    /// <summary>How sure its first finding is: <c>candidate</c>, <c>likely</c> or <c>confirmed</c>; null without a finding.</summary>
    public string? Certainty { get; set; }

    /// <summary>Id of the card of that finding.</summary>
    public string? Rule { get; set; }
    public string Summary { get; set; } = "";
    public DateTimeOffset ComputedAt { get; set; }
}

/// <summary>A finding of a stored verdict, in figures; evidence and remedies are computed when somebody looks.</summary>
[Sharded]
internal sealed class FindingTable
{
    public Guid ProcessId { get; set; }

    /// <summary>Place in the list: the surest and heaviest first, refuted ones last.</summary>
    public int Ordinal { get; set; }

    /// <summary>Id of its card.</summary>
    public string Rule { get; set; } = "";

    /// <summary><c>candidate</c>, <c>likely</c>, <c>confirmed</c> or <c>refuted</c>.</summary>
    public string Verdict { get; set; } = "";

    /// <summary><c>leak</c>, <c>retention</c>, <c>cost</c>, <c>risk</c>, <c>not-a-leak</c> or <c>not-this-process</c>.</summary>
    public string Kind { get; set; } = "";
    public string? Category { get; set; }
    public string Title { get; set; } = "";
    public string Summary { get; set; } = "";
    public double? BytesPerSecond { get; set; }
    public long ChangeSeq { get; set; }
    public DateTimeOffset ComputedAt { get; set; }
}
