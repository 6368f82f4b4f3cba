using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>What a line of a ledger is about.</summary>
internal enum LedgerPart : byte
{
    /// <summary>A kind of mapping that explains itself: code, files, stacks, shared memory …</summary>
    Kind,

    /// <summary>Anonymous memory whose name or layout tells its owner: Go's heap, jemalloc's pages.</summary>
    Owner,

    /// <summary>Anonymous memory in blocks whose mapping a trace saw.</summary>
    Traced,

    /// <summary>The same, mapped by malloc for a large block.</summary>
    TracedMalloc,

    /// <summary>Malloc's heap that grew in calls that a trace saw, where nobody counts what lives in it.</summary>
    TracedHeap,

    /// <summary>Equal steps of a region, like those that a trace saw.</summary>
    Inferred,

    /// <summary>Blocks that a heap profiler counts.</summary>
    Live,

    /// <summary>What an allocator says is in use, beyond what a heap profiler counts.</summary>
    InUse,

    /// <summary>Freed and kept by an allocator.</summary>
    Free,

    /// <summary>Freed, and given back after a while.</summary>
    Decaying,

    /// <summary>An allocator's own structures.</summary>
    Metadata,

    /// <summary>Malloc's heap beyond what profile and allocator count.</summary>
    HeapRest,

    /// <summary>Malloc's heap where nothing is counted.</summary>
    HeapNotProfiled,
}

/// <summary>Which line of a ledger bytes belong to; the same at both ends of a window.</summary>
/// <param name="Part">What it is about.</param>
/// <param name="Name">Function that mapped it, kind of its owner or name of its allocator; or empty.</param>
internal readonly record struct LedgerKey(LedgerPart Part, string Name = "")
{
    /// <summary>Module that mapped it, a file name; or empty.</summary>
    public string Module { get; init; } = "";

    /// <summary>The category, or null for several.</summary>
    public Category? Category { get; init; }

    /// <summary>The region that it is inferred from, or null.</summary>
    public Guid? Region { get; init; }

    /// <summary>Whether a trace saw who mapped it.</summary>
    public bool IsTraced => Part is LedgerPart.Traced or LedgerPart.TracedMalloc or LedgerPart.TracedHeap;
}
