using System.Text.Json.Serialization;

namespace MemScope.Web.Wire;

/// <summary>What a note points at.</summary>
/// <param name="Kind"><c>view</c>, <c>region</c>, <c>snapshot</c>, <c>trace</c>, <c>heap-profile</c>, <c>finding</c> or <c>callchain</c>.</param>
/// <param name="Url">Address of the view that was open, relative to the server: <c>/p/…</c> or <c>/compare…</c>; empty in a share, which leads nowhere.</param>
public sealed record NoteEvidenceWire(string Kind, string Url)
{
    /// <summary>What <see cref="Kind"/> can be.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["view", "region", "snapshot", "trace", "heap-profile", "finding", "callchain"];

    /// <summary>What it shows, by id: region, snapshot number, trace, rule …</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];
}

/// <summary>A note on the time line of a process.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">The moment that it is about.</param>
/// <param name="To">End of the window that it is about, or null for a moment.</param>
/// <param name="Text">A subset of Markdown, as it was written.</param>
/// <param name="Author">Who says to have written it, or null.</param>
/// <param name="Evidence">What was pinned, or null.</param>
/// <param name="CreatedAt">When it was written first.</param>
/// <param name="EditedAt">When it was changed last, or null.</param>
public sealed record NoteWire(Guid Id, DateTimeOffset At, DateTimeOffset? To, string Text, string? Author, NoteEvidenceWire? Evidence, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt)
{
    /// <summary>Another one after each change: for <c>If-Match</c>.</summary>
    public string Version { get; init; } = "";
}

/// <summary>Writes a note. Of an edit, what is left out stays as it was.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NoteRequestWire
{
    /// <summary>A subset of Markdown: paragraphs, lists, bold, italic, code, links to http, https and pages of this server.</summary>
    public string? Text { get; init; }

    /// <summary>The moment that it is about: ISO 8601 with zone, or seconds since 1970 as text. Left out: the last snapshot.</summary>
    public string? At { get; init; }

    /// <summary>End of the window that it is about; empty for none.</summary>
    public string? To { get; init; }

    /// <summary>Who writes; empty for nobody.</summary>
    public string? Author { get; init; }

    /// <summary>What it points at.</summary>
    public NoteEvidenceWire? Evidence { get; init; }
}
