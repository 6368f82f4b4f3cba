namespace MemScope.Web.Wire;

/// <summary>Asks for a share of a view, in the words of the view's address. Body of <c>POST /api/v1/processes/{id}/shares</c>.</summary>
/// <param name="View"><c>overview</c>, <c>regions</c>, <c>region</c>, <c>diff</c>, <c>compare</c>, <c>stacks</c>, <c>findings</c> or <c>finding</c>.</param>
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

    /// <summary>Earliest time of the window where it names times instead of snapshots, or null.</summary>
    public DateTimeOffset? FromTime { get; init; }

    /// <summary>Latest time of it, or null.</summary>
    public DateTimeOffset? ToTime { get; init; }

    /// <summary>Categories that the user gave to regions, as the address has them (<c>as</c>), or null.</summary>
    public string? As { get; init; }

    /// <summary>Overview: metric of the chart; diff and compare: the number in the main columns.</summary>
    public string? Metric { get; init; }

    /// <summary>Regions, stacks: the only category.</summary>
    public string? Category { get; init; }

    /// <summary>Regions, diff and compare: filter; stacks: highlighted text.</summary>
    public string? Filter { get; init; }

    /// <summary>Regions, stacks: order.</summary>
    public string? Sort { get; init; }

    /// <summary>Regions: conditions of the filter chips (<c>is</c> of the address), or null.</summary>
    public string? Is { get; init; }

    /// <summary>Regions: the selected ones (<c>sel</c> of the address), or null.</summary>
    public string? Selected { get; init; }

    /// <summary>Diff and compare: the only state.</summary>
    public string? State { get; init; }

    /// <summary>Diff and compare: <c>backing</c>, or null for flat.</summary>
    public string? Group { get; init; }

    /// <summary>Compare: the process of B; that of the share is A.</summary>
    public Guid? Other { get; init; }

    /// <summary>Compare: track of B, or null for the richest.</summary>
    public string? OtherSource { get; init; }

    /// <summary>Compare: first snapshot of B's window, or null.</summary>
    public int? OtherFrom { get; init; }

    /// <summary>Compare: the snapshot of B, or null for the last.</summary>
    public int? OtherTo { get; init; }

    /// <summary>Stacks: weight.</summary>
    public string? Weight { get; init; }

    /// <summary>Stacks: the trace or heap profile that it is compared with.</summary>
    public Guid? Base { get; init; }

    /// <summary>Stacks: the only thread.</summary>
    public int? Thread { get; init; }

    /// <summary>Stacks: a module that callchains touch.</summary>
    public string? Module { get; init; }

    /// <summary>Stacks: terms of the filter, or null.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Stacks: <c>leaf</c>, <c>merged</c>, or null for root up.</summary>
    public string? Form { get; init; }

    /// <summary>Stacks: the function whose callers and callees are shown, or null.</summary>
    public string? Around { get; init; }

    /// <summary>Stacks: the only trace.</summary>
    public Guid? Trace { get; init; }

    /// <summary>Region: which one; stacks: the only region.</summary>
    public Guid? Region { get; init; }

    /// <summary>Finding: id of its card.</summary>
    public string? Rule { get; init; }

    /// <summary>Stacks: path of the frame that is zoomed into.</summary>
    public string? At { get; init; }

    /// <summary>Stacks: whether the page names its frames anew whenever it is opened, as debug files arrive. The figures never change.</summary>
    public bool FollowSymbols { get; init; }
}

/// <summary>A new share: the only time that its address is told.</summary>
/// <param name="Id">For revoking.</param>
/// <param name="Url">Absolute address of the page.</param>
/// <param name="Markdown">Block for a ticket.</param>
/// <param name="ExpiresAt">When it ends, or null for never.</param>
public sealed record ShareCreatedWire(Guid Id, string Url, string Markdown, DateTimeOffset? ExpiresAt);

/// <summary>A share in a list; the key itself is never shown again.</summary>
public sealed record ShareWire(Guid Id, string Title, string View, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, long Views)
{
    /// <summary>Whether its names follow symbols that arrive later.</summary>
    public bool FollowsSymbols { get; init; }
}
