using MemScope.Core.Formats;

namespace MemScope.Storage.Captures;

/// <summary>One uploaded file, parsed, with what the sender said of it.</summary>
public sealed record CaptureUpload
{
    /// <summary>Unit of access that it belongs to.</summary>
    public string Project { get; init; } = Projects.Default;

    /// <summary>The process that the sender joins it to, or null: then host and pid, the file and what is known tell.</summary>
    public JoinedProcess? Into { get; init; }

    /// <summary>Host name as the sender gave it, or null: then the process belongs to the host <c>unknown</c>.</summary>
    public string? Host { get; init; }

    /// <summary>Process id as the sender gave it; without it the file must name one.</summary>
    public int? Pid { get; init; }

    /// <summary>/proc/sys/kernel/random/boot_id of the host, or null.</summary>
    public string? BootId { get; init; }

    /// <summary>Field 22 of /proc/PID/stat: start of the process in clock ticks since boot, or null.</summary>
    public ulong? StartTicks { get; init; }

    /// <summary>Start of the process (UTC), or null. For people only, never an identity.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When the snapshot was taken, or null. Applies to a file of a single snapshot without a time of its own, or to the first of several; of a trace whose clock is not wall time to its first event.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>When the first event of a trace was, or null: ties a clock that is not wall time to it.</summary>
    public DateTimeOffset? TraceStart { get; init; }

    /// <summary>The Idempotency-Key header, or null.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Labels of the process; given ones are added to those it has.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>File name as sent, or empty.</summary>
    public string FileName { get; init; } = "";

    /// <summary>SHA-256 of the decoded bytes: names the capture.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>Size of the decoded bytes.</summary>
    public required long DecodedBytes { get; init; }

    /// <summary>The file, seekable, read from position 0: a gzip file is kept as it is, anything else is compressed on the way.</summary>
    public required Stream Content { get; init; }

    /// <summary>What the file held.</summary>
    public required ParsedCapture Parsed { get; init; }

    /// <summary>When the server received it (UTC).</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>A process that a sender names by its id.</summary>
/// <param name="Id">The process.</param>
/// <param name="Host">The host that it is known by.</param>
/// <param name="Pid">Its process id there.</param>
public sealed record JoinedProcess(Guid Id, string Host, int Pid);

/// <summary>What is stored once <see cref="CaptureStore.StoreAsync"/> returns: it survives a crash of the server and of the database.</summary>
/// <param name="CaptureId">The file.</param>
/// <param name="Processes">The processes it shows, in the order of the file; never empty.</param>
/// <param name="Snapshots">Snapshots in the file.</param>
/// <param name="Regions">Mappings of its last snapshot, 0 without one.</param>
/// <param name="Events">Trace events.</param>
/// <param name="Callchains">Distinct callchains of its traces.</param>
/// <param name="Repeat">The upload had been stored before: the ids are those of the first time and nothing was added.</param>
public sealed record StoredUpload(Guid CaptureId, IReadOnlyList<Guid> Processes, int Snapshots, int Regions, int Events, int Callchains, bool Repeat);

/// <summary>Names of projects.</summary>
public static class Projects
{
    /// <summary>The project of everything whose sender names none.</summary>
    public const string Default = "default";
}
