namespace MemScope.Web.Wire;

/// <summary>What a trace saw: calls, churn, who made them, and what is missing.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="From">First event that counts in wall time; null where the clock is not tied to it.</param>
/// <param name="To">Last event that counts, or null.</param>
/// <param name="Activity">Everything together.</param>
/// <param name="Calls">Calls by kind, most first.</param>
/// <param name="Threads">What the threads did, most churn first; at most 50.</param>
/// <param name="Sites">Where memory is mapped and unmapped, most churn first; at most 20.</param>
/// <param name="Notes">What could not be replayed exactly and what the tracer lost, for people.</param>
public sealed record TraceFiguresWire(TraceWire Trace, DateTimeOffset? From, DateTimeOffset? To, TraceActivityWire Activity, IReadOnlyList<TraceCallsWire> Calls,
    IReadOnlyList<TraceThreadWire> Threads, IReadOnlyList<TraceSiteWire> Sites, IReadOnlyList<string> Notes)
{
    /// <summary>Seconds from the first to the last event that counts; null without times.</summary>
    public double? ObservedSeconds { get; init; }

    /// <summary>Seconds between the tracer's own begin mark and the first event, which are not among the observed ones; null where the trace has no mark.</summary>
    public double? StartUpLagSeconds { get; init; }

    /// <summary>The longest time between two events, seconds; null with fewer than two events or without times. A long one in a busy trace says that the tracer slept.</summary>
    public double? LongestSilenceSeconds { get; init; }

    /// <summary>Mapped and unmapped bytes per second together; null when no time was observed.</summary>
    public double? ChurnBytesPerSecond { get; init; }

    /// <summary>Mapped less unmapped bytes per second, memory from before the trace included; null when no time was observed.</summary>
    public double? NetBytesPerSecond { get; init; }

    /// <summary>RSS at the first event that counts, from the snapshots around it; null when the trace is not placed on the time line or lies outside of them.</summary>
    public long? RssBytesBefore { get; init; }

    /// <summary>RSS at the last event.</summary>
    public long? RssBytesAfter { get; init; }

    /// <summary>Bytes unmapped that had been mapped before the trace began.</summary>
    public long BeforeTraceUnmappedBytes { get; init; }

    /// <summary>Calls that failed and changed nothing.</summary>
    public int FailedCalls { get; init; }

    /// <summary>Why more may be outstanding than is told; null when the figures are exact.</summary>
    public string? LowerBoundReason { get; init; }
}

/// <summary>What somebody did to the address space.</summary>
/// <param name="Calls">Calls of every kind that succeeded.</param>
/// <param name="MappingCalls">Those that mapped or grew memory.</param>
/// <param name="MappedBytes">Bytes mapped; an mremap counts its growth.</param>
/// <param name="FreedBytes">Bytes of them that are gone, whoever unmapped them.</param>
/// <param name="UnmappedBytes">Bytes that these calls unmapped, whoever had mapped them and when.</param>
/// <param name="OutstandingBytes">Bytes of the mapped that are still mapped at the end.</param>
/// <param name="OutstandingBlocks">Blocks of them.</param>
public sealed record TraceActivityWire(long Calls, long MappingCalls, long MappedBytes, long FreedBytes, long UnmappedBytes, long OutstandingBytes, int OutstandingBlocks)
{
    /// <summary>Bytes mapped by calls without a recorded result: where they lie is not known. Mapped is outstanding + freed + unplaced.</summary>
    public long UnplacedBytes { get; init; }

    /// <summary>How many blocks were unmapped whose life is known.</summary>
    public long EndedBlocks { get; init; }

    /// <summary>Half of them lived at most so long, seconds; null without any.</summary>
    public double? MedianLifeSeconds { get; init; }

    /// <summary>95 of 100 lived at most so long, seconds.</summary>
    public double? P95LifeSeconds { get; init; }

    /// <summary>The longest life, seconds.</summary>
    public double? LongestLifeSeconds { get; init; }
}

/// <summary>Calls of one kind.</summary>
/// <param name="Call"><c>mmap</c>, <c>munmap</c>, <c>mremap</c> …</param>
/// <param name="Succeeded">How many succeeded.</param>
/// <param name="Failed">How many failed.</param>
/// <param name="PerSecond">Successful ones per second; null when no time was observed.</param>
public sealed record TraceCallsWire(string Call, long Succeeded, long Failed, double? PerSecond);

/// <summary>What a thread did.</summary>
/// <param name="Tid">Its id, 0 for events that name none.</param>
/// <param name="Name">Its name where the tracer printed it, or empty.</param>
/// <param name="Activity">What it did.</param>
public sealed record TraceThreadWire(int Tid, string Name, TraceActivityWire Activity);

/// <summary>What is mapped or unmapped at one place of the program: the innermost frame that is not a wrapper of the system call.</summary>
/// <param name="Site">The frame; null for events without a stack.</param>
/// <param name="Callers">Its callers in the heaviest of its callchains, nearest first; at most 5.</param>
/// <param name="Callchains">How many callchains lead there.</param>
/// <param name="Activity">What it did.</param>
public sealed record TraceSiteWire(FrameWire? Site, IReadOnlyList<FrameWire> Callers, int Callchains, TraceActivityWire Activity);
