namespace MemScope.Web.Wire;

/// <summary>Asks for a share of a view, in the words of the view's address. Body of <c>POST /api/v1/processes/{id}/shares</c>.</summary>
/// <param name="View"><c>overview</c>, <c>regions</c>, <c>region</c>, <c>diff</c> or <c>stacks</c>.</param>
/// <param name="Title">Title of the page, or null for one made of the answer.</param>
/// <param name="ExpiresInDays">Days until it ends; null for the default (90), 0 for never.</param>
public sealed record ShareRequestWire(string View, string? Title = null, int? ExpiresInDays = null)
{
    /// <summary>Track, or null for the richest.</summary>
    public string? Source { get; init; }

    /// <summary>First snapshot of the window, or null.</summary>
    public int? From { get; init; }

    /// <summary>Last snapshot of the window, or null.</summary>
    public int? To { get; init; }

    /// <summary>Overview: metric of the chart.</summary>
    public string? Metric { get; init; }

    /// <summary>Regions: the only category.</summary>
    public string? Category { get; init; }

    /// <summary>Regions and diff: filter; stacks: highlighted text.</summary>
    public string? Filter { get; init; }

    /// <summary>Regions: order.</summary>
    public string? Sort { get; init; }

    /// <summary>Diff: the only state.</summary>
    public string? State { get; init; }

    /// <summary>Stacks: weight.</summary>
    public string? Weight { get; init; }

    /// <summary>Stacks: the only trace.</summary>
    public Guid? Trace { get; init; }

    /// <summary>Region: which one; stacks: the only region.</summary>
    public Guid? Region { get; init; }

    /// <summary>Stacks: path of the frame that is zoomed into.</summary>
    public string? At { get; init; }
}

/// <summary>
/// The finished view of a share as data: everything its page shows, nothing it could look up. One of the views is set, the one that <see cref="ShareRequestWire.View"/> names.
/// </summary>
/// <param name="Request">What was asked for, with the window made absolute.</param>
/// <param name="Title">Title of the page.</param>
/// <param name="FrozenAt">When it was made.</param>
/// <param name="Process">The process as it stood then.</param>
/// <param name="Window">The window that the figures obey.</param>
public sealed record SharedViewWire(ShareRequestWire Request, string Title, DateTimeOffset FrozenAt, ProcessWire Process, WindowWire Window)
{
    /// <summary>When it ends, or null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>View <c>overview</c>; its figures head every other view too where they are set.</summary>
    public OverviewWire? Overview { get; init; }

    /// <summary>View <c>regions</c>.</summary>
    public RegionsWire? Regions { get; init; }

    /// <summary>View <c>region</c>.</summary>
    public RegionWire? Region { get; init; }

    /// <summary>View <c>diff</c>.</summary>
    public DiffWire? Diff { get; init; }

    /// <summary>View <c>stacks</c>.</summary>
    public CallchainsWire? Callchains { get; init; }

    /// <summary>Series of the chart over the whole track: by category for overview and diff, of the region for region; 400 points at most.</summary>
    public SeriesWire? Series { get; init; }

    /// <summary>The captures that the figures come from, with their hashes.</summary>
    public IReadOnlyList<CaptureWire> Captures { get; init; } = [];
}
