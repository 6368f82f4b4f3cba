namespace MemScope.Web.Wire;

/// <summary>Asks for a share of a view, in the words of the view's address. Body of <c>POST /api/v1/processes/{id}/shares</c>.</summary>
/// <param name="View"><c>overview</c>, <c>regions</c>, <c>region</c>, <c>diff</c>, <c>compare</c>, <c>stacks</c>, <c>trace</c>, <c>ledger</c>, <c>findings</c>, <c>finding</c> or <c>captures</c>.</param>
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

    /// <summary>Stacks: the only trace; trace: which one, null for the newest.</summary>
    public Guid? Trace { get; init; }

    /// <summary>Region: which one; stacks: the only region.</summary>
    public Guid? Region { get; init; }

    /// <summary>Finding: id of its card.</summary>
    public string? Rule { get; init; }

    /// <summary>Stacks: path of the frame that is zoomed into.</summary>
    public string? At { get; init; }

    /// <summary>Stacks: whether the page names its frames anew whenever it is opened, as debug files arrive. The figures never change.</summary>
    public bool FollowSymbols { get; init; }

    /// <summary>What is taken out before anything is stored: any of <c>host</c>, <c>command</c>, <c>paths</c>, <c>addresses</c>, <c>labels</c>, <c>users</c> (<see cref="Redactions"/>); null or empty for nothing.</summary>
    public IReadOnlyList<string>? Redact { get; init; }

    /// <summary>Whether programs that draw a preview of the link (Open Graph) are told title and answer; without it they learn nothing.</summary>
    public bool OpenGraph { get; init; }
}

/// <summary>What can be taken out of a share. The same value has the same stand-in everywhere in one share: <c>host 1</c>, <c>region A</c>, <c>/…/libucs.so</c>.</summary>
public static class Redactions
{
    /// <summary>Names of machines become <c>host 1</c>, <c>host 2</c> …</summary>
    public const string Host = "host";

    /// <summary>Command lines are dropped, and their arguments wherever they are quoted.</summary>
    public const string Command = "command";

    /// <summary>Folders are dropped, the file's name stays: <c>/…/libucs.so</c>; names of users in home folders with them.</summary>
    public const string Paths = "paths";

    /// <summary>Addresses of memory become <c>region A</c> or a place inside it, <c>region A+0x1000</c>.</summary>
    public const string Addresses = "addresses";

    /// <summary>Labels of the process are dropped.</summary>
    public const string Labels = "labels";

    /// <summary>Authors of notes become <c>person 1</c>, names of users in home folders <c>user 1</c>.</summary>
    public const string Users = "users";

    /// <summary>All of them, in the order in which they are told.</summary>
    public static IReadOnlyList<string> All { get; } = [Host, Command, Paths, Addresses, Labels, Users];
}

/// <summary>A new share: the only time that its address is told.</summary>
/// <param name="Id">For revoking.</param>
/// <param name="Url">Absolute address of the page.</param>
/// <param name="Markdown">Block for a ticket.</param>
/// <param name="ExpiresAt">When it ends, or null for never.</param>
public sealed record ShareCreatedWire(Guid Id, string Url, string Markdown, DateTimeOffset? ExpiresAt)
{
    /// <summary>The same block as plain text of 72 columns.</summary>
    public string Text { get; init; } = "";

    /// <summary>Absolute address of the picture as a file to attach (SVG), which the link's holders can fetch too; null where the view has none.</summary>
    public string? PictureUrl { get; init; }
}

/// <summary>A share in a list; the key itself is never shown again.</summary>
public sealed record ShareWire(Guid Id, string Title, string View, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, long Views)
{
    /// <summary>Whether its names follow symbols that arrive later.</summary>
    public bool FollowsSymbols { get; init; }

    /// <summary>The process that it shows.</summary>
    public Guid ProcessId { get; init; }

    /// <summary><c>open</c>, <c>expired</c> or <c>revoked</c>, as it was when the list was made.</summary>
    public string State { get; init; } = "open";

    /// <summary>What was taken out of it.</summary>
    public IReadOnlyList<string> Redacted { get; init; } = [];

    /// <summary>Who made it; null for one from before this was kept.</summary>
    public string? CreatedBy { get; init; }
}
