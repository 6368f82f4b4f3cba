namespace MemScope.Web.Wire;

/// <summary>What the overview shows: growth per category, the top growers, where it grows in one sentence.</summary>
public sealed record OverviewWire(ProcessWire Process, WindowWire Window, GrowthWire Total, IReadOnlyList<GrowthWire> Categories, IReadOnlyList<RegionWire> TopGrowers, string Answer)
{
    /// <summary>Snapshot at the window's end.</summary>
    public required SnapshotWire Last { get; init; }

    /// <summary>Private dirty of the last snapshot, or null where not captured.</summary>
    public long? PrivateDirtyBytes { get; init; }

    /// <summary>The limit that growth in this window runs into; null in documents from before it was told.</summary>
    public LimitWire? Limit { get; init; }

    /// <summary>Measures that the window's snapshots print, by slug; those of a document without the list are the four that charts always had.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>Regions that did not change in the window and are not among <see cref="TopGrowers"/>.</summary>
    public int UnchangedRegions { get; init; }

    /// <summary>Their RSS.</summary>
    public long UnchangedRssBytes { get; init; }

    /// <summary>Code of programs and libraries that was changed in memory by the window's end: hooks, or a debugger.</summary>
    public IReadOnlyList<PatchedCodeWire> PatchedCode { get; init; } = [];

    /// <summary>Traces with their windows, for the strip under the chart.</summary>
    public IReadOnlyList<TraceWire> Traces { get; init; } = [];

    /// <summary>The whole time line of the track, which the chart covers whatever the window; null in documents from before it was told.</summary>
    public TimelineWire? Timeline { get; init; }

    /// <summary>Captures and parse problems, for the status line.</summary>
    public int Captures { get; init; }

    /// <summary>Diagnostics of severity warning or error over all captures.</summary>
    public int ParseProblems { get; init; }
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
    string Shape, int Regions)
{
    /// <summary>When the warm-up ended, or null without one.</summary>
    public DateTimeOffset? WarmUpUntil { get; init; }

    /// <summary>Slope behind the warm-up, that of the window where there is none; null in documents from before it was measured.</summary>
    public double? SteadyBytesPerSecond { get; init; }

    /// <summary>Lower end of the 95 % interval of the robust slope there.</summary>
    public double? SteadyLowBytesPerSecond { get; init; }

    /// <summary>Upper end.</summary>
    public double? SteadyHighBytesPerSecond { get; init; }

    /// <summary>Where slope or level change; of the total only.</summary>
    public IReadOnlyList<ChangePointWire> ChangePoints { get; init; } = [];
}
