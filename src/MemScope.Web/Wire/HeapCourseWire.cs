namespace MemScope.Web.Wire;

/// <summary>Live bytes of heap profiles and allocators on the time line of the snapshots.</summary>
/// <param name="Window">The window of snapshots that the figures obey.</param>
/// <param name="Items">The courses: those of heap profiles, newest first, then those of allocators' own figures.</param>
public sealed record HeapCoursesWire(WindowWire Window, IReadOnlyList<HeapCourseWire> Items)
{
    /// <summary>Heap profiles of the process in all, those without a course included.</summary>
    public int HeapProfiles { get; init; }

    /// <summary>What is not among them and why, in sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Live bytes of a heap profile, or of an allocator's own figures, on the time line of the snapshots.</summary>
/// <param name="HeapProfileId">The profile; all zeros for figures of an allocator, which belong to none.</param>
/// <param name="Tool">Its format.</param>
/// <param name="Tie">How it was put on the time line: <c>wall-time</c>, <c>process-start</c>, <c>resident-size</c> or <c>file-time</c>.</param>
/// <param name="TieWords">The same for people, with how far it may be off: <c>by the profiler's own RSS, within 40 ms</c>.</param>
/// <param name="Times">Times of the points sent, those in the window; oldest first.</param>
/// <param name="LiveBytes">Allocated and not freed, per time.</param>
public sealed record HeapCourseWire(Guid HeapProfileId, string Tool, string Tie, string TieWords, IReadOnlyList<DateTimeOffset> Times, IReadOnlyList<long> LiveBytes)
{
    /// <summary>The name of its file, or empty.</summary>
    public string FileName { get; init; } = "";

    /// <summary>How far the tie may be off, milliseconds; null when that is not known.</summary>
    public long? WithinMs { get; init; }

    /// <summary>Whether every block was counted; false for samples, for one runtime's objects and for tools that list lost blocks only.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Its first moment, in the window or not.</summary>
    public DateTimeOffset FirstAt { get; init; }

    /// <summary>Its last moment, in the window or not.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>Whether points of the window were left out; least and greatest are kept.</summary>
    public bool Decimated { get; init; }

    /// <summary>What the allocator adds to the blocks, per time (massif); empty where the tool does not say.</summary>
    public IReadOnlyList<long?> OverheadBytes { get; init; } = [];

    /// <summary>Live bytes at the window's last snapshot; null where the profile does not cover it.</summary>
    public long? LiveAtEndBytes { get; init; }

    /// <summary>Greatest live bytes in the window, or null without a moment in it.</summary>
    public long? MostLiveBytes { get; init; }

    /// <summary>What it leaves unexplained of the growth of RSS; null where it covers less than two moments of the window.</summary>
    public ResidualWire? Residual { get; init; }
}
