namespace MemScope.Web.Wire;

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
    /// <summary>The version of the document that this program writes and shows.</summary>
    public const int KnownVersion = 1;

    /// <summary>Version of the document. It rises when a reader of the version before would show something wrong; fields that are only added leave it.</summary>
    public int Version { get; init; } = KnownVersion;

    /// <summary>When it ends, or null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What was taken out before this was stored, each of <see cref="Redactions.All"/>; empty for nothing. The reader's page says so.</summary>
    public IReadOnlyList<string> Redacted { get; init; } = [];

    /// <summary>View <c>overview</c>; its figures head every other view too where they are set.</summary>
    public OverviewWire? Overview { get; init; }

    /// <summary>Categories that were changed by hand in this view, and what they had been.</summary>
    public IReadOnlyList<OverrideWire> Overrides { get; init; } = [];

    /// <summary>What people had written of the window when it was frozen, without the addresses that it was pinned to.</summary>
    public IReadOnlyList<NoteWire> Notes { get; init; } = [];

    /// <summary>View <c>regions</c>.</summary>
    public RegionsWire? Regions { get; init; }

    /// <summary>View <c>region</c>.</summary>
    public RegionWire? Region { get; init; }

    /// <summary>View <c>diff</c>.</summary>
    public DiffWire? Diff { get; init; }

    /// <summary>View <c>compare</c>.</summary>
    public CompareWire? Compare { get; init; }

    /// <summary>View <c>stacks</c>.</summary>
    public CallchainsWire? Callchains { get; init; }

    /// <summary>View <c>trace</c>.</summary>
    public SharedTraceWire? Trace { get; init; }

    /// <summary>View <c>captures</c>: the latest figures of each kind that tools beside the snapshots printed.</summary>
    public IReadOnlyList<FiguresWire> Figures { get; init; } = [];

    /// <summary>View <c>ledger</c>, and beside the figures of an overview.</summary>
    public LedgerWire? Ledger { get; init; }

    /// <summary>View <c>findings</c>; of view <c>finding</c> only the one; beside the figures of an overview too where it is set.</summary>
    public FindingsWire? Findings { get; init; }

    /// <summary>Views <c>finding</c> and <c>overview</c>: the runs that prove the remedies of the finding that leads, or null.</summary>
    public FindingProofWire? Proof { get; init; }

    /// <summary>Of a share that follows symbols: when the newest symbol file came that gave a name which was not frozen. Set when it is opened, never frozen.</summary>
    public DateTimeOffset? NamesUpdatedAt { get; init; }

    /// <summary>Series of the chart over the whole track: of the region for region, by category for all others; 400 points at most.</summary>
    public SeriesWire? Series { get; init; }

    /// <summary>Live bytes of heap profiles over the window, with their figures; of view overview.</summary>
    public HeapCoursesWire? HeapCourses { get; init; }

    /// <summary>The same over the whole track for the chart, 400 points each at most; empty where the chart shows no RSS.</summary>
    public IReadOnlyList<HeapCourseWire> HeapLines { get; init; } = [];

    /// <summary>The captures that the figures come from, with their hashes; of view <c>captures</c> they are the view.</summary>
    public IReadOnlyList<CaptureWire> Captures { get; init; } = [];
}

/// <summary>What a trace saw, frozen.</summary>
/// <param name="Figures">Its figures.</param>
/// <param name="Growth">How much of the growth of RSS it explains, or null.</param>
/// <param name="Coverage">The same as a share, 0 to 1, where only that is known.</param>
/// <param name="Calls">Calls per second over time; without points where the trace has no times.</param>
/// <param name="Bytes">Mapped and unmapped bytes per second over time.</param>
/// <param name="Memory">Outstanding bytes, and RSS where the trace is placed among snapshots.</param>
public sealed record SharedTraceWire(TraceFiguresWire Figures, GrowthByStackWire? Growth, double? Coverage, SeriesWire? Calls, SeriesWire? Bytes, SeriesWire? Memory);
