namespace MemScope.Web.Wire;

/// <summary>A region over the window asked. Rates are bytes per second, sizes are those of the window's last snapshot (or of its last sighting).</summary>
public sealed record RegionWire(Guid Id, string Category, string Name, string Perms, string Start, string End, long? RssBytes, long VirtualBytes, double RssBytesPerSecond,
    string Shape, DateTimeOffset BornAt, DateTimeOffset? GoneAt, IReadOnlyList<RegionChangeWire> Changes)
{
    /// <summary>PSS in bytes, or null where not captured.</summary>
    public long? PssBytes { get; init; }

    /// <summary>Private dirty in bytes, or null where not captured.</summary>
    public long? PrivateDirtyBytes { get; init; }

    /// <summary>RSS at the window's end minus RSS at its start.</summary>
    public long RssChangeBytes { get; init; }

    /// <summary>Where it moves: <c>end fixed, start slides down</c>; empty when it stays.</summary>
    public string Anchor { get; init; } = "";

    /// <summary>Finer than the category, free text: <c>python arena</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Why it has its category, with the figures that the rule saw.</summary>
    public string CategoryReason { get; init; } = "";

    /// <summary>How sure the category is: <c>A</c> certain, <c>B</c> strong pattern, <c>C</c> guess; empty in views that were frozen before it was known.</summary>
    public string CategoryConfidence { get; init; } = "";

    /// <summary>Id of the rule that decided, or would have (docs/categories.md).</summary>
    public string CategoryRule { get; init; } = "";

    /// <summary>The category by rule where <c>as</c> changed it, else null.</summary>
    public string? CategoryByRule { get; init; }

    /// <summary>The part of <c>as</c> that changed it, else null.</summary>
    public string? CategoryOverride { get; init; }

    /// <summary>Bytes of code that was changed in memory, or null.</summary>
    public long? PatchedBytes { get; init; }

    /// <summary>RSS at up to 60 points of the whole track, for a sparkline; -1 where it does not exist.</summary>
    public IReadOnlyList<long> RssSparkline { get; init; } = [];

    /// <summary>Whether it exists in the window's last snapshot.</summary>
    public bool Alive { get; init; }

    /// <summary>The measure that the list was asked for, where it is another than RSS; else null.</summary>
    public MeasuredWire? Measured { get; init; }

    /// <summary>How many changes it had in all; <see cref="Changes"/> holds the last 100 at most.</summary>
    public int ChangeCount { get; init; }

    /// <summary>Of a reserve or guard, the arena or stack that it belongs to, else null.</summary>
    public Guid? OwnerId { get; init; }

    /// <summary>Of a single region, by whom its growth in the window was mapped; null in lists, without growth, and where no trace or snapshot can tell.</summary>
    public MappedByWire? MappedBy { get; init; }

    /// <summary>Its history in sentences, earliest first; empty in lists.</summary>
    public IReadOnlyList<string> History { get; init; } = [];

    /// <summary>What it is made of at the window's end (or where it was seen last), in address order, the 100 largest parts at most; empty in lists.</summary>
    public IReadOnlyList<RegionPartWire> Holds { get; init; } = [];

    /// <summary>How many parts it has in all.</summary>
    public int HoldsCount { get; init; }

    /// <summary>Which of its ends move; null in lists.</summary>
    public RegionEdgesWire? Edges { get; init; }

    /// <summary>Where it lay over its life; null in lists.</summary>
    public RegionCourseWire? Course { get; init; }

    /// <summary>The mappings below and above it at the window's end (or where it was seen last), in address order; empty in lists.</summary>
    public IReadOnlyList<RegionNeighbourWire> Neighbours { get; init; } = [];

    /// <summary>The kernel's flags of its mapping as smaps prints them; null in lists, where it is gone, and where the source has none.</summary>
    public string? VmFlags { get; init; }

    /// <summary>Of a single region, the callchains that mapped most of it, heaviest first, five at most; empty in lists and without traces.</summary>
    public IReadOnlyList<CallchainWire> Mappers { get; init; } = [];

    /// <summary>By what <see cref="Mappers"/> are weighed: <c>growth</c> of a region that grew in the window, else <c>resident</c>.</summary>
    public string MappersWeight { get; init; } = "";
}

