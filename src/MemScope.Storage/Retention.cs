using MemScope.Storage.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Storage;

/// <summary>What a run of <see cref="Retention"/> deleted.</summary>
public sealed record RetentionReport(long Snapshots, long Traces, long Captures, long Processes);

/// <summary>
/// Deletes what arrived before a day: the time of receipt counts, so that an old log uploaded today stays as long as anything else of today. Shares stay: they hold their own data.
/// </summary>
public sealed class Retention(NpgsqlDataSource source, ChangeFeed feed)
{
    /// <summary>Held shared by uploads and alone by a deletion: what an upload builds on must not go under its hands.</summary>
    internal const long LockKey = 0x6b65657064617973;

    private static readonly TimeSpan LockLimit = TimeSpan.FromMinutes(1);

    /// <summary>Deletes snapshots, traces and captures received before the UTC day of <paramref name="before"/>, and processes of which nothing is left.</summary>
    /// <exception cref="TimeoutException">Uploads never paused for a moment; try later.</exception>
    public async Task<RetentionReport> DeleteAsync(DateTimeOffset before, CancellationToken cancel)
    {
        before = new DateTimeOffset(before.UtcDateTime.Date, TimeSpan.Zero); // a block holds snapshots of one UTC day of receipt: it goes, or stays, with all their rows
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await LockAsync(connection, cancel);
        var affected = await AffectedAsync(connection, before, cancel);
        var snapshots = await ExecuteAsync(connection, "DELETE FROM snapshot WHERE received_at < $1", before, cancel);
        await ExecuteAsync(connection, "DELETE FROM snapshot_block WHERE received_at < $1", before, cancel);
        await ExecuteAsync(connection, "DELETE FROM side_figures WHERE received_at < $1", before, cancel);
        var traces = await ExecuteAsync(connection, "DELETE FROM trace WHERE received_at < $1", before, cancel);
        await ExecuteAsync(connection, "DELETE FROM heap_profile WHERE received_at < $1", before, cancel);
        await ExecuteAsync(connection, "DELETE FROM stack_module WHERE received_at < $1", before, cancel);
        await ExecuteAsync(connection, "DELETE FROM code_map WHERE received_at < $1", before, cancel);
        await ExecuteAsync(connection, "DELETE FROM symbol_lines WHERE at < $1", before, cancel);
        await ExecuteAsync(connection, "DELETE FROM symbol_verdict WHERE at < $1", before, cancel);
        await ExecuteAsync(connection, "DELETE FROM upload WHERE received_at < $1", before, cancel);
        await ExecuteAsync(connection, "DELETE FROM idempotency_key WHERE received_at < $1", before, cancel);
        var captures = await ExecuteAsync(connection, "DELETE FROM capture c WHERE received_at < $1 AND NOT EXISTS (SELECT FROM upload u WHERE u.capture_id = c.capture_id)", before, cancel);
        var processes = await ExecuteAsync(connection,
            "DELETE FROM process p WHERE created_at < $1 AND NOT EXISTS (SELECT FROM upload u WHERE u.process_id = p.process_id)", before, cancel);
        var changes = await RecountAsync(connection, affected, cancel);
        await transaction.CommitAsync(cancel);
        feed.Publish(changes);
        return new RetentionReport(snapshots, traces, captures, processes);
    }

    /// <summary>Waits for a moment without uploads instead of queueing for the lock, which would hold every later upload up behind one that is slow.</summary>
    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        for (var waited = TimeSpan.Zero; waited < LockLimit; waited += TimeSpan.FromMilliseconds(100))
        {
            await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_xact_lock({LockKey})", connection);
            if (await command.ExecuteScalarAsync(cancel) is true) return;
            await Task.Delay(100, cancel);
        }
        throw new TimeoutException("Uploads never paused for a moment.");
    }

    private static async Task<Guid[]> AffectedAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT DISTINCT process_id FROM upload WHERE received_at < $1", connection) { Parameters = { new() { Value = before.UtcDateTime } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var affected = new List<Guid>();
        while (await reader.ReadAsync(cancel)) affected.Add(reader.GetGuid(0));
        return [.. affected];
    }

    private static async Task<Dictionary<Guid, long>> RecountAsync(NpgsqlConnection connection, Guid[] processes, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("DELETE FROM track WHERE process_id = ANY ($1)") { Parameters = { new() { Value = processes } } },
                new("""
                    INSERT INTO track (process_id, source, snapshots, first_at, last_at, last_rss_bytes)
                    SELECT process_id, source, count(*), min(taken_at), max(taken_at), (array_agg(rss_bytes ORDER BY taken_at DESC, number DESC))[1]
                    FROM snapshot WHERE process_id = ANY ($1) GROUP BY process_id, source
                    """)
                { Parameters = { new() { Value = processes } } },
                new("UPDATE process_state SET change_seq = change_seq + 1 WHERE process_id = ANY ($1) RETURNING process_id, change_seq") { Parameters = { new() { Value = processes } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var changes = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(cancel)) changes[reader.GetGuid(0)] = reader.GetInt64(1);
        return changes;
    }

    private static async Task<long> ExecuteAsync(NpgsqlConnection connection, string sql, DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = before.UtcDateTime } }, CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>Runs <see cref="Retention"/> every hour when days to keep are set.</summary>
internal sealed class RetentionLoop(Retention retention, StorageOptions options, TimeProvider time, ILogger<RetentionLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Keep is not { } keep) return;
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
        do
        {
            try
            {
                var report = await retention.DeleteAsync(time.GetUtcNow() - keep, stoppingToken);
                if (report.Snapshots + report.Traces + report.Captures > 0)
                    logger.LogInformation("Deleted {Snapshots} snapshots, {Traces} traces and {Captures} captures older than {Keep}", report.Snapshots, report.Traces, report.Captures, keep);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                logger.LogWarning("Old data could not be deleted: {Problem}", e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
