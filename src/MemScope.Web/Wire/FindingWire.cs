using System.Text.Json.Serialization;

namespace MemScope.Web.Wire;

/// <summary>Where evidence was read; where a click on it leads.</summary>
/// <param name="Kind"><c>snapshots</c>, <c>region</c>, <c>stacks</c>, <c>trace</c>, <c>heap-profile</c>, <c>figures</c> or <c>ledger</c>.</param>
/// <param name="Words">For people: <c>smaps #1 … #91</c>.</param>
/// <param name="RegionId">The region, or null.</param>
/// <param name="TraceId">The trace or heap profile, or null.</param>
/// <param name="Category">Slug of the category, or null.</param>
public sealed record EvidenceSourceWire(string Kind, string Words, Guid? RegionId, Guid? TraceId, string? Category);

/// <summary>A check of a finding with its answer.</summary>
/// <param name="Role"><c>suspect</c>, <c>likely</c>, <c>confirm</c>, <c>support</c> or <c>refute</c>.</param>
/// <param name="State"><c>holds</c>, <c>fails</c> or <c>unknown</c>.</param>
/// <param name="Claim">What it claims, as a fact.</param>
/// <param name="Figures">The figures that it is told by; of an unknown one what is missing.</param>
/// <param name="Metric">The one figure to print large, or null.</param>
/// <param name="Source">Where it was read, or null.</param>
/// <param name="Probe">Slug of the probe that would tell an unknown one, or null.</param>
public sealed record EvidenceWire(string Role, string State, string Claim, string Figures, string? Metric, EvidenceSourceWire? Source, string? Probe)
{
    /// <summary>Bytes at some of the window's snapshots, oldest first; empty for none.</summary>
    public IReadOnlyList<double> Curve { get; init; } = [];
}

/// <summary>Where memory is taken.</summary>
/// <param name="Function">Function, or null.</param>
/// <param name="File">Source file, or null.</param>
/// <param name="Line">Source line, or null.</param>
/// <param name="Module">Module, or null.</param>
/// <param name="Bytes">What it holds.</param>
public sealed record FindingSiteWire(string? Function, string? File, int? Line, string? Module, long Bytes)
{
    /// <summary>The whole callchain, leaf first, as function names or modules.</summary>
    public IReadOnlyList<string> Callchain { get; init; } = [];

    /// <summary>The same with their places, the first 40 at most; empty in views that were frozen before they were told.</summary>
    public IReadOnlyList<SiteFrameWire> Frames { get; init; } = [];

    /// <summary>Mappings that a trace saw made here and not unmapped; 0 of a heap profile.</summary>
    public int Blocks { get; init; }

    /// <summary>The length that most of them have, or null.</summary>
    public long? BlockBytes { get; init; }

    /// <summary>What they hold, in RAM or not; 0 of a heap profile.</summary>
    public long OutstandingBytes { get; init; }

    /// <summary>Whether <see cref="Bytes"/> counts only what a snapshot says is in RAM.</summary>
    public bool IsResident { get; init; }
}

/// <summary>A frame of the callchain of a site.</summary>
/// <param name="Function">Function, or null.</param>
/// <param name="File">Source file, or null.</param>
/// <param name="Line">Source line, or null.</param>
/// <param name="Module">Module, or null.</param>
/// <param name="Offset">Hex address inside the module, or null.</param>
public sealed record SiteFrameWire(string? Function, string? File, int? Line, string? Module, string? Offset)
{
    /// <summary>Whether it is inlined into the next one.</summary>
    public bool Inlined { get; init; }

    /// <summary>Whether a frame is probably missing between this one and its caller.</summary>
    public bool GapAfter { get; init; }
}

/// <summary>What to do about a finding.</summary>
/// <param name="Title">In a few words.</param>
/// <param name="Setting">The setting or command, or null.</param>
/// <param name="Caveat">What to know before, or empty.</param>
/// <param name="Source">Where that was learnt.</param>
/// <param name="Versions">Versions that it is for, or null for all.</param>
/// <param name="ProvenBy">A run with it in which the growth is gone, or null.</param>
public sealed record RemedyWire(string Title, string? Setting, string Caveat, string Source, string? Versions, Guid? ProvenBy);

