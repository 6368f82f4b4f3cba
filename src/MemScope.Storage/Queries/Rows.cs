using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Storage.Queries;

/// <summary>A part of a list. <see cref="Next"/> goes into the next call's cursor; null at the end.</summary>
public sealed record RowPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A process with what a list shows of it.</summary>
/// <param name="Id">Its id (UUID v7).</param>
/// <param name="Project">Unit of access.</param>
/// <param name="Host">Host name, <c>unknown</c> when the sender gave none.</param>
/// <param name="Pid">Process id.</param>
/// <param name="BootId">Boot id, or null.</param>
/// <param name="StartTicks">Clock ticks since boot, or null.</param>
/// <param name="ExecNumber">0 for the first incarnation that was seen of this host and pid, then counting.</param>
/// <param name="Comm">Short name, empty when not known.</param>
/// <param name="CommandLine">Arguments, empty when not known.</param>
/// <param name="StartTime">Start (UTC), or null.</param>
/// <param name="Labels">Labels.</param>
/// <param name="CreatedAt">When the first upload arrived.</param>
/// <param name="ChangeSeq">Counts its uploads; the feed sends it.</param>
public sealed record ProcessRow(Guid Id, string Project, string Host, int Pid, string? BootId, ulong? StartTicks, int ExecNumber, string Comm, string CommandLine,
    DateTimeOffset? StartTime, IReadOnlyDictionary<string, string> Labels, DateTimeOffset CreatedAt, long ChangeSeq)
{
    /// <summary>Its tracks, richest source first.</summary>
    public IReadOnlyList<TrackRow> Tracks { get; init; } = [];

    /// <summary>Traces it has.</summary>
    public int Traces { get; init; }

    /// <summary>Heap profiles it has.</summary>
    public int HeapProfiles { get; init; }

    /// <summary>Captures it has.</summary>
    public int Captures { get; init; }

    /// <summary>When the newest upload came.</summary>
    public DateTimeOffset LastUploadAt { get; init; }

    /// <summary>RSS in bytes of up to 60 snapshots of its richest track with RSS, over its whole life.</summary>
    public IReadOnlyList<long> RssSparkline { get; init; } = [];
}

/// <summary>The snapshots of a process from one source, in sum.</summary>
/// <param name="Source">The source.</param>
/// <param name="Snapshots">How many.</param>
/// <param name="FirstAt">Time of the earliest.</param>
/// <param name="LastAt">Time of the latest.</param>
/// <param name="LastRssBytes">RSS of the latest, or null when the source prints none.</param>
public sealed record TrackRow(SnapshotSource Source, int Snapshots, DateTimeOffset FirstAt, DateTimeOffset LastAt, long? LastRssBytes);

/// <summary>A snapshot without its mappings.</summary>
/// <param name="Number">Arrival number in its process; never changes.</param>
/// <param name="Source">Which command or file.</param>
/// <param name="TakenAt">When it was taken (UTC).</param>
/// <param name="TimeOrigin">Where that time comes from.</param>
/// <param name="ReceivedAt">When the server received it.</param>
/// <param name="CaptureId">The file it came in.</param>
/// <param name="VmaCount">Mappings.</param>
/// <param name="VirtualBytes">Sum of the mappings' sizes.</param>
public sealed record SnapshotRow(int Number, SnapshotSource Source, DateTimeOffset TakenAt, TimeOrigin TimeOrigin, DateTimeOffset ReceivedAt, Guid CaptureId, int VmaCount,
    long VirtualBytes)
{
    /// <summary>Sum of Rss, or null when the source prints none.</summary>
    public long? RssBytes { get; init; }

    /// <summary>Sum of Pss, or null.</summary>
    public long? PssBytes { get; init; }

    /// <summary>Sum of Swap, or null.</summary>
    public long? SwapBytes { get; init; }

    /// <summary>Sum of Private_Dirty, or null.</summary>
    public long? PrivateDirtyBytes { get; init; }

    /// <summary>Sum of Private_Clean and Private_Dirty, or null.</summary>
    public long? UssBytes { get; init; }

    /// <summary>RSS per category; the parts add up to <see cref="RssBytes"/>. Empty when the source prints no Rss.</summary>
    public IReadOnlyDictionary<Category, long> ByCategory { get; init; } = new Dictionary<Category, long>();

    /// <summary>VmRSS of a status file of the same instant, or null.</summary>
    public long? StatusRssBytes { get; init; }

    /// <summary>Rss of a smaps_rollup of the same instant, or null.</summary>
    public long? RollupRssBytes { get; init; }
}

/// <summary>An uploaded file.</summary>
/// <param name="Id">Its id.</param>
/// <param name="FileName">Name as first sent, or empty.</param>
/// <param name="Format">Slug of the format.</param>
/// <param name="Version">Version of the tool, or empty.</param>
/// <param name="Sha256">SHA-256 of the decoded bytes, lower-case hex.</param>
/// <param name="DecodedBytes">Size decoded.</param>
/// <param name="ReceivedAt">When it first came.</param>
/// <param name="Snapshots">Snapshots in the file.</param>
/// <param name="Events">Trace events in the file.</param>
/// <param name="Contents">What else is in the file.</param>
/// <param name="Diagnostics">Its parse report.</param>
public sealed record CaptureRow(Guid Id, string FileName, string Format, string Version, string Sha256, long DecodedBytes, DateTimeOffset ReceivedAt, int Snapshots, int Events,
    CaptureContentsRow Contents, IReadOnlyList<ParseDiagnostic> Diagnostics)
{
    /// <summary>When its text was dropped because the store gives back every number in it; null while it is there.</summary>
    public DateTimeOffset? TextDroppedAt { get; init; }

    /// <summary>Why its text stays although its time is over, or null.</summary>
    public string? TextKept { get; init; }

    /// <summary>Whether somebody asked to keep its text for good.</summary>
    public bool IsPinned { get; init; }
}

