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

    /// <summary>Why it has its category.</summary>
    public string CategoryReason { get; init; } = "";

    /// <summary>RSS at up to 60 points of the whole track, for a sparkline; -1 where it does not exist.</summary>
    public IReadOnlyList<long> RssSparkline { get; init; } = [];

    /// <summary>Whether it exists in the window's last snapshot.</summary>
    public bool Alive { get; init; }

    /// <summary>How many changes it had in all; <see cref="Changes"/> holds the last 100 at most.</summary>
    public int ChangeCount { get; init; }
}

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
