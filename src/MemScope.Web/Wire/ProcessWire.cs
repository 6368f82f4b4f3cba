namespace MemScope.Web.Wire;

/// <summary>A page of a list: fetch the next one with <c>?cursor=</c><see cref="Next"/>.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>The judgement of a process in one line.</summary>
/// <param name="Kind"><c>leak</c>, <c>retention</c>, <c>healthy</c> or <c>unclear</c>.</param>
/// <param name="InsideMallocHeap">Whether the growth is in malloc's heap; null when not known or nothing grows.</param>
/// <param name="Category">Slug of the category that grows, or null.</param>
/// <param name="Summary">One sentence with numbers.</param>
public sealed record AssessmentWire(string Kind, bool? InsideMallocHeap, string? Category, string Summary);

/// <summary>One process incarnation.</summary>
public sealed record ProcessWire(Guid Id, string Host, int Pid, string Comm, string CommandLine, DateTimeOffset? StartTime, IReadOnlyDictionary<string, string> Labels,
    int Snapshots, DateTimeOffset? FirstSnapshotAt, DateTimeOffset? LastSnapshotAt, long? RssBytes, double? RssBytesPerSecond, AssessmentWire Assessment)
{
    /// <summary>Tracks it has, richest first: <c>smaps</c>, <c>pmap -x</c> …</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>The same tracks with their extent.</summary>
    public IReadOnlyList<TrackWire> Tracks { get; init; } = [];

    /// <summary>Traces it has.</summary>
    public int Traces { get; init; }

    /// <summary>Captures it has.</summary>
    public int Captures { get; init; }

    /// <summary>RSS of up to 60 snapshots over its whole life, for a sparkline.</summary>
    public IReadOnlyList<long> RssSparkline { get; init; } = [];
}

/// <summary>The snapshots of a process from one source, in sum.</summary>
public sealed record TrackWire(string Source, int Snapshots, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>One snapshot in a list.</summary>
public sealed record SnapshotWire(int Number, DateTimeOffset TakenAt, Guid CaptureId, int VmaCount, long? RssBytes, long? PssBytes, long? SwapBytes, long VirtualBytes,
    IReadOnlyDictionary<string, long> ByCategory)
{
    /// <summary>Which command or file: <c>smaps</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>VmRSS of a status file of the same instant, or null.</summary>
    public long? StatusRssBytes { get; init; }

    /// <summary>Rss of a smaps_rollup of the same instant, or null.</summary>
    public long? RollupRssBytes { get; init; }

    /// <summary>The mappings, only when one snapshot is asked for.</summary>
    public IReadOnlyList<VmaWire>? Vmas { get; init; }
}

/// <summary>One mapping of a snapshot. Addresses are hex text without 0x.</summary>
public sealed record VmaWire(string Start, string End, string Perms, string Offset, string Device, ulong Inode, string Name, string Category, Guid RegionId,
    long? RssBytes, long? PssBytes, long? PrivateDirtyBytes, long? SwapBytes, long? AnonymousBytes, string? VmFlags);

/// <summary>The window that an answer obeys: two snapshots of one track, absolute times.</summary>
/// <param name="Source">The track.</param>
/// <param name="FromNumber">Number of its first snapshot.</param>
/// <param name="ToNumber">Number of its last snapshot.</param>
/// <param name="From">Time of its first snapshot.</param>
/// <param name="To">Time of its last snapshot.</param>
/// <param name="Snapshots">How many snapshots lie in it, both ends counted.</param>
/// <param name="IsWhole">Whether it is the whole track.</param>
public sealed record WindowWire(string Source, int FromNumber, int ToNumber, DateTimeOffset From, DateTimeOffset To, int Snapshots, bool IsWhole);
