using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings;

/// <summary>All that is known of a process over a window, from every tool: what cards are judged by. It holds a track, so it must not be kept.</summary>
/// <param name="Track">The snapshots.</param>
/// <param name="From">First point of the window, counted.</param>
/// <param name="To">Last point, counted.</param>
public sealed record CaseFile(Track Track, int From, int To)
{
    /// <summary>Categories that go before those of the rules.</summary>
    public CategoryOverrides Overrides { get; init; } = CategoryOverrides.None;

    /// <summary>What the process is.</summary>
    public ProcessFacts Process { get; init; } = new(0, "", "");

    /// <summary>Callchains that mapped memory, most resident bytes at the window's end first.</summary>
    public IReadOnlyList<TracedSite> Sites { get; init; } = [];

    /// <summary>The traces, oldest first.</summary>
    public IReadOnlyList<TraceFacts> Traces { get; init; } = [];

    /// <summary>Blocks that traces saw being mapped and that were alive at the window's last snapshot, in address order, without an address in common; with the sites that own them.</summary>
    public IReadOnlyList<SiteBlock> Blocks { get; init; } = [];

    /// <summary>The same at the window's first snapshot: what was mapped by then.</summary>
    public IReadOnlyList<SiteBlock> BlocksBefore { get; init; } = [];

    /// <summary>How the growth of RSS in the window splits by what traces saw; null without traces or without two snapshots that have RSS.</summary>
    public TracedGrowth? Growth { get; init; }

    /// <summary>Courses of live bytes, the newest profile first.</summary>
    public IReadOnlyList<HeapCourse> Heaps { get; init; } = [];

    /// <summary>Callchains of the newest heap profile, most live bytes first.</summary>
    public IReadOnlyList<HeapSiteFacts> HeapSites { get; init; } = [];

    /// <summary>What allocators say of themselves, oldest first.</summary>
    public IReadOnlyList<AllocatorState> Allocators { get; init; } = [];

    /// <summary>Frames of sites whose names are still being looked up: checks of names may tell something else when they are there.</summary>
    public int PendingFrames { get; init; }

    /// <summary>Figures beside the snapshots, oldest first.</summary>
    public IReadOnlyList<SideFacts> Figures { get; init; } = [];
}

/// <summary>What a process is.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Comm">Short name.</param>
/// <param name="CommandLine">Arguments, empty when not known.</param>
public sealed record ProcessFacts(int Pid, string Comm, string CommandLine)
{
    /// <summary>Labels that the senders gave.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>One frame of a site.</summary>
/// <param name="Function">Name, or null.</param>
/// <param name="Module">Path or name of the module, or null.</param>
/// <param name="File">Source file, or null.</param>
/// <param name="Line">Source line, or null.</param>
public sealed record SiteFrame(string? Function, string? Module, string? File = null, int? Line = null)
{
    /// <summary>Whether it was inlined into the next one.</summary>
    public bool Inlined { get; init; }

    /// <summary>Whether a frame is probably missing between this one and its caller.</summary>
    public bool GapAfter { get; init; }

    /// <summary>Hex address inside the module, or null.</summary>
    public string? Offset { get; init; }
}

/// <summary>A callchain that mapped memory, over all traces of the process.</summary>
/// <param name="Frames">Leaf first, named as far as possible.</param>
/// <param name="ResidentBytes">Outstanding and in RAM at the window's end.</param>
/// <param name="OutstandingBytes">Mapped and not unmapped.</param>
/// <param name="MappedBytes">Mapped in all.</param>
/// <param name="Calls">Calls that mapped.</param>
public sealed record TracedSite(IReadOnlyList<SiteFrame> Frames, long ResidentBytes, long OutstandingBytes, long MappedBytes, long Calls)
{
    /// <summary>Resident bytes that came in the window.</summary>
    public long GrownBytes { get; init; }

    /// <summary>Outstanding blocks.</summary>
    public int Blocks { get; init; }

    /// <summary>Length that most of its outstanding blocks have, or null without any.</summary>
    public long? BlockBytes { get; init; }

    /// <summary>Patterns in it that say something about who maps.</summary>
    public IReadOnlyList<Motif> Motifs { get; init; } = [];
}

/// <summary>A block that a trace saw being mapped, and whose it is.</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="Site">Index into <see cref="CaseFile.Sites"/>; -1 for a call without a stack, their number or more for a site that is not among them.</param>
/// <param name="Trace">Index into <see cref="CaseFile.Traces"/>.</param>
public readonly record struct SiteBlock(AddressRange Range, int Site, int Trace);

/// <summary>What a trace says as a whole.</summary>
/// <param name="Id">The trace.</param>
/// <param name="Format">Slug of its format.</param>
/// <param name="Seconds">From its first to its last event.</param>
/// <param name="Maps">Calls that mapped memory.</param>
/// <param name="Unmaps">Calls of munmap that succeeded.</param>
public sealed record TraceFacts(Guid Id, string Format, double Seconds, long Maps, long Unmaps)
{
    /// <summary>First event (UTC), or null when its clock is not tied to wall time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last event, or null.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Bytes mapped.</summary>
    public long MappedBytes { get; init; }

    /// <summary>Median life of what was unmapped again, nanoseconds; null without any.</summary>
    public long? MedianLifeNs { get; init; }

    /// <summary>The length that most calls of mmap have, and how many of them; null without any.</summary>
    public (long Bytes, long Calls)? CommonLength { get; init; }

    /// <summary>What it lost, in words; empty for none.</summary>
    public IReadOnlyList<string> Losses { get; init; } = [];
}

/// <summary>How the growth of RSS in a window splits; the parts add up to it.</summary>
/// <param name="RssBytes">Growth.</param>
/// <param name="TracedBytes">In memory whose callchain a trace saw.</param>
/// <param name="BeforeBytes">In memory that was mapped already at the window's begin.</param>
/// <param name="NotSeenBytes">In memory mapped since that no trace saw.</param>
public sealed record TracedGrowth(long RssBytes, long TracedBytes, long BeforeBytes, long NotSeenBytes);

/// <summary>Figures of one moment: status, cgroup, meminfo, an allocator's own.</summary>
/// <param name="Kind">Slug: <c>status</c>, <c>rollup</c>, <c>cgroup</c>, <c>meminfo</c>, a format's.</param>
/// <param name="Label">Which of several of a kind, or null.</param>
/// <param name="At">When (UTC).</param>
/// <param name="Bytes">Sizes by the file's own keys.</param>
/// <param name="Counts">Other numbers by key.</param>
public sealed record SideFacts(string Kind, string? Label, DateTimeOffset At, IReadOnlyDictionary<string, long> Bytes, IReadOnlyDictionary<string, long> Counts);
