namespace MemScope.Storage.Tables;

/// <summary>A process incarnation: who it is. Small and rarely written, so that it can be copied to every node of a cluster.</summary>
internal sealed class ProcessTable
{
    public Guid ProcessId { get; set; }
    public string Project { get; set; } = "";
    public string Host { get; set; } = "";
    public int Pid { get; set; }

    /// <summary>Counts the incarnations of (project, host, pid) in the order in which they were first seen.</summary>
    public int ExecNumber { get; set; }
    public string? BootId { get; set; }
    public long? StartTicks { get; set; }
    public DateTimeOffset? StartTime { get; set; }
    public string? Comm { get; set; }
    public string? CommandLine { get; set; }

    /// <summary>File name of the executable's first mapping: stands in for a comm that nobody sent.</summary>
    public string? Executable { get; set; }

    /// <summary>jsonb, text to text.</summary>
    public string Labels { get; set; } = "{}";

    /// <summary>End of [stack]: the start moves when it grows.</summary>
    public long? StackEnd { get; set; }
    public long? VdsoStart { get; set; }
    public long? ExecutableStart { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>What every upload to a process moves forward. Its row lock orders concurrent uploads.</summary>
[Sharded]
internal sealed class ProcessStateTable
{
    public Guid ProcessId { get; set; }
    public int NextSnapshotNumber { get; set; }
    public long ChangeSeq { get; set; }
    public DateTimeOffset LastUploadAt { get; set; }
}

/// <summary>The snapshots of a process from one source, in sum.</summary>
[Sharded]
internal sealed class TrackTable
{
    public Guid ProcessId { get; set; }
    public short Source { get; set; }
    public int Snapshots { get; set; }
    public DateTimeOffset FirstAt { get; set; }
    public DateTimeOffset LastAt { get; set; }
    public long? LastRssBytes { get; set; }

    /// <summary>Version of the analysis that wrote the track's <see cref="RegionTable"/> rows; 0 while there are none.</summary>
    public short Analyzer { get; set; }

    /// <summary>The process' change number up to which those rows stand.</summary>
    public long AnalyzedSeq { get; set; }
}
