namespace MemScope.Storage.Notes;

/// <summary>What a note points at: the view that was open when it was written.</summary>
/// <param name="Kind"><c>view</c>, <c>region</c>, <c>snapshot</c>, <c>trace</c>, <c>heap-profile</c>, <c>finding</c> or <c>callchain</c>.</param>
/// <param name="Url">Address of the view, relative to the server.</param>
/// <param name="Ids">What it shows, by id: region, snapshot number, trace, rule …; may be empty.</param>
public sealed record NoteEvidence(string Kind, string Url, IReadOnlyList<string> Ids);

/// <summary>What a person writes of a process.</summary>
/// <param name="At">The moment on the time line that it is about.</param>
/// <param name="Text">A subset of Markdown.</param>
public sealed record NoteDraft(DateTimeOffset At, string Text)
{
    /// <summary>End of the window that it is about, or null for a moment.</summary>
    public DateTimeOffset? ToAt { get; init; }

    /// <summary>What was pinned, or null.</summary>
    public NoteEvidence? Evidence { get; init; }

    /// <summary>Who writes, or null.</summary>
    public string? Author { get; init; }
}

/// <summary>A note of a process.</summary>
/// <param name="Id">UUID v7.</param>
/// <param name="Written">What was written.</param>
/// <param name="CreatedAt">When it was written first.</param>
/// <param name="EditedAt">When it was changed last, or null.</param>
public sealed record NoteRow(Guid Id, NoteDraft Written, DateTimeOffset CreatedAt, DateTimeOffset? EditedAt)
{
    /// <summary>Another one after each change: who edits names the one that was read, so that two do not write over each other.</summary>
    public string Version => (EditedAt ?? CreatedAt).UtcTicks.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>How a change of notes ended.</summary>
public enum NoteOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>There is no such process or note.</summary>
    NotFound,

    /// <summary>The process has as many notes as it may have.</summary>
    Full,

    /// <summary>Somebody else changed the note since it was read.</summary>
    Changed,
}