/// <summary>What it could have been.</summary>
/// <param name="Rule">Id of its card.</param>
/// <param name="Title">The hypothesis.</param>
/// <param name="State"><c>refuted</c>, <c>open</c> or <c>unknown</c>.</param>
/// <param name="Reason">Why, with figures.</param>
/// <param name="Metric">The figure at the right, or empty.</param>
/// <param name="Source">Where it was read, or null.</param>
public sealed record HypothesisWire(string Rule, string Title, string State, string Reason, string Metric, EvidenceSourceWire? Source);

/// <summary>A command to run next on the host of the process.</summary>
/// <param name="Slug">Stable name.</param>
/// <param name="Title">What it tells.</param>
/// <param name="Command">What to run in a POSIX shell.</param>
/// <param name="Upload">One line that sends its result into the same process.</param>
/// <param name="Risk">What it does to the process while it runs.</param>
/// <param name="Needs">What must be there.</param>
/// <param name="Why">Why this one.</param>
public sealed record ProbeWire(string Slug, string Title, string Command, string Upload, string Risk, IReadOnlyList<string> Needs, string Why);

/// <summary>A finding: verdict, evidence, remedy and what to run next.</summary>
/// <param name="Rule">Id of the card: <c>S01</c>.</param>
/// <param name="Verdict"><c>candidate</c>, <c>likely</c>, <c>confirmed</c> or <c>refuted</c>.</param>
/// <param name="Kind"><c>leak</c>, <c>retention</c>, <c>cost</c>, <c>risk</c>, <c>not-a-leak</c> or <c>not-this-process</c>.</param>
/// <param name="Category">Slug of the category, or null.</param>
/// <param name="Summary">One or two sentences with figures.</param>
/// <param name="RssBytesPerSecond">Slope of what it is about, or null.</param>
/// <param name="Sites">Where memory is taken, most bytes first.</param>
/// <param name="Evidence">Its checks; never empty.</param>
/// <param name="Remedies">What to do, safest first.</param>
/// <param name="NextProbes">What to run next, the gentlest first.</param>
public sealed record FindingWire(string Rule, string Verdict, string Kind, string? Category, string Summary, double? RssBytesPerSecond, IReadOnlyList<FindingSiteWire> Sites,
    IReadOnlyList<EvidenceWire> Evidence, IReadOnlyList<RemedyWire> Remedies, IReadOnlyList<ProbeWire> NextProbes)
{
    /// <summary>What the card is called.</summary>
    public required string Name { get; init; }

    /// <summary>The cause as a fact.</summary>
    public required string Title { get; init; }

    /// <summary>Whether it lies in malloc's heap; null when not known.</summary>
    public bool? InsideMallocHeap { get; init; }

    /// <summary>What it could have been.</summary>
    public IReadOnlyList<HypothesisWire> Hypotheses { get; init; } = [];

    /// <summary>Whether a real capture fires its card; one without stays a candidate.</summary>
    public bool Tested { get; init; }

    /// <summary>Issues, commits and pages where the cause is described.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Slugs of the probes that would move it; <see cref="NextProbes"/> are the same made for the process and a server.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> ProbeSlugs { get; init; } = [];
}

/// <summary>The findings of a process over a window.</summary>
/// <param name="Window">The window.</param>
/// <param name="Assessment">The process in one line.</param>
/// <param name="Items">The surest and heaviest first; refuted ones last.</param>
public sealed record FindingsWire(WindowWire? Window, AssessmentWire Assessment, IReadOnlyList<FindingWire> Items)
{
    /// <summary>Names of frames that are still being looked up: with them the answer may be another. Ask again.</summary>
    public int PendingFrames { get; init; }

    /// <summary>What to run next where there is no finding and the process is not healthy; empty else.</summary>
    public IReadOnlyList<ProbeWire> NextProbes { get; init; } = [];

    /// <summary>Ids and names of the cards that were checked and are silent.</summary>
    public IReadOnlyList<string> Checked { get; init; } = [];
}