/// <summary>A part of a region: a mapping is not an allocation, and may hold several owners' memory.</summary>
/// <param name="Start">First address, hex.</param>
/// <param name="End">First address behind it, hex.</param>
/// <param name="Bytes">Its size; how much of it is resident, the kernel does not say.</param>
/// <param name="Origin"><c>first-seen</c>, <c>grown</c>, <c>joined</c>, <c>traced</c> or <c>placed</c>.</param>
/// <param name="Since">Number of the first snapshot that shows it.</param>
/// <param name="Pieces">Of how many steps of growth or mappings side by side it is made up.</param>
/// <param name="RegionId">The region that it was before it was joined, or null.</param>
/// <param name="MappedAt">When a trace saw the earliest of it mapped, or null.</param>
/// <param name="Exact">False when it was inferred.</param>
/// <param name="Text">In words.</param>
public sealed record RegionPartWire(string Start, string End, long Bytes, string Origin, int Since, int Pieces, Guid? RegionId, DateTimeOffset? MappedAt, bool Exact, string Text);

/// <summary>One change of a region.</summary>
/// <param name="Kind">Lower case: <c>born</c>, <c>grown</c>, <c>moved</c> …</param>
/// <param name="Number">Number of the snapshot that first shows it.</param>
/// <param name="At">Its time.</param>
/// <param name="Text">In words: <c>start down by 148 KiB</c>.</param>
/// <param name="Exact">False when it was inferred.</param>
public sealed record RegionChangeWire(string Kind, int Number, DateTimeOffset At, string Text, bool Exact);

/// <summary>Regions of a window, with totals that add up.</summary>
public sealed record RegionsWire(WindowWire Window, IReadOnlyList<RegionWire> Items, string? Next)
{
    /// <summary>The measure that growth and change are sorted by: <c>rss</c> unless another was asked for.</summary>
    public string Metric { get; init; } = "rss";

    /// <summary><c>bytes</c> or <c>count</c>.</summary>
    public string Unit { get; init; } = "bytes";

    /// <summary>Measures that the window's snapshots print, by slug.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Why there is no growth: <c>maps does not print RSS.</c>; else null.</summary>
    public string? Missing { get; init; }

    /// <summary>The measure of the matching regions at the window's end, or null where it is missing.</summary>
    public long? Value { get; init; }

    /// <summary>Its change over the window.</summary>
    public long? Change { get; init; }

    /// <summary>Regions that match the filter, over all pages.</summary>
    public int Matching { get; init; }

    /// <summary>Regions that exist in the window.</summary>
    public int All { get; init; }

    /// <summary>RSS of the matching regions.</summary>
    public long RssBytes { get; init; }

    /// <summary>Change of RSS of the matching regions.</summary>
    public long RssChangeBytes { get; init; }

    /// <summary>Virtual size of the matching regions.</summary>
    public long VirtualBytes { get; init; }

    /// <summary>PSS of the matching regions at the window's end; null where not captured, and in views that were frozen before it was told.</summary>
    public long? PssBytes { get; init; }

    /// <summary>Private dirty memory of the matching regions; null as <see cref="PssBytes"/>.</summary>
    public long? PrivateDirtyBytes { get; init; }
}

/// <summary>By whom the growth of a region was mapped, in short; <c>callchains?weight=growth&amp;region=</c> has it whole.</summary>
/// <param name="GrowthBytes">Growth of its RSS in the window.</param>
/// <param name="TracedBytes">The part in memory whose mapping a trace saw.</param>
/// <param name="Site">The frame that asked for the most of it, not counting bare wrappers of system calls; null when nothing was traced.</param>
/// <param name="SiteBytes">How much that callchain has of it.</param>
public sealed record MappedByWire(long GrowthBytes, long TracedBytes, FrameWire? Site, long SiteBytes);
