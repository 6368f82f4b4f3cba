using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>What a line of a ledger rests on.</summary>
public enum LedgerSource : byte
{
    /// <summary>The kind of mapping, as the snapshot shows it.</summary>
    Snapshot,

    /// <summary>Blocks whose mapping a trace saw.</summary>
    Trace,

    /// <summary>Live blocks of a heap profile.</summary>
    HeapProfile,

    /// <summary>An allocator's own statistics.</summary>
    Allocator,

    /// <summary>Follows from other evidence, not seen itself.</summary>
    Inferred,
}

/// <summary>A part of RSS that is explained.</summary>
/// <param name="Label">What it is, for people.</param>
/// <param name="Bytes">How much of RSS, never negative.</param>
/// <param name="Source">What it rests on.</param>
/// <param name="SourceWords"><c>smaps #91</c>, <c>heaptrack</c>, <c>bt, perf</c>.</param>
public sealed record LedgerLine(string Label, long Bytes, LedgerSource Source, string SourceWords)
{
    /// <summary>The category whose memory it is, or null for several.</summary>
    public Category? Category { get; init; }

    /// <summary>Bytes at the window's first snapshot; null for a ledger of one snapshot.</summary>
    public long? BytesBefore { get; init; }

    /// <summary>The trace or heap profile, or null.</summary>
    public Guid? Evidence { get; init; }

    /// <summary>The module that mapped it, or null.</summary>
    public string? Module { get; init; }

    /// <summary>The region that it is inferred from, or null.</summary>
    public Guid? Region { get; init; }
}

/// <summary>RSS of a snapshot split into explained parts and the rest: the lines and <see cref="UnexplainedBytes"/> add up to <see cref="RssBytes"/>, to the byte.</summary>
/// <param name="RssBytes">Sum of Rss.</param>
/// <param name="UnexplainedBytes">What nothing explains; never negative.</param>
/// <param name="Lines">The explained parts, heaviest first.</param>
public sealed record MemoryLedger(long RssBytes, long UnexplainedBytes, IReadOnlyList<LedgerLine> Lines)
{
    /// <summary>The same two at the window's first snapshot; null for a ledger of one snapshot.</summary>
    public (long RssBytes, long UnexplainedBytes)? Before { get; init; }

    /// <summary>What a reader must know: a profile that was clipped, a tool that counts what is not resident.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
