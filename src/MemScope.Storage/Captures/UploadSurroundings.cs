using System.Security.Cryptography;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using Npgsql;

namespace MemScope.Storage.Captures;

/// <summary>An incarnation that the database knows.</summary>
internal sealed record KnownProcess(Guid Id, int Pid, int ExecNumber, string? BootId, long? StartTicks, LoadAddresses Addresses)
{
    /// <summary>Start, where known (UTC).</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>Name of the thread group's leader.</summary>
    public string? Comm { get; init; }

    /// <summary>Arguments.</summary>
    public string? CommandLine { get; init; }

    /// <summary>File name of the program.</summary>
    public string? Executable { get; init; }
}

/// <summary>A capture that the database knows; its text may have been dropped.</summary>
internal sealed record KnownCapture(Guid Id, bool HasText);

/// <summary>An upload that was stored before.</summary>
internal sealed record EarlierUpload(Guid CaptureId, IReadOnlyList<Guid> ProcessIds, bool IsByKey);

/// <summary>
/// What the database knows of what an upload shows, asked in one round trip under the locks that keep it true until the transaction ends: of (project, host, pid), so that two
/// uploads never begin the same process twice.
/// </summary>
internal sealed class UploadSurroundings
{
    private const int MostIncarnations = 1000;
    private const int LockSeconds = 300; // behind a big archive of the same process

    // 256 keys per host bound the lock table however many processes a file shows. In ascending order: no two uploads wait for each other. Retention waits for uploads that may
    // use what it is about to delete.
    // A file that shows one process has statements without an array, which the database plans once and for all.
    private static readonly string LockOneSql = $"SELECT pg_advisory_xact_lock_shared({Retention.LockKey}), pg_advisory_xact_lock((hashtextextended($1, 0) & ~255::bigint) | ($2 & 255))";

    private static readonly string LockSql =
        $"""
        SELECT pg_advisory_xact_lock_shared({Retention.LockKey}), pg_advisory_xact_lock(k)
        FROM (SELECT DISTINCT (hashtextextended($1, 0) & ~255::bigint) | (p & 255) AS k FROM unnest($2) p ORDER BY k) keys
        """;

    private const string KeySql = "SELECT request_sha256, capture_id, process_ids FROM idempotency_key WHERE project = $1 AND key_sha256 = $2";

    // Until the upload ends nobody drops the text.
    private const string CaptureSql = "SELECT capture_id, text_dropped_at IS NULL FROM capture WHERE project = $1 AND sha256 = $2 FOR NO KEY UPDATE";

    // Of the same host and pid only: the same file shown to another process is another upload.
    private const string OccasionSql =
        """
        SELECT u.process_id FROM capture c JOIN upload u ON u.capture_id = c.capture_id JOIN process p ON p.process_id = u.process_id
        WHERE c.project = $1 AND c.sha256 = $2 AND u.occasion = $3 AND p.project = $1 AND p.host = $4 AND p.pid = ANY ($5)
          AND ($6 = '' OR p.boot_id IS NULL OR p.boot_id = $6) AND ($7 < 0 OR p.start_ticks IS NULL OR p.start_ticks = $7)
        ORDER BY u.upload_id, u.position
        """;

    private const string ProcessColumns =
        "p.process_id, p.pid, p.exec_number, p.boot_id, p.start_ticks, p.stack_end, p.vdso_start, p.executable_start, s.next_snapshot_number, p.start_time, p.comm, p.command_line, p.executable";

    private static readonly string ProcessSql =
        $"""
        SELECT {ProcessColumns} FROM process p JOIN process_state s ON s.process_id = p.process_id
        WHERE p.project = $1 AND p.host = $2 AND p.pid = $3 ORDER BY p.exec_number DESC LIMIT {MostIncarnations}
        """;

    private static readonly string ProcessesSql =
        $"""
        SELECT {ProcessColumns}
        FROM unnest($3) k CROSS JOIN LATERAL (SELECT * FROM process WHERE project = $1 AND host = $2 AND pid = k ORDER BY exec_number DESC LIMIT {MostIncarnations}) p
        JOIN process_state s ON s.process_id = p.process_id ORDER BY p.pid, p.exec_number DESC
        """;

    private UploadSurroundings()
    {
    }

    /// <summary>The upload that this one repeats, or null.</summary>
    public EarlierUpload? Earlier { get; private set; }

    /// <summary>The capture of the same bytes in the project, or null.</summary>
    public KnownCapture? Capture { get; private set; }

    /// <summary>Incarnations of the upload's processes, of each pid the newest first; those that the upload begins are added.</summary>
    public List<KnownProcess> Processes { get; } = [];

