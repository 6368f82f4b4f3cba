namespace MemScope.Storage.Tables;

/// <summary>What a person wrote on the time line of a process. Ground state, not derived: it lives as long as its process.</summary>
[Sharded]
internal sealed class NoteTable
{
    public Guid ProcessId { get; set; }

    /// <summary>UUID v7, by the time of writing.</summary>
    public Guid NoteId { get; set; }

    /// <summary>The moment on the time line that it is about, by the clock of the snapshots.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>End of the window that it is about; null for a moment.</summary>
    public DateTimeOffset? ToAt { get; set; }

    /// <summary>A subset of Markdown, as it was written.</summary>
    public string Text { get; set; } = "";

    /// <summary>jsonb: what was pinned, as <see cref="Notes.NoteEvidence"/>; null without.</summary>
    public string? Evidence { get; set; }

    /// <summary>Who says to have written it; null when nobody does.</summary>
    public string? Author { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Time of the last change; null while it stands as it was written.</summary>
    public DateTimeOffset? EditedAt { get; set; }
}
