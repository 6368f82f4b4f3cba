using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MemScope.Core.Model;

namespace MemScope.Storage.Captures;

/// <summary>A snapshot whose time is settled.</summary>
internal sealed record PlannedSnapshot(Snapshot Snapshot, DateTimeOffset TakenAt, TimeOrigin Origin, LoadAddresses Addresses);

/// <summary>Figures whose time is settled.</summary>
internal sealed record PlannedFigures(SideFigures Figures, DateTimeOffset TakenAt, TimeOrigin Origin);

/// <summary>A heap profile whose time, that of its last dump, is settled.</summary>
internal sealed record PlannedHeapProfile(HeapProfile Profile, DateTimeOffset TakenAt, TimeOrigin Origin);

/// <summary>What an upload says of one incarnation of a process.</summary>
internal sealed class PlannedProcess(int pid)
{
    public int Pid { get; } = pid;
    public List<PlannedSnapshot> Snapshots { get; } = [];
    public List<PlannedFigures> Figures { get; } = [];
    public List<Trace> Traces { get; } = [];
    public List<PlannedHeapProfile> HeapProfiles { get; } = [];

    /// <summary>Names of code that a JIT wrote.</summary>
    public List<PerfMap> PerfMaps { get; } = [];

    /// <summary>Modules with their build ids, without places.</summary>
    public IReadOnlyList<MappedModule> Modules { get; set; } = [];

    public LoadAddresses Addresses { get; set; }
    public ulong? StartTicks { get; set; }
    public string? Comm { get; private set; }
    public string? CommandLine { get; private set; }
    public string? Executable { get; set; }

    public void Learn(ProcessHint hint)
    {
        Comm = CleanText.OrNull(hint.Comm, 255) ?? Comm;
        CommandLine = CleanText.OrNull(hint.CommandLine, 8192) ?? CommandLine;
        StartTicks ??= hint.StartTicks;
    }
}

/// <summary>An upload sorted out before the database is asked: which processes, at which times, and what would make it a repeat.</summary>
internal sealed class UploadPlan
{
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    private UploadPlan(CaptureUpload upload) => (Upload, Host, Id) = (upload, upload.Into?.Host ?? CleanText.Of(upload.Host is { Length: > 0 } host ? host : "unknown", 255), Guid.CreateVersion7(upload.ReceivedAt));

    public CaptureUpload Upload { get; }
    public string Host { get; }

    /// <summary>The upload's own id: asks later whether it was committed.</summary>
    public Guid Id { get; }

    public List<PlannedProcess> Processes { get; } = [];

    /// <summary>Process ids of them, each once.</summary>
    public int[] Pids => [.. Processes.Select(p => p.Pid).Distinct()];

    /// <summary>See <see cref="Tables.UploadTable.Occasion"/>.</summary>
    public string Occasion { get; private set; } = "";

    /// <summary>Whether the same bytes under the same occasion would be the same upload.</summary>
    public bool CanRepeat => !Occasion.StartsWith("u:", StringComparison.Ordinal);

