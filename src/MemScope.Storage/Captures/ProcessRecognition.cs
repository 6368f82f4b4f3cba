using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Captures;

/// <summary>Finds the incarnation that an upload shows, or begins a new one.</summary>
internal static class ProcessRecognition
{
    private const string InsertSql =
        """
        INSERT INTO process (process_id, boot_id, start_ticks, start_time, comm, command_line, executable, labels, stack_end, vdso_start, executable_start,
                             project, host, pid, exec_number, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """;

    private const string InsertStateSql = "INSERT INTO process_state (process_id, next_snapshot_number, change_seq, last_upload_at) VALUES ($1, 1, 0, $2)";

    // What an upload knows more than those before; names of later uploads replace older ones, identities only fill gaps.
    private const string LearnSql =
        """
        UPDATE process SET boot_id = coalesce(boot_id, $2), start_ticks = coalesce(start_ticks, $3), start_time = coalesce($4, start_time), comm = coalesce($5, comm),
            command_line = coalesce($6, command_line), executable = coalesce(executable, $7), labels = labels || $8,
            stack_end = coalesce(stack_end, $9), vdso_start = coalesce(vdso_start, $10), executable_start = coalesce(executable_start, $11)
        WHERE process_id = $1 AND ((boot_id IS NULL AND $2 IS NOT NULL) OR (start_ticks IS NULL AND $3 IS NOT NULL) OR start_time <> coalesce($4, start_time)
            OR (start_time IS NULL AND $4 IS NOT NULL) OR comm IS DISTINCT FROM coalesce($5, comm) OR command_line IS DISTINCT FROM coalesce($6, command_line)
            OR (executable IS NULL AND $7 IS NOT NULL) OR NOT labels @> $8 OR (stack_end IS NULL AND $9 IS NOT NULL) OR (vdso_start IS NULL AND $10 IS NOT NULL)
            OR (executable_start IS NULL AND $11 IS NOT NULL))
        """;

    /// <summary>The id of the incarnation. The statements make its row or add to it what the upload tells; the surroundings know it afterwards.</summary>
    /// <exception cref="UploadRefusedException">The sender joins it to a process that is not there or clearly another one.</exception>
    public static Guid Recognise(UploadStatements statements, UploadPlan plan, PlannedProcess process, UploadSurroundings surroundings)
    {
        var bootId = CleanText.OrNull(plan.Upload.BootId, 64);
        var ticks = process.StartTicks is { } t ? unchecked((long)t) : (long?)null;
        var ofPid = surroundings.Processes.FindAll(k => k.Pid == process.Pid);
        if (Joined(plan, ofPid, bootId, ticks, process) is { } same)
        {
            var learned = same with
            {
                BootId = same.BootId ?? bootId, StartTicks = same.StartTicks ?? ticks, Addresses = same.Addresses.Or(process.Addresses), StartTime = StartOf(plan) ?? same.StartTime,
                Comm = process.Comm ?? same.Comm, CommandLine = process.CommandLine ?? same.CommandLine, Executable = same.Executable ?? process.Executable,
            };
            // Which labels it has the database compares.
            if (learned != same || plan.Upload.Labels.Count > 0) statements.Add(LearnSql, Details(plan, process, same.Id, bootId, ticks));
            surroundings.Processes[surroundings.Processes.IndexOf(same)] = learned;
            return same.Id;
        }
        var begun = new KnownProcess(Guid.CreateVersion7(plan.Upload.ReceivedAt), process.Pid, ofPid.Count > 0 ? ofPid[0].ExecNumber + 1 : 0, bootId, ticks, process.Addresses);
        statements.Add(InsertSql,
        [
            .. Details(plan, process, begun.Id, bootId, ticks), new() { Value = plan.Upload.Project }, new() { Value = plan.Host }, new() { Value = process.Pid },
            new() { Value = begun.ExecNumber }, new() { Value = plan.Upload.ReceivedAt.UtcDateTime },
        ]);
        statements.Add(InsertStateSql, [new() { Value = begun.Id }, new() { Value = plan.Upload.ReceivedAt.UtcDateTime }]);
        surroundings.Processes.Insert(0, begun);
        surroundings.NextNumbers.Add(begun.Id, 1);
        return begun.Id;
    }

    private static DateTimeOffset? StartOf(UploadPlan plan) => plan.Upload.StartTime is { } start ? UploadPlan.Stored(start) : null;

    /// <summary>The process that the sender names, where it names one and the file shows that pid; else the one that the file tells.</summary>
    private static KnownProcess? Joined(UploadPlan plan, List<KnownProcess> ofPid, string? bootId, long? ticks, PlannedProcess process)
    {
        if (plan.Upload.Into is not { } into || into.Pid != process.Pid) return Find(ofPid, bootId, ticks, process.Addresses);
        var known = ofPid.Find(k => k.Id == into.Id) ?? throw JoinRefusal.NoProcess(into.Id);
        return IsPossible(known, bootId, ticks, process.Addresses) ? known : throw JoinRefusal.OtherIncarnation(into);
    }

    private static KnownProcess? Find(List<KnownProcess> newestFirst, string? bootId, long? ticks, LoadAddresses addresses)
    {
        foreach (var known in newestFirst)
        {
            if (!IsPossible(known, bootId, ticks, addresses)) continue;
            if (known.Addresses.Matches(addresses) is true || (ticks is not null && known.StartTicks == ticks)) return known;
        }
        // Without anything to compare (a trace, a status file), it is the newest.
        return newestFirst.Count > 0 && IsPossible(newestFirst[0], bootId, ticks, addresses) ? newestFirst[0] : null;
    }

    private static bool IsPossible(KnownProcess known, string? bootId, long? ticks, LoadAddresses addresses) =>
        (bootId is null || known.BootId is null || string.Equals(bootId, known.BootId, StringComparison.Ordinal))
        && (ticks is null || known.StartTicks is null || known.StartTicks == ticks) && known.Addresses.Matches(addresses) is not false;

    private static NpgsqlParameter[] Details(UploadPlan plan, PlannedProcess process, Guid id, string? bootId, long? ticks) =>
    [
        new() { Value = id }, Nullable(bootId, NpgsqlDbType.Text), Nullable(ticks, NpgsqlDbType.Bigint), Nullable(StartOf(plan)?.UtcDateTime, NpgsqlDbType.TimestampTz),
        Nullable(process.Comm, NpgsqlDbType.Text), Nullable(process.CommandLine, NpgsqlDbType.Text), Nullable(process.Executable, NpgsqlDbType.Text),
        new() { Value = Json.OfLabels(plan.Upload.Labels), NpgsqlDbType = NpgsqlDbType.Jsonb },
        Nullable(unchecked((long?)process.Addresses.StackEnd), NpgsqlDbType.Bigint), Nullable(unchecked((long?)process.Addresses.VdsoStart), NpgsqlDbType.Bigint),
        Nullable(unchecked((long?)process.Addresses.ExecutableStart), NpgsqlDbType.Bigint),
    ];

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