/// <summary>What is in a capture beside snapshots and events.</summary>
/// <param name="Figures">Blocks of figures.</param>
/// <param name="HeapProfiles">Heap profiles.</param>
/// <param name="PerfMaps">JIT symbol maps.</param>
/// <param name="Members">The files of an archive with their formats, the first 1,000.</param>
/// <param name="MoreMembers">How many members there are beyond those.</param>
public sealed record CaptureContentsRow(int Figures, int HeapProfiles, int PerfMaps, IReadOnlyList<CaptureMember>? Members, int MoreMembers)
{
    private const int MostMembers = 1000;

    /// <summary>Counts what was read.</summary>
    internal static CaptureContentsRow Of(ParsedCapture parsed) => new(parsed.Figures.Count, parsed.HeapProfiles.Count, parsed.PerfMaps.Count,
        parsed.Members.Count == 0 ? null : [.. parsed.Members.Take(MostMembers).Select(m => m with { Name = CleanText.Of(m.Name, 1024) })], Math.Max(parsed.Members.Count - MostMembers, 0));
}

/// <summary>A heap profile without its callchains.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="CaptureId">The file it came in.</param>
/// <param name="FileName">The name of that file, or empty.</param>
/// <param name="Tool">Slug of the format.</param>
/// <param name="Unit">What its weights count.</param>
/// <param name="Clock">The clock inside it.</param>
/// <param name="Dumps">Moments that it holds.</param>
/// <param name="Callchains">Distinct callchains.</param>
/// <param name="TakenAt">Time of the last dump.</param>
/// <param name="TimeOrigin">Where that time comes from.</param>
/// <param name="LiveBytes">Live bytes of the last dump, or null.</param>
/// <param name="PeakBytes">Greatest live bytes, or null.</param>
/// <param name="Losses">What the profiler lost or left out.</param>
/// <param name="ReceivedAt">When the server received it.</param>
public sealed record HeapProfileRow(Guid Id, Guid ProcessId, Guid CaptureId, string FileName, string Tool, WeightUnit Unit, ClockDomain Clock, int Dumps, int Callchains, DateTimeOffset TakenAt,
    TimeOrigin TimeOrigin, long? LiveBytes, long? PeakBytes, IReadOnlyList<TraceLoss> Losses, DateTimeOffset ReceivedAt);

/// <summary>Figures of one moment.</summary>
/// <param name="Id">Their id.</param>
/// <param name="Kind"><c>status</c>, <c>rollup</c> or the slug of the format.</param>
/// <param name="Label">Which one of several of a kind (a GPU, an arena, a cgroup's folder), or null.</param>
/// <param name="TakenAt">When they were taken.</param>
/// <param name="TimeOrigin">Where that time comes from.</param>
/// <param name="Bytes">Sizes by key, in bytes.</param>
/// <param name="Counts">Other numbers by key.</param>
/// <param name="CaptureId">The file they came in.</param>
public sealed record FiguresRow(Guid Id, string Kind, string? Label, DateTimeOffset TakenAt, TimeOrigin TimeOrigin, IReadOnlyDictionary<string, long> Bytes,
    IReadOnlyDictionary<string, long> Counts, Guid CaptureId);

/// <summary>A trace without its events.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="CaptureId">The file it came in.</param>
/// <param name="FileName">The name of that file, or empty.</param>
/// <param name="Tool"><c>strace</c>, <c>bpftrace</c>, <c>gdb</c>.</param>
/// <param name="Clock">The clock of its events.</param>
/// <param name="Events">How many events.</param>
/// <param name="Callchains">Distinct callchains.</param>
/// <param name="FromNs">Time of the earliest event in the trace's clock, or null.</param>
/// <param name="ToNs">Time of the latest event in the trace's clock, or null.</param>
/// <param name="Losses">What it lost.</param>
/// <param name="ReceivedAt">When the server received it.</param>
public sealed record TraceRow(Guid Id, Guid ProcessId, Guid CaptureId, string FileName, string Tool, ClockDomain Clock, int Events, int Callchains, long? FromNs, long? ToNs,
    IReadOnlyList<TraceLoss> Losses, DateTimeOffset ReceivedAt)
{
    /// <summary>Wall time of the earliest event as the sender or the file told it, for a clock that is not wall time; null when nobody did.</summary>
    public DateTimeOffset? AnchorAt { get; init; }

    /// <summary>Who told it.</summary>
    public ClockAnchorOrigin AnchorOrigin { get; init; } = ClockAnchorOrigin.TakenAt;

    /// <summary>How far it may be off, milliseconds; null is a guess.</summary>
    public long? AnchorWithinMs { get; init; }

    /// <summary>What ties its clock to wall time, or null.</summary>
    public ClockAnchor? Anchor =>
        Clock == ClockDomain.Wall ? ClockAnchor.UnixTimes : AnchorAt is { } at && FromNs is { } first ? new ClockAnchor(AnchorOrigin, first, at, AnchorWithinMs) : null;

    /// <summary>Earliest event as wall time, or null when its clock is not anchored.</summary>
    public DateTimeOffset? From => Wall(FromNs);

    /// <summary>Latest event as wall time, or null when its clock is not anchored.</summary>
    public DateTimeOffset? To => Wall(ToNs);

    private DateTimeOffset? Wall(long? ns) => ns is { } time ? Anchor?.WallOf(time) : null;
}