    /// <summary>The next snapshot number of each process.</summary>
    public Dictionary<Guid, int> NextNumbers { get; } = [];

    /// <summary>Locks all (host, pid) of a plan until the transaction ends, without asking anything.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, UploadPlan plan, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = LockSeconds, BatchCommands = { Lock(plan) } };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Locks and asks.</summary>
    /// <exception cref="UploadRefusedException">The upload's Idempotency-Key stands for another request.</exception>
    public static async Task<UploadSurroundings> ReadAsync(NpgsqlConnection connection, UploadPlan plan, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = LockSeconds, BatchCommands = { Lock(plan), AskProcesses(plan), AskCapture(plan) } };
        if (plan.CanRepeat) batch.BatchCommands.Add(AskOccasion(plan));
        var key = plan.KeySha256;
        if (key is not null) batch.BatchCommands.Add(new(KeySql) { Parameters = { new() { Value = plan.Upload.Project }, new() { Value = key } } });
        var result = new UploadSurroundings();
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel)) result.Add(reader);
        await reader.NextResultAsync(cancel);
        if (await reader.ReadAsync(cancel)) result.Capture = new KnownCapture(reader.GetGuid(0), reader.GetBoolean(1));
        if (plan.CanRepeat)
        {
            await reader.NextResultAsync(cancel);
            var processes = new List<Guid>();
            while (await reader.ReadAsync(cancel)) processes.Add(reader.GetGuid(0));
            if (processes.Count > 0 && (plan.Upload.Into is not { } into || processes.Contains(into.Id))) result.Earlier = new EarlierUpload(result.Capture!.Id, processes, IsByKey: false);
        }
        if (key is not null && await reader.NextResultAsync(cancel) && await reader.ReadAsync(cancel)) result.Earlier = ByKey(reader, plan);
        return result;
    }

    private static EarlierUpload ByKey(NpgsqlDataReader reader, UploadPlan plan)
    {
        if (!CryptographicOperations.FixedTimeEquals(reader.GetFieldValue<byte[]>(0), plan.RequestSha256))
            throw new UploadRefusedException(UploadRefusedException.KeyReused, "This Idempotency-Key was used with another body or another query: make a new key for each upload.");
        return new EarlierUpload(reader.GetGuid(1), reader.GetFieldValue<Guid[]>(2), IsByKey: true);
    }

    private void Add(NpgsqlDataReader reader)
    {
        var addresses = new LoadAddresses(unchecked((ulong?)reader.LongOrNull(5)), unchecked((ulong?)reader.LongOrNull(6)), unchecked((ulong?)reader.LongOrNull(7)));
        var process = new KnownProcess(reader.GetGuid(0), reader.GetInt32(1), reader.GetInt32(2), reader.TextOrNull(3), reader.LongOrNull(4), addresses)
        {
            StartTime = reader.TimeOrNull(9), Comm = reader.TextOrNull(10), CommandLine = reader.TextOrNull(11), Executable = reader.TextOrNull(12),
        };
        Processes.Add(process);
        NextNumbers.Add(process.Id, reader.GetInt32(8));
    }

    private static NpgsqlBatchCommand Lock(UploadPlan plan) =>
        new(plan.Pids.Length == 1 ? LockOneSql : LockSql) { Parameters = { new() { Value = $"{plan.Upload.Project}\n{plan.Host}" }, PidsOf(plan) } };

    private static NpgsqlBatchCommand AskProcesses(UploadPlan plan) =>
        new(plan.Pids.Length == 1 ? ProcessSql : ProcessesSql) { Parameters = { new() { Value = plan.Upload.Project }, new() { Value = plan.Host }, PidsOf(plan) } };

    private static NpgsqlParameter PidsOf(UploadPlan plan) => new() { Value = plan.Pids is [var only] ? only : plan.Pids };

    private static NpgsqlBatchCommand AskCapture(UploadPlan plan) =>
        new(CaptureSql) { Parameters = { new() { Value = plan.Upload.Project }, new() { Value = plan.Upload.Sha256 } } };

    private static NpgsqlBatchCommand AskOccasion(UploadPlan plan) => new(OccasionSql)
    {
        Parameters =
        {
            new() { Value = plan.Upload.Project }, new() { Value = plan.Upload.Sha256 }, new() { Value = plan.Occasion }, new() { Value = plan.Host }, new() { Value = plan.Pids },
            new() { Value = CleanText.Of(plan.Upload.BootId, 64) }, new() { Value = plan.Processes.Count == 1 ? unchecked((long?)plan.Processes[0].StartTicks) ?? -1 : -1 },
        },
    };
}