    public byte[]? KeySha256 => Upload.IdempotencyKey is { Length: > 0 } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    /// <summary>Digest of all that an Idempotency-Key stands for.</summary>
    public byte[] RequestSha256 =>
        SHA256.HashData([.. Upload.Sha256, .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"|{Host}|{Upload.Pid}|{Upload.TakenAt?.UtcTicks}{Upload.TraceStart?.UtcTicks}{(Upload.Into is { } into ? $"|{into.Id}" : "")}"))]);

    public static UploadPlan Of(CaptureUpload upload)
    {
        if (upload.Parsed.IsEmpty) throw new UploadRefusedException(UploadRefusedException.Nothing, "The file holds no snapshot, no figures, no trace and no heap profile that MemScope can read.");
        var plan = new UploadPlan(upload);
        plan.AddAll();
        if (plan.Processes.Count == 0)
            throw new UploadRefusedException(UploadRefusedException.Nothing, "The file names modules and nothing of a process. Add ?pid=PID (and ?host=NAME) to the address, or send it in one archive with the trace that it belongs to: tar -cz trace.txt buildids.txt.");
        if (upload.Into is { } into && plan.Pids.All(p => p != into.Pid)) throw JoinRefusal.OtherPid(into, plan.Pids);
        plan.Occasion = plan.FindOccasion();
        return plan;
    }

    private void AddAll()
    {
        var parsed = Upload.Parsed;
        var hinted = parsed.Processes.Select(p => p.Pid).OfType<int>().Distinct().ToList();
        // A file of several processes knows best; of a file of one the sender does (a pid inside a container differs from the host's).
        // The number in a file's name is asked last: heaptrack writes its script's there, not the program's.
        // Joined to a process, it is of that one unless it names another: then only the pid in the query says that the two are the same.
        int? PidOf(ProcessHint hint) => (hinted.Count > 1 ? hint.Pid ?? Upload.Pid : Upload.Pid ?? hint.Pid ?? (hinted.Count == 1 ? hinted[0] : null)) ?? Upload.Into?.Pid ?? hint.FilePid;

        var snapshots = parsed.Snapshots.Select((s, i) => (Pid: Required(PidOf(s.Process)), Planned: Plan(s, i))).ToList();
        foreach (var (pid, planned) in snapshots.OrderBy(s => s.Planned.TakenAt)) AddSnapshot(pid, planned);
        foreach (var figures in parsed.Figures)
        {
            var (at, origin) = TimeOf(figures.TakenAt, figures.TimeOrigin, 0);
            var process = Latest(Required(PidOf(figures.Process)), at);
            process.Figures.Add(new PlannedFigures(figures, at, origin));
            process.Learn(figures.Process);
        }
        foreach (var trace in parsed.Traces)
        {
            var process = Latest(Required(PidOf(trace.Process)), DateTimeOffset.MaxValue);
            process.Traces.Add(trace);
            process.Learn(trace.Process);
        }
        foreach (var profile in parsed.HeapProfiles)
        {
            var (at, origin) = profile.Dumps.Count > 0 ? TimeOf(profile.Dumps[^1].TakenAt, profile.Dumps[^1].TimeOrigin, 0) : TimeOf(null, TimeOrigin.Receipt, 0);
            var process = Latest(Required(PidOf(profile.Process)), at);
            process.HeapProfiles.Add(new PlannedHeapProfile(profile, at, origin));
            process.Learn(profile.Process);
        }
        foreach (var map in parsed.PerfMaps)
        {
            var process = Latest(Required(PidOf(map.Process)), DateTimeOffset.MaxValue);
            process.PerfMaps.Add(map);
            process.Learn(map.Process);
        }
        // A list of build ids names no process: it is of all that the file shows, or of the one that the sender names.
        if (parsed.Modules.Count > 0 && Processes.Count == 0 && (Upload.Pid ?? Upload.Into?.Pid) is { } told) Latest(Required(told), DateTimeOffset.MaxValue);
        foreach (var process in Processes) process.Modules = parsed.Modules;
        var pids = Processes.Select(p => p.Pid).Distinct().Count();
        foreach (var process in Processes)
            if (pids == 1 || process.Pid == Upload.Pid) process.StartTicks = Upload.StartTicks ?? process.StartTicks;
    }

    private static int Required(int? pid) => pid is > 0 and var known
        ? known
        : throw new UploadRefusedException(UploadRefusedException.NoPid, "Neither the request nor the file says which process this is: add ?pid=PID (and ?host=NAME) to the address.");

    private PlannedSnapshot Plan(Snapshot snapshot, int index)
    {
        var (at, origin) = TimeOf(snapshot.TakenAt, snapshot.TimeOrigin, index);
        return new PlannedSnapshot(snapshot, at, origin, LoadAddresses.Of(snapshot.Vmas));
    }

    /// <summary>The sender's time wins for a single snapshot; snapshots without any time keep the order of the file, a microsecond apart.</summary>
    private (DateTimeOffset At, TimeOrigin Origin) TimeOf(DateTimeOffset? inFile, TimeOrigin origin, int index)
    {
        if (Upload.TakenAt is { } told && (inFile is null || Upload.Parsed.Snapshots.Count == 1)) return (Stored(told + (Microsecond * index)), TimeOrigin.Query);
        return inFile is { } known ? (Stored(known), origin) : (Stored(Upload.ReceivedAt + (Microsecond * index)), TimeOrigin.Receipt);
    }

    /// <summary>PostgreSQL keeps microseconds.</summary>
    internal static DateTimeOffset Stored(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private void AddSnapshot(int pid, PlannedSnapshot planned)
    {
        var process = Processes.FindLast(p => p.Pid == pid && p.Addresses.Matches(planned.Addresses) is true)
            ?? Processes.FindLast(p => p.Pid == pid && p.Addresses.Matches(planned.Addresses) is null);
        if (process is null) Processes.Add(process = new PlannedProcess(pid));
        process.Snapshots.Add(planned);
        process.Addresses = process.Addresses.Or(planned.Addresses);
        process.Learn(planned.Snapshot.Process);
        process.Executable ??= CleanText.OrNull(LoadAddresses.ExecutableName(planned.Snapshot.Vmas), 255);
    }

    /// <summary>The incarnation that ran at a time.</summary>
    private PlannedProcess Latest(int pid, DateTimeOffset at)
    {
        var process = Processes.FindLast(p => p.Pid == pid && (p.Snapshots.Count == 0 || p.Snapshots[0].TakenAt <= at)) ?? Processes.Find(p => p.Pid == pid);
        if (process is null) Processes.Add(process = new PlannedProcess(pid));
        return process;
    }

    private string FindOccasion()
    {
        var parsed = Upload.Parsed;
        var told = Upload.TakenAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"t:{Stored(at).UtcTicks / TimeSpan.TicksPerMicrosecond}") : null;
        if (told is not null && parsed.Snapshots.Count == 1) return told;
        if (parsed.Snapshots.All(s => s.TakenAt is not null) && parsed.Figures.All(f => f.TakenAt is not null)) return "";
        return told ?? (KeySha256 is { } key ? $"k:{Convert.ToHexStringLower(key)}" : $"u:{Id}");
    }
}
