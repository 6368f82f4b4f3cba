namespace MemScope.Web.Wire;

/// <summary>A part of RSS that is explained.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Bytes">How much of RSS.</param>
/// <param name="Source"><c>snapshot</c>, <c>trace</c>, <c>heap-profile</c>, <c>allocator</c> or <c>inferred</c>.</param>
public sealed record LedgerLineWire(string Label, long Bytes, string Source)
{
    /// <summary>For people: <c>smaps #91</c>, <c>bt, perf</c>.</summary>
    public string SourceWords { get; init; } = "";

    /// <summary>Slug of the category, or null for several.</summary>
    public string? Category { get; init; }

    /// <summary>Bytes at the window's first snapshot, or null.</summary>
    public long? BytesBefore { get; init; }

    /// <summary>The trace or heap profile, or null.</summary>
    public Guid? EvidenceId { get; init; }

    /// <summary>The module that mapped it, or null.</summary>
    public string? Module { get; init; }

    /// <summary>The region that it is inferred from, or null.</summary>
    public Guid? RegionId { get; init; }
}

/// <summary>RSS split into explained parts and the rest: lines + unexplained = RSS.</summary>
/// <param name="RssBytes">Sum of Rss of the window's last snapshot.</param>
/// <param name="UnexplainedBytes">What nothing explains.</param>
/// <param name="Lines">Heaviest first.</param>
public sealed record LedgerWire(long RssBytes, long UnexplainedBytes, IReadOnlyList<LedgerLineWire> Lines)
{
    /// <summary>The window.</summary>
    public required WindowWire Window { get; init; }

    /// <summary>What it comes to, in one sentence.</summary>
    public string Answer { get; init; } = "";

    /// <summary>RSS of the window's first snapshot, or null for a single one.</summary>
    public long? RssBytesBefore { get; init; }

    /// <summary>What was unexplained then.</summary>
    public long? UnexplainedBytesBefore { get; init; }

    /// <summary>What heap profiles leave of the growth, one a profile.</summary>
    public IReadOnlyList<ResidualWire> Residuals { get; init; } = [];

    /// <summary>What a reader must know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>What of the growth of RSS a heap profiler does not explain.</summary>
/// <param name="HeapProfileId">The profile.</param>
/// <param name="Tool">Its format.</param>
/// <param name="From">Begin of what both cover.</param>
/// <param name="To">Its end.</param>
/// <param name="RssBytes">Growth of RSS in it.</param>
/// <param name="LiveBytes">Growth of live bytes.</param>
/// <param name="FileBytes">Growth of files and shared memory, which no heap profiler is meant to see.</param>
/// <param name="ResidualBytes">What is left.</param>
/// <param name="Share">Its share of the growth of RSS, 0 to 1; null when RSS did not grow.</param>
public sealed record ResidualWire(Guid HeapProfileId, string Tool, DateTimeOffset From, DateTimeOffset To, long RssBytes, long LiveBytes, long FileBytes, long ResidualBytes, double? Share);
