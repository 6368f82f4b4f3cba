namespace MemScope.Core.Model;

/// <summary>Which command or file a snapshot came from. Series and lineage run within one source; the first that a process has is its default. Richest first.</summary>
public enum SnapshotSource : byte
{
    /// <summary>/proc/PID/smaps.</summary>
    Smaps,
    /// <summary>pmap -XX.</summary>
    PmapAllFields,
    /// <summary>pmap -X.</summary>
    PmapFields,
    /// <summary>pmap -x.</summary>
    PmapExtended,
    /// <summary>/proc/PID/maps: no RSS.</summary>
    Maps,
    /// <summary>pmap without options, or -d: no RSS.</summary>
    Pmap,
}

/// <summary>Names of <see cref="SnapshotSource"/>.</summary>
public static class SnapshotSources
{
    private static readonly string[] Names = ["smaps", "pmap -XX", "pmap -X", "pmap -x", "maps", "pmap"];

    /// <summary>As shown and as used in URLs: <c>smaps</c>, <c>pmap -x</c> …</summary>
    public static string Text(this SnapshotSource source) => Names[(int)source];

    /// <summary>The source of a text, or null.</summary>
    public static SnapshotSource? Parse(string? text) => Array.IndexOf(Names, text) is >= 0 and var i ? (SnapshotSource)i : null;
}

/// <summary>Where the time of a snapshot was taken from, most trusted first.</summary>
public enum TimeOrigin : byte
{
    /// <summary>The upload's <c>takenAt</c>.</summary>
    Query,
    /// <summary>A line of the file: a date header, <c>=== time</c>.</summary>
    InFile,
    /// <summary>The archive member's name, <c>0001_1795189439.417.txt</c>.</summary>
    MemberName,
    /// <summary>The archive's modification time.</summary>
    ModificationTime,
    /// <summary>When the server received it.</summary>
    Receipt,
}

/// <summary>What a file says of the process that it shows; every part may be missing.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Comm">Name of status or stat.</param>
/// <param name="CommandLine">Arguments as pmap prints them.</param>
/// <param name="StartTicks">Field 22 of /proc/PID/stat: clock ticks since boot.</param>
public sealed record ProcessHint(int? Pid = null, string? Comm = null, string? CommandLine = null, ulong? StartTicks = null)
{
    /// <summary>Nothing known.</summary>
    public static ProcessHint None { get; } = new();

    /// <summary>Process id in the name that the tool gave the file, or null. Weaker than <see cref="Pid"/>: it holds where neither the sender nor the content of any file of the upload names one.</summary>
    public int? FilePid { get; init; }
}

/// <summary>The address space of one process at one instant.</summary>
/// <param name="Source">Which command printed it.</param>
/// <param name="Process">What the text says of the process.</param>
/// <param name="Vmas">The mappings, in address order.</param>
public sealed record Snapshot(SnapshotSource Source, ProcessHint Process, VmaTable Vmas)
{
    /// <summary>When it was taken (UTC), or null when the file does not say.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>Where <see cref="TakenAt"/> comes from; meaningful when that is set.</summary>
    public TimeOrigin TimeOrigin { get; init; }

    /// <summary>The number in a member's name (<c>0001_….txt</c>), by which files of one snapshot join.</summary>
    public int? SeriesNumber { get; init; }

    /// <summary>Byte offset of the block in the decoded file or member.</summary>
    public long ByteOffset { get; init; }

    /// <summary>Sum of Rss of the mappings in bytes; null when the source prints no Rss.</summary>
    public long? RssBytes => Vmas.SumBytes(Metric.Rss);

    /// <summary>Sum of the mappings' virtual sizes in bytes.</summary>
    public ulong VirtualBytes
    {
        get
        {
            ulong sum = 0;
            for (var i = 0; i < Vmas.Count; i++) sum += Vmas[i].VirtualBytes;
            return sum;
        }
    }
}

/// <summary>
/// Named figures of one moment: of the process (status, rollup, stat), of what it lives in (cgroup, meminfo, GPU) or of its allocator (malloc_info, jemalloc's statistics, a JVM's
/// native memory). They stand beside a snapshot and are shown with their drift from the sum over smaps, never instead of it.
/// </summary>
/// <param name="Kind"><c>status</c>, <c>rollup</c>, or the slug of the format that they come from.</param>
/// <param name="Process">What the text says of the process.</param>
/// <param name="Bytes">Sizes by the kernel's key (VmRSS, Pss_Anon …), in bytes.</param>
/// <param name="Counts">Other numbers by key (Threads).</param>
public sealed record SideFigures(string Kind, ProcessHint Process, IReadOnlyDictionary<string, long> Bytes, IReadOnlyDictionary<string, long> Counts)
{
    /// <summary>Which one, where a moment has several of a kind: a GPU, an arena, a cgroup's file; else null.</summary>
    public string? Label { get; init; }

    /// <summary>When it was taken (UTC), or null.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>Where <see cref="TakenAt"/> comes from.</summary>
    public TimeOrigin TimeOrigin { get; init; }

    /// <summary>The number in a member's name.</summary>
    public int? SeriesNumber { get; init; }
}
