using MemScope.Storage.Queries;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Captures;

/// <summary>What a run of <see cref="TextDropping"/> did.</summary>
/// <param name="Dropped">Captures whose text is gone.</param>
/// <param name="StoredBytes">Bytes that their text took.</param>
/// <param name="Kept">Captures whose text stays, with the reason noted.</param>
public sealed record TextDroppingReport(int Dropped, long StoredBytes, int Kept);

/// <summary>
/// Deletes the uploaded text of snapshots once the store has proved that it gives back every number in it: text takes ten times the block. The capture itself, its digest and its parse report
/// stay, so that a repeat is still recognised. Traces and heap profiles keep theirs, and so does what is pinned. Shares need none: they hold their own data.
/// </summary>
public sealed class TextDropping(NpgsqlDataSource source, TrackQuery tracks, TimeProvider time, ILogger<TextDropping> logger)
{
    private const int MostPerRun = 1000;

    /// <summary>Formats whose text may go; of <c>mixed</c> only when nothing else is in it.</summary>
    private static readonly string[] Formats = ["smaps", "maps", "pmap", "mixed"];

    private readonly TextProof _proof = new(source, tracks);

    /// <summary>Drops what was received before <paramref name="before"/> and is proven; of the rest it notes why not, once.</summary>
    public async Task<TextDroppingReport> RunAsync(DateTimeOffset before, CancellationToken cancel)
    {
        var report = new TextDroppingReport(0, 0, 0);
        foreach (var capture in await CandidatesAsync(before, cancel))
        {
            cancel.ThrowIfCancellationRequested();
            var uploads = await UploadsAsync(capture.Id, cancel);
            if (uploads.Count == 0 || uploads.Max(u => u.ReceivedAt) >= before) continue;
            var reason = await ReasonToKeepAsync(capture, [.. uploads.Select(u => u.Id)], cancel);
            if (reason is not null) await KeepAsync(capture, reason, cancel);
            else if (!await DropAsync(capture.Id, uploads.Count, cancel)) continue;
            report = reason is null ? report with { Dropped = report.Dropped + 1, StoredBytes = report.StoredBytes + capture.StoredBytes } : report with { Kept = report.Kept + 1 };
        }
        return report;
    }

    /// <summary>Keeps the text of a capture for good, or lets it go when its time comes; null without such a capture, false when there is no text left to keep.</summary>
    public async Task<bool?> PinAsync(string project, Guid capture, bool isPinned, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            UPDATE capture SET pinned = $3 AND text_dropped_at IS NULL, text_kept = CASE WHEN $3 THEN text_kept END WHERE project = $1 AND capture_id = $2 RETURNING NOT $3 OR text_dropped_at IS NULL
            """);
        command.Parameters.Add(new() { Value = project });
        command.Parameters.Add(new() { Value = capture });
        command.Parameters.Add(new() { Value = isPinned });
        return await command.ExecuteScalarAsync(cancel) as bool?;
    }

    private sealed record Candidate(Guid Id, string FileName, long StoredBytes);

    private async Task<List<Candidate>> CandidatesAsync(DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT capture_id, file_name, stored_bytes FROM capture
            WHERE text_dropped_at IS NULL AND text_kept IS NULL AND NOT pinned AND format = ANY ($1) AND snapshots > 0 AND events = 0 AND received_at < $2 ORDER BY received_at LIMIT {MostPerRun}
            """);
        command.Parameters.Add(new() { Value = Formats });
        command.Parameters.Add(new() { Value = before.UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<Candidate>();
        while (await reader.ReadAsync(cancel)) found.Add(new Candidate(reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2)));
        return found;
    }

