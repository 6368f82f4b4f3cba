using System.Text.Json.Serialization;

namespace MemScope.Web.Wire;

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

    /// <summary>Heap profiles it has.</summary>
    public int HeapProfiles { get; init; }

    /// <summary>Captures it has.</summary>
    public int Captures { get; init; }

    /// <summary>The limit that growth over its whole life runs into; null in lists, which do not look for it.</summary>
    public LimitWire? Limit { get; init; }

    /// <summary>RSS of up to 60 snapshots over its whole life, for a sparkline.</summary>
    public IReadOnlyList<long> RssSparkline { get; init; } = [];
}

/// <summary>The snapshots of a process from one source, in sum.</summary>
public sealed record TrackWire(string Source, int Snapshots, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>The judgement of a process in one line.</summary>
/// <param name="Kind"><c>leak</c>, <c>retention</c>, <c>healthy</c> or <c>unclear</c>.</param>
/// <param name="InsideMallocHeap">Whether the growth is in malloc's heap; null when not known or nothing grows.</param>
/// <param name="Category">Slug of the category that grows, or null.</param>
/// <param name="Summary">One sentence with numbers.</param>
public sealed record AssessmentWire(string Kind, bool? InsideMallocHeap, string? Category, string Summary)
{
    /// <summary>What <see cref="Kind"/> can be.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["leak", "retention", "healthy", "unclear"];

    /// <summary>How sure the finding behind it is: <c>candidate</c>, <c>likely</c> or <c>confirmed</c>; null without a finding.</summary>
    public string? Certainty { get; init; }

    /// <summary>Id of the card of that finding, or null.</summary>
    public string? Rule { get; init; }

    /// <summary>When the certainty was told, where uploads have come since; null when it is that of now.</summary>
    public DateTimeOffset? CertaintyAt { get; init; }

    /// <summary>Whether all that was uploaded speaks in it, not the snapshots alone.</summary>
    [JsonIgnore]
    public bool IsJudged { get; init; }
}
