namespace MemScope.Web.Wire;

/// <summary>One change of a region.</summary>
/// <param name="Kind">Lower case: <c>born</c>, <c>grown</c>, <c>moved</c> …</param>
/// <param name="Number">Number of the snapshot that first shows it.</param>
/// <param name="At">Its time.</param>
/// <param name="Text">In words: <c>start down by 148 KiB</c>.</param>
/// <param name="Exact">False when it was inferred.</param>
public sealed record RegionChangeWire(string Kind, int Number, DateTimeOffset At, string Text, bool Exact);

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

    /// <summary>Why it has its category.</summary>
    public string CategoryReason { get; init; } = "";

    /// <summary>RSS at up to 60 points of the whole track, for a sparkline; -1 where it does not exist.</summary>
    public IReadOnlyList<long> RssSparkline { get; init; } = [];

    /// <summary>Whether it exists in the window's last snapshot.</summary>
    public bool Alive { get; init; }

    /// <summary>How many changes it had in all; <see cref="Changes"/> holds the last 100 at most.</summary>
    public int ChangeCount { get; init; }
}

/// <summary>Regions of a window, with totals that add up.</summary>
public sealed record RegionsWire(WindowWire Window, IReadOnlyList<RegionWire> Items, string? Next)
{
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
}

/// <summary>Growth of a category or of the total over the window.</summary>
/// <param name="Key">Category slug, or <c>total</c>.</param>
/// <param name="RssBytes">RSS at the window's end.</param>
/// <param name="RssChangeBytes">Change over the window.</param>
/// <param name="RssBytesPerSecond">Least-squares slope over the window.</param>
/// <param name="LowBytesPerSecond">Lower end of the 95 % interval of the robust slope.</param>
/// <param name="HighBytesPerSecond">Upper end.</param>
/// <param name="RSquared">Linearity, 0 to 1.</param>
/// <param name="Shape">Shape slug.</param>
/// <param name="Regions">Regions of it that exist at the window's end.</param>
public sealed record GrowthWire(string Key, long RssBytes, long RssChangeBytes, double RssBytesPerSecond, double LowBytesPerSecond, double HighBytesPerSecond, double RSquared,
    string Shape, int Regions);

/// <summary>What the overview shows: growth per category, the top growers, where it grows in one sentence.</summary>
public sealed record OverviewWire(ProcessWire Process, WindowWire Window, GrowthWire Total, IReadOnlyList<GrowthWire> Categories, IReadOnlyList<RegionWire> TopGrowers, string Answer)
{
    /// <summary>Snapshot at the window's end.</summary>
    public required SnapshotWire Last { get; init; }

    /// <summary>Private dirty of the last snapshot, or null where not captured.</summary>
    public long? PrivateDirtyBytes { get; init; }

    /// <summary>Regions that did not change in the window and are not among <see cref="TopGrowers"/>.</summary>
    public int UnchangedRegions { get; init; }

    /// <summary>Their RSS.</summary>
    public long UnchangedRssBytes { get; init; }

    /// <summary>Traces with their windows, for the strip under the chart.</summary>
    public IReadOnlyList<TraceWire> Traces { get; init; } = [];

    /// <summary>Captures and parse problems, for the status line.</summary>
    public int Captures { get; init; }

    /// <summary>Diagnostics of severity warning or error over all captures.</summary>
    public int ParseProblems { get; init; }
}

/// <summary>A trace in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tool"><c>strace</c>, <c>bpftrace</c>, <c>gdb</c>.</param>
/// <param name="Events">How many events.</param>
/// <param name="From">First event in wall time, or null when the clock could not be anchored.</param>
/// <param name="To">Last event in wall time, or null.</param>
/// <param name="Clock">Clock domain in words with how it was anchored.</param>
/// <param name="Losses">What it lost, in sentences.</param>
/// <param name="CaptureId">The file it came in.</param>
/// <param name="FileName">The name of that file, or empty.</param>
public sealed record TraceWire(Guid Id, string Tool, int Events, DateTimeOffset? From, DateTimeOffset? To, string Clock, IReadOnlyList<string> Losses, Guid CaptureId, string FileName);
