using MemScope.Storage.Queries;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Captures;

/// <summary>
/// Finds the incarnation that an upload shows, or begins a new one. Runs under a lock of (project, host, pid), so that two uploads never begin
/// the same one twice.
/// </summary>
internal static class ProcessRecognition
{
    private const int MostIncarnations = 1000;

    private sealed record Known(Guid Id, int ExecNumber, string? BootId, long? StartTicks, LoadAddresses Addresses);

    /// <summary>Locks all (host, pid) of a plan until the transaction ends. In ascending order: no two uploads wait for each other.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, UploadPlan plan, CancellationToken cancel)
    {
        // 256 keys per host bound the lock table however many processes a file shows. Retention waits for uploads that may use what it is about to delete.
        await using var batch = new NpgsqlBatch(connection)
        {
            Timeout = 300, // behind a big archive of the same process
            BatchCommands =
            {
                new($"SELECT pg_advisory_xact_lock_shared({Retention.LockKey})"),
                new("SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT (hashtextextended($1, 0) & ~255::bigint) | (p & 255) AS k FROM unnest($2) p ORDER BY k) keys")
                {
                    Parameters = { new() { Value = $"{plan.Upload.Project}\n{plan.Host}" }, new() { Value = plan.Processes.Select(p => p.Pid).Distinct().ToArray() } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The id of the incarnation; its row exists afterwards and knows what the upload tells.</summary>
    public static async Task<Guid> RecogniseAsync(NpgsqlConnection connection, UploadPlan plan, PlannedProcess process, CancellationToken cancel)
    {
        var bootId = CleanText.OrNull(plan.Upload.BootId, 64);
        var ticks = process.StartTicks is { } t ? unchecked((long)t) : (long?)null;
        var known = await KnownAsync(connection, plan, process.Pid, cancel);
        var same = Find(known, bootId, ticks, process.Addresses);
        if (same is null)
        {
            var id = Guid.CreateVersion7(plan.Upload.ReceivedAt);
            await InsertAsync(connection, plan, process, id, known.Count > 0 ? known[0].ExecNumber + 1 : 0, bootId, ticks, cancel);
            return id;
        }
        await LearnAsync(connection, plan, process, same.Id, bootId, ticks, cancel);
        return same.Id;
    }

    private static Known? Find(List<Known> newestFirst, string? bootId, long? ticks, LoadAddresses addresses)
    {
        foreach (var known in newestFirst)
        {
            if (!IsPossible(known)) continue;
            if (known.Addresses.Matches(addresses) is true || (ticks is not null && known.StartTicks == ticks)) return known;
        }
        // Without anything to compare (a trace, a status file), it is the newest.
        return newestFirst.Count > 0 && IsPossible(newestFirst[0]) ? newestFirst[0] : null;

        bool IsPossible(Known known) =>
            (bootId is null || known.BootId is null || string.Equals(bootId, known.BootId, StringComparison.Ordinal))
            && (ticks is null || known.StartTicks is null || known.StartTicks == ticks) && known.Addresses.Matches(addresses) is not false;
    }

    private static async Task<List<Known>> KnownAsync(NpgsqlConnection connection, UploadPlan plan, int pid, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT process_id, exec_number, boot_id, start_ticks, stack_end, vdso_start, executable_start
            FROM process WHERE project = $1 AND host = $2 AND pid = $3 ORDER BY exec_number DESC LIMIT {MostIncarnations}
            """, connection)
        { Parameters = { new() { Value = plan.Upload.Project }, new() { Value = plan.Host }, new() { Value = pid } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var known = new List<Known>();
        while (await reader.ReadAsync(cancel))
            known.Add(new Known(reader.GetGuid(0), reader.GetInt32(1), reader.TextOrNull(2), reader.LongOrNull(3),
                new LoadAddresses(unchecked((ulong?)reader.LongOrNull(4)), unchecked((ulong?)reader.LongOrNull(5)), unchecked((ulong?)reader.LongOrNull(6)))));
        return known;
    }

    private static async Task InsertAsync(NpgsqlConnection connection, UploadPlan plan, PlannedProcess process, Guid id, int execNumber, string? bootId, long? ticks, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("""
                    INSERT INTO process (process_id, project, host, pid, exec_number, created_at, boot_id, start_ticks, start_time, comm, command_line, executable, labels,
                                         stack_end, vdso_start, executable_start)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                    """)
                {
                    Parameters =
                    {
                        new() { Value = id }, new() { Value = plan.Upload.Project }, new() { Value = plan.Host }, new() { Value = process.Pid }, new() { Value = execNumber },
                        new() { Value = plan.Upload.ReceivedAt.UtcDateTime },
                    },
                },
                new("INSERT INTO process_state (process_id, next_snapshot_number, change_seq, last_upload_at) VALUES ($1, 1, 0, $2)")
                {
                    Parameters = { new() { Value = id }, new() { Value = plan.Upload.ReceivedAt.UtcDateTime } },
                },
            },
        };
        foreach (var parameter in Details(plan, process, bootId, ticks)) batch.BatchCommands[0].Parameters.Add(parameter);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Adds what this upload knows more than those before; names of later uploads replace older ones, identities only fill gaps.</summary>
    private static async Task LearnAsync(NpgsqlConnection connection, UploadPlan plan, PlannedProcess process, Guid id, string? bootId, long? ticks, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE process SET boot_id = coalesce(boot_id, $2), start_ticks = coalesce(start_ticks, $3), start_time = coalesce($4, start_time), comm = coalesce($5, comm),
                command_line = coalesce($6, command_line), executable = coalesce(executable, $7), labels = labels || $8,
                stack_end = coalesce(stack_end, $9), vdso_start = coalesce(vdso_start, $10), executable_start = coalesce(executable_start, $11)
            WHERE process_id = $1 AND ((boot_id IS NULL AND $2 IS NOT NULL) OR (start_ticks IS NULL AND $3 IS NOT NULL) OR start_time <> coalesce($4, start_time)
                OR (start_time IS NULL AND $4 IS NOT NULL) OR comm IS DISTINCT FROM coalesce($5, comm) OR command_line IS DISTINCT FROM coalesce($6, command_line)
                OR (executable IS NULL AND $7 IS NOT NULL) OR NOT labels @> $8 OR (stack_end IS NULL AND $9 IS NOT NULL) OR (vdso_start IS NULL AND $10 IS NOT NULL)
                OR (executable_start IS NULL AND $11 IS NOT NULL))
            """, connection)
        { Parameters = { new() { Value = id } } };
        foreach (var parameter in Details(plan, process, bootId, ticks)) command.Parameters.Add(parameter);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static IEnumerable<NpgsqlParameter> Details(UploadPlan plan, PlannedProcess process, string? bootId, long? ticks) =>
    [
        Nullable(bootId, NpgsqlDbType.Text), Nullable(ticks, NpgsqlDbType.Bigint), Nullable(plan.Upload.StartTime?.UtcDateTime, NpgsqlDbType.TimestampTz),
        Nullable(process.Comm, NpgsqlDbType.Text), Nullable(process.CommandLine, NpgsqlDbType.Text), Nullable(process.Executable, NpgsqlDbType.Text),
        new() { Value = Json.OfLabels(plan.Upload.Labels), NpgsqlDbType = NpgsqlDbType.Jsonb },
        Nullable(unchecked((long?)process.Addresses.StackEnd), NpgsqlDbType.Bigint), Nullable(unchecked((long?)process.Addresses.VdsoStart), NpgsqlDbType.Bigint),
        Nullable(unchecked((long?)process.Addresses.ExecutableStart), NpgsqlDbType.Bigint),
    ];

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
