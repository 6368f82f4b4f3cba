using MemScope.Storage.Live;
using MemScope.Storage.Queries;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Captures;

/// <summary>Stores uploads. One upload is one transaction; when the task completes it is committed.</summary>
public sealed class CaptureStore(NpgsqlDataSource source, ChangeFeed feed)
{
    private const int Attempts = 3;
    private static readonly TimeSpan OutcomeLimit = TimeSpan.FromSeconds(15);

    /// <summary>Stores an upload, or recognises it as a repeat.</summary>
    /// <exception cref="UploadRefusedException">It cannot be stored.</exception>
    /// <exception cref="NpgsqlException">The database does not answer: nothing was stored, or it is not known whether it was (503 with Retry-After).</exception>
    public async Task<StoredUpload> StoreAsync(CaptureUpload upload, CancellationToken cancel)
    {
        var plan = UploadPlan.Of(upload);
        var prepared = plan.Processes.ConvertAll(PreparedProcess.Of);
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
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ProcessRecognition.LockAsync(connection, plan, cancel);
        if (await RepeatDetection.FindAsync(connection, plan, cancel) is { } before)
        {
            await transaction.CommitAsync(cancel); // a new key for known bytes may have been noted
            return Answer(plan, before.CaptureId, before.ProcessIds, repeat: true);
        }
        var processes = new List<Guid>();
        foreach (var process in plan.Processes) processes.Add(await ProcessRecognition.RecogniseAsync(connection, plan, process, cancel));
        var captureId = await WriteCaptureAsync(connection, plan, cancel);
        var writer = new UploadWriter(connection, plan, captureId);
        var changes = new Dictionary<Guid, long>();
        for (var i = 0; i < processes.Count; i++) changes[processes[i]] = await writer.WriteAsync(processes[i], i, prepared[i], cancel);
        await RepeatDetection.RememberKeyAsync(connection, plan, captureId, processes, cancel);
        await CommitAsync(transaction, plan, processes[0]);
        feed.Publish(changes);
        return Answer(plan, captureId, processes, repeat: false);
    }

    private static async Task<Guid> WriteCaptureAsync(NpgsqlConnection connection, UploadPlan plan, CancellationToken cancel)
    {
        var upload = plan.Upload;
        var id = Guid.CreateVersion7(upload.ReceivedAt);
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO capture (capture_id, project, sha256, format, version, file_name, decoded_bytes, stored_bytes, snapshots, events, contents, report, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12) ON CONFLICT (project, sha256) DO NOTHING
            """, connection)
        {
            Parameters =
            {
                new() { Value = id }, new() { Value = upload.Project }, new() { Value = upload.Sha256 }, new() { Value = CleanText.Of(upload.Parsed.Format, 64) },
                new() { Value = CleanText.Of(upload.Parsed.Version, 255) }, new() { Value = CleanText.Of(upload.FileName, 1024) }, new() { Value = upload.DecodedBytes },
                new() { Value = upload.Parsed.Snapshots.Count }, new() { Value = upload.Parsed.Traces.Sum(t => t.Events.Count) },
                new() { Value = Json.Of(CaptureContentsRow.Of(upload.Parsed)), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = Json.OfReport(upload.Parsed.Diagnostics), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = upload.ReceivedAt.UtcDateTime },
            },
        };
        if (await insert.ExecuteNonQueryAsync(cancel) == 0)
        {
            (id, var isDropped) = await KnownCaptureAsync(connection, upload, cancel);
            if (!isDropped) return id;
        }
        var stored = await ChunkTable.Captures.WriteAsync(connection, id, upload.Content, cancel);
        await using var size = new NpgsqlCommand("UPDATE capture SET stored_bytes = $2, text_dropped_at = NULL WHERE capture_id = $1", connection) { Parameters = { new() { Value = id }, new() { Value = stored } } };
        await size.ExecuteNonQueryAsync(cancel);
        return id;
    }

    /// <summary>The capture of these bytes and whether its text was dropped: then it is brought anew, since the proof was for the uploads before this one. Until this upload ends nobody drops it.</summary>
    private static async Task<(Guid Id, bool IsDropped)> KnownCaptureAsync(NpgsqlConnection connection, CaptureUpload upload, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT capture_id, text_dropped_at IS NOT NULL FROM capture WHERE project = $1 AND sha256 = $2 FOR NO KEY UPDATE", connection)
        {
            Parameters = { new() { Value = upload.Project }, new() { Value = upload.Sha256 } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetGuid(0), reader.GetBoolean(1)) : throw new InvalidOperationException("capture vanished");
    }

    /// <summary>Commits. When the answer to COMMIT is lost, asks the database what became of it instead of guessing.</summary>
    private async Task CommitAsync(NpgsqlTransaction transaction, UploadPlan plan, Guid processId)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
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
                await using var connection = await source.OpenConnectionAsync(limit.Token);
                await using var transaction = await connection.BeginTransactionAsync(limit.Token);
                // The old backend may still be at it: its lock is held until it has committed or not.
                await ProcessRecognition.LockAsync(connection, plan, limit.Token);
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