    /// <summary>The uploads of a capture with the receipt of each; one upload may show several processes.</summary>
    private async Task<List<(Guid Id, DateTimeOffset ReceivedAt)>> UploadsAsync(Guid capture, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("SELECT upload_id, max(received_at) FROM upload WHERE capture_id = $1 GROUP BY upload_id");
        command.Parameters.Add(new() { Value = capture });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var uploads = new List<(Guid, DateTimeOffset)>();
        while (await reader.ReadAsync(cancel)) uploads.Add((reader.GetGuid(0), reader.Time(1)));
        return uploads;
    }

    private async Task<string?> ReasonToKeepAsync(Candidate capture, List<Guid> uploads, CancellationToken cancel)
    {
        await using var text = await ChunkTable.Captures.OpenAsync(source, capture.Id, cancel);
        if (text is null) return "its text is missing";
        try
        {
            return await _proof.FirstReasonToKeepAsync(capture.Id, capture.FileName, uploads, text, cancel);
        }
        catch (InvalidDataException damage)
        {
            return $"the store or the text is damaged: {damage.Message}";
        }
        catch (Exception e) when (e is not (OperationCanceledException or NpgsqlException or TimeoutException or IOException))
        {
            logger.LogError(e, "The text of capture {Capture} cannot be compared with the store", capture.Id); // a defect: it must not end the server
            return "it could not be compared with the store: see the server's log";
        }
    }

    private async Task KeepAsync(Candidate capture, string reason, CancellationToken cancel)
    {
        logger.LogInformation("The text of capture {Capture} ({FileName}) stays: {Reason}", capture.Id, capture.FileName, reason);
        await using var command = source.CreateCommand("UPDATE capture SET text_kept = $2 WHERE capture_id = $1 AND text_dropped_at IS NULL");
        command.Parameters.Add(new() { Value = capture.Id });
        command.Parameters.Add(new() { Value = CleanText.Of(reason, 1000) });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Deletes the text; false when the capture was pinned or uploaded once more since it was proven.</summary>
    private async Task<bool> DropAsync(Guid capture, int provenUploads, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // An upload of the same bytes holds the row for share until it has committed (CaptureStore).
        await using (var held = new NpgsqlCommand("SELECT pinned OR text_dropped_at IS NOT NULL FROM capture WHERE capture_id = $1 FOR UPDATE", connection) { Parameters = { new() { Value = capture } } })
            if (await held.ExecuteScalarAsync(cancel) is not false) return false;
        await using (var uploads = new NpgsqlCommand("SELECT count(DISTINCT upload_id) FROM upload WHERE capture_id = $1", connection) { Parameters = { new() { Value = capture } } })
            if ((long)(await uploads.ExecuteScalarAsync(cancel))! != provenUploads) return false;
        await using var batch = new NpgsqlBatch(connection)
        {
            Timeout = 0, // gigabytes may go
            BatchCommands =
            {
                new("DELETE FROM capture_chunk WHERE capture_id = $1") { Parameters = { new() { Value = capture } } },
                new("UPDATE capture SET text_dropped_at = $2, stored_bytes = 0 WHERE capture_id = $1")
                {
                    Parameters = { new() { Value = capture }, new() { Value = time.GetUtcNow().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}

/// <summary>Runs <see cref="TextDropping"/> when an age is set.</summary>
internal sealed class TextDroppingLoop(TextDropping dropping, StorageOptions options, TimeProvider time, ILogger<TextDroppingLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1), Shortest = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.KeepText is not { } keep) return;
        using var timer = new PeriodicTimer(keep / 4 < Shortest ? Shortest : keep / 4 > Longest ? Longest : keep / 4, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var report = await dropping.RunAsync(time.GetUtcNow() - keep, stoppingToken);
                if (report.Dropped + report.Kept > 0)
                    logger.LogInformation("Dropped the text of {Captures} captures, {Bytes} bytes, which the store gives back number for number; that of {Kept} stays", report.Dropped, report.StoredBytes, report.Kept);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                logger.LogWarning("Text of old captures could not be dropped: {Problem}", e.Message);
            }
        }
    }
}
