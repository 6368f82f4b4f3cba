using MemScope.Storage.Live;
using MemScope.Storage.Queries;
using MemScope.Storage.Stacks;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Captures;

/// <summary>Stores uploads. One upload is one transaction; when the task completes it is committed.</summary>
public sealed class CaptureStore(UploadConnections connections, ChangeFeed feed)
{
    private const int Attempts = 3;
    private static readonly TimeSpan OutcomeLimit = TimeSpan.FromSeconds(15);

    /// <summary>Stores an upload, or recognises it as a repeat.</summary>
    /// <exception cref="UploadRefusedException">It cannot be stored.</exception>
    /// <exception cref="NpgsqlException">The database does not answer: nothing was stored, or it is not known whether it was (503 with Retry-After).</exception>
    public async Task<StoredUpload> StoreAsync(CaptureUpload upload, CancellationToken cancel)
    {
        var plan = UploadPlan.Of(upload);
        var prepared = plan.Processes.ConvertAll(p => PreparedProcess.Of(p, upload));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StoreOnceAsync(plan, prepared, cancel);
            }
            catch (NpgsqlException e) when (attempt < Attempts && MayTryAgain(e))
            {
                // Not committed, for sure: a race for a unique key, a deadlock, or a connection that broke before COMMIT was sent.
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), cancel);
            }
        }
    }

    private static bool MayTryAgain(NpgsqlException e) =>
        e is not OutcomeUnknownException && e.InnerException is not TimeoutException && (e.IsTransient || e is not PostgresException || e.SqlState is PostgresErrorCodes.UniqueViolation);

    private async Task<StoredUpload> StoreOnceAsync(UploadPlan plan, List<PreparedProcess> prepared, CancellationToken cancel)
    {
        await using var connection = await connections.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var surroundings = await UploadSurroundings.ReadAsync(connection, plan, cancel);
        await using var statements = new UploadStatements(connection);
        if (surroundings.Earlier is { } before)
        {
            if (!before.IsByKey) RememberKey(statements, plan, before.CaptureId, before.ProcessIds);
            await statements.CommitAsync();
            return Answer(plan, before.CaptureId, before.ProcessIds, repeat: true);
        }
        var processes = plan.Processes.ConvertAll(p => ProcessRecognition.Recognise(statements, plan, p, surroundings));
        var placed = await PlacedAsync(connection, surroundings, processes, prepared, cancel);
        var captureId = surroundings.Capture?.Id ?? Guid.CreateVersion7(plan.Upload.ReceivedAt);
        if (surroundings.Capture is not { HasText: true }) await AddTextAsync(connection, statements, plan, captureId, isNew: surroundings.Capture is null, cancel);
        var writer = new UploadWriter(statements, plan, captureId, surroundings.NextNumbers);
        for (var i = 0; i < processes.Count; i++) await writer.WriteAsync(processes[i], i, placed[i], cancel);
        RememberKey(statements, plan, captureId, processes);
        await CommitAsync(transaction, statements, plan, processes[0]);
        feed.Publish(statements.Changes);
        return Answer(plan, captureId, processes, repeat: false);
    }

    /// <summary>Places the frames of traces and profiles by the snapshots that are stored of their process: later they may be gone, or be of another moment.</summary>
    private static async Task<List<PreparedProcess>> PlacedAsync(NpgsqlConnection connection, UploadSurroundings surroundings, List<Guid> processes, List<PreparedProcess> prepared, CancellationToken cancel)
    {
        var placed = new List<PreparedProcess>(prepared.Count);
        for (var i = 0; i < processes.Count; i++)
        {
            var process = processes[i];
            var hasSnapshots = surroundings.NextNumbers[process] > 1;
            placed.Add(hasSnapshots && prepared[i].NeedsMaps ? await prepared[i].PlacedAsync(at => MapsAround.ReadAsync(connection, process, at, cancel)) : prepared[i]);
        }
        return placed;
    }

    /// <summary>The file's bytes, for a capture that is new or whose text was dropped: then it is brought anew, since the proof was for the uploads before this one.</summary>
    private static async Task AddTextAsync(NpgsqlConnection connection, UploadStatements statements, UploadPlan plan, Guid captureId, bool isNew, CancellationToken cancel)
    {
        var part = await ChunkTable.OnlyPartAsync(plan.Upload.Content, cancel);
        if (isNew) AddCapture(statements, plan, captureId, part?.Length ?? 0);
        if (part is not null)
            statements.Add("INSERT INTO capture_chunk (capture_id, part, data) VALUES ($1, 0, $2)", [new() { Value = captureId }, new() { Value = part, NpgsqlDbType = NpgsqlDbType.Bytea }]);
        if (part is not null && isNew) return;
        await statements.SendAsync(cancel);
        long stored = part?.Length ?? await ChunkTable.Captures.WriteAsync(connection, captureId, plan.Upload.Content, cancel);
        statements.Add("UPDATE capture SET stored_bytes = $2, text_dropped_at = NULL WHERE capture_id = $1", [new() { Value = captureId }, new() { Value = stored }]);
    }

    /// <summary>A file that is stored for the first time. When another upload of the same bytes has just been faster, its row is in the way, and the next attempt finds it.</summary>
    private static void AddCapture(UploadStatements statements, UploadPlan plan, Guid id, long storedBytes)
    {
        var upload = plan.Upload;
        statements.Add(
            """
            INSERT INTO capture (capture_id, project, sha256, format, version, file_name, decoded_bytes, stored_bytes, snapshots, events, contents, report, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            [
                new() { Value = id }, new() { Value = upload.Project }, new() { Value = upload.Sha256 }, new() { Value = CleanText.Of(upload.Parsed.Format, 64) },
                new() { Value = CleanText.Of(upload.Parsed.Version, 255) }, new() { Value = CleanText.Of(upload.FileName, 1024) }, new() { Value = upload.DecodedBytes },
                new() { Value = storedBytes }, new() { Value = upload.Parsed.Snapshots.Count }, new() { Value = upload.Parsed.Traces.Sum(t => t.Events.Count) },
                new() { Value = Json.Of(CaptureContentsRow.Of(upload.Parsed)), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = Json.OfReport(upload.Parsed.Diagnostics), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = upload.ReceivedAt.UtcDateTime },
            ]);
    }

    /// <summary>Notes what the upload's Idempotency-Key, if it has one, stands for.</summary>
    private static void RememberKey(UploadStatements statements, UploadPlan plan, Guid captureId, IReadOnlyList<Guid> processes)
    {
        if (plan.KeySha256 is not { } key) return;
        statements.Add("INSERT INTO idempotency_key (project, key_sha256, request_sha256, capture_id, process_ids, received_at) VALUES ($1, $2, $3, $4, $5, $6)",
        [
            new() { Value = plan.Upload.Project }, new() { Value = key }, new() { Value = plan.RequestSha256 }, new() { Value = captureId }, new() { Value = processes.ToArray() },
            new() { Value = plan.Upload.ReceivedAt.UtcDateTime },
        ]);
    }

    /// <summary>Sends what is left with COMMIT behind it. When the answer is lost, asks the database what became of it instead of guessing.</summary>
    private async Task CommitAsync(NpgsqlTransaction transaction, UploadStatements statements, UploadPlan plan, Guid processId)
    {
        try
        {
            await statements.CommitAsync();
        }
        catch (Exception e) when (e is not PostgresException { InvariantSeverity: "ERROR" } and (NpgsqlException or IOException or TimeoutException or InvalidOperationException))
        {
            await transaction.DisposeAsync();
            if (!await IsCommittedAsync(plan, processId, e)) throw new NpgsqlException("The connection broke at COMMIT; the upload was not stored.", e);
        }
    }

    private async Task<bool> IsCommittedAsync(UploadPlan plan, Guid processId, Exception cause)
    {
        using var limit = new CancellationTokenSource(OutcomeLimit);
        while (true)
        {
            try
            {
                await using var connection = await connections.OpenAsync(limit.Token);
                await using var transaction = await connection.BeginTransactionAsync(limit.Token);
                // The old backend may still be at it: its lock is held until it has committed or not.
                await UploadSurroundings.LockAsync(connection, plan, limit.Token);
                await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM upload WHERE process_id = $1 AND upload_id = $2)", connection)
                {
                    Parameters = { new() { Value = processId }, new() { Value = plan.Id } },
                };
                return (bool)(await command.ExecuteScalarAsync(limit.Token))!;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException && !limit.IsCancellationRequested)
            {
                await Task.Delay(200, CancellationToken.None);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or OperationCanceledException)
            {
                throw new OutcomeUnknownException(cause);
            }
        }
    }

    private static StoredUpload Answer(UploadPlan plan, Guid captureId, IEnumerable<Guid> processes, bool repeat)
    {
        var parsed = plan.Upload.Parsed;
        return new StoredUpload(captureId, [.. processes.Distinct()], parsed.Snapshots.Count, parsed.Snapshots.Count > 0 ? parsed.Snapshots[^1].Vmas.Count : 0,
            parsed.Traces.Sum(t => t.Events.Count), parsed.Traces.Sum(t => t.Callchains.Count) + parsed.HeapProfiles.Sum(p => p.Callchains.Count), repeat);
    }

    /// <summary>The database went away at COMMIT and did not come back in time to tell.</summary>
    private sealed class OutcomeUnknownException(Exception cause) : NpgsqlException("The database went away at COMMIT; whether the upload was stored is not known.", cause);
}
