using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Folding;

/// <summary>
/// Folds the blocks of a process into fewer. Reads and writes without a lock, compares what it wrote with what it read, then exchanges the rows in one short transaction, if they are still those that
/// were read: a reader's statement sees the old rows or the new ones, each snapshot once. Uploads never wait for it.
/// </summary>
public sealed class BlockFolding(NpgsqlDataSource source)
{
    private const int LockSpace = 0x666f6c64; // "fold": a space of its own beside the keys of uploads and of retention

    /// <summary>Folds what is worth folding.</summary>
    /// <param name="process">The process.</param>
    /// <param name="since">Only blocks that arrived since: older days were folded when they ended.</param>
    /// <param name="quiet">Nothing has come for a while: a few blocks are worth it too.</param>
    /// <param name="pause">Awaited after each fold, with the time that it took.</param>
    /// <param name="cancel">Stops between two folds; one that is under way is rolled back.</param>
    /// <returns>How many folds were made, or null when another node folds this process just now.</returns>
    /// <exception cref="InvalidDataException">A block is damaged, or does not read back as it was written: nothing was replaced.</exception>
    public async Task<int?> FoldAsync(Guid process, DateTimeOffset since, bool quiet, Func<TimeSpan, Task> pause, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (!await LockAsync(connection, process, cancel)) return null;
        try
        {
            var folds = 0;
            foreach (var track in (await ListAsync(connection, process, since, cancel)).GroupBy(b => b.Source))
            {
                var blocks = track.ToList();
                while (FoldPlan.Next(blocks, quiet) is { } batch)
                {
                    var begun = System.Diagnostics.Stopwatch.GetTimestamp();
                    var folded = await FoldAsync(connection, process, batch, cancel);
                    if (folded is null) break; // deleted or replaced meanwhile: what is there is seen next time
                    blocks.RemoveAll(batch.Contains);
                    blocks.AddRange(folded);
                    folds++;
                    await pause(System.Diagnostics.Stopwatch.GetElapsedTime(begun));
                }
            }
            return folds;
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open) await UnlockAsync(connection, process);
        }
    }

    /// <summary>Processes with blocks that could be fewer, for when nobody told of their changes.</summary>
    public async Task<IReadOnlyList<Guid>> FindAsync(CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            $"""
            SELECT DISTINCT process_id FROM (
                SELECT process_id FROM snapshot_block GROUP BY process_id, source, (from_at AT TIME ZONE 'UTC')::date, (received_at AT TIME ZONE 'UTC')::date
                HAVING count(*) > 1 + sum(snapshots) / {SnapshotBlockCodec.MostSnapshots} + 2 * sum(vmas) / {SnapshotBlockCodec.MostVmas}) worth
            """);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var processes = new List<Guid>();
        while (await reader.ReadAsync(cancel)) processes.Add(reader.GetGuid(0));
        return processes;
    }

    private static async Task<bool> LockAsync(NpgsqlConnection connection, Guid process, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1, hashtext($2))", connection) { Parameters = { new() { Value = LockSpace }, new() { Value = process.ToString() } } };
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static async Task UnlockAsync(NpgsqlConnection connection, Guid process)
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1, hashtext($2))", connection) { Parameters = { new() { Value = LockSpace }, new() { Value = process.ToString() } } };
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            // The lock went with the connection.
        }
    }

    private static async Task<List<StoredBlock>> ListAsync(NpgsqlConnection connection, Guid process, DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "SELECT source, first_number, snapshots, vmas, from_at, to_at, received_at FROM snapshot_block WHERE process_id = $1 AND received_at >= $2", connection)
        {
            Parameters = { new() { Value = process }, new() { Value = since.UtcDateTime } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var blocks = new List<StoredBlock>();
        while (await reader.ReadAsync(cancel))
            blocks.Add(new StoredBlock((SnapshotSource)reader.GetInt16(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt64(3), At(4), At(5), At(6)));
        return blocks;

        DateTimeOffset At(int column) => new(reader.GetDateTime(column), TimeSpan.Zero);
    }

    private static async Task<List<StoredBlock>?> FoldAsync(NpgsqlConnection connection, Guid process, IReadOnlyList<StoredBlock> batch, CancellationToken cancel)
    {
        if (await ReadAsync(connection, process, batch, cancel) is not { } read) return null;
        var points = new List<TrackPoint>();
        var pool = new StringPool();
        foreach (var (first, _, data) in read) points.AddRange(SnapshotBlockCodec.Read(data, first, pool));
        if (points.Count != batch.Sum(b => b.Snapshots)) throw new InvalidDataException($"blocks of {batch.Sum(b => b.Snapshots)} snapshots hold {points.Count}");
        points.Sort((a, b) => a.TakenAt != b.TakenAt ? a.TakenAt.CompareTo(b.TakenAt) : a.Number.CompareTo(b.Number));
        var receivedAt = batch.Max(b => b.ReceivedAt);
        var made = SnapshotBlockCodec.Split(points).Select(p => FoldedBlock.Of(batch[0].Source, p, receivedAt, pool)).ToList();
        return await ReplaceAsync(connection, process, batch[0].Source, read, made, cancel) ? made.ConvertAll(m => m.Block) : null;
    }

    private static async Task<List<(int First, byte[] Digest, byte[] Data)>?> ReadAsync(NpgsqlConnection connection, Guid process, IReadOnlyList<StoredBlock> batch, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT first_number, sha256(data), data FROM snapshot_block WHERE process_id = $1 AND source = $2 AND first_number = ANY ($3)", connection)
        {
            Parameters = { new() { Value = process }, new() { Value = (short)batch[0].Source }, new() { Value = batch.Select(b => b.First).ToArray() } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var read = new List<(int First, byte[] Digest, byte[] Data)>();
        while (await reader.ReadAsync(cancel)) read.Add((reader.GetInt32(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2)));
        return read.Count == batch.Count ? read : null;
    }

    private static async Task<bool> ReplaceAsync(NpgsqlConnection connection, Guid process, SnapshotSource track, List<(int First, byte[] Digest, byte[] Data)> old, List<FoldedBlock> made,
        CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Lost in a crash it is lost whole, and made again: nobody waits for the disk. Retention holds its lock alone while it deletes.
        await using (var begin = new NpgsqlCommand($"SELECT set_config('synchronous_commit', 'off', true), pg_try_advisory_xact_lock_shared({Retention.LockKey})", connection))
        {
            await using var reader = await begin.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            if (!reader.GetBoolean(1)) return false;
        }
        await using (var delete = new NpgsqlCommand(
            "DELETE FROM snapshot_block b USING unnest($3, $4) AS old(first, digest) WHERE b.process_id = $1 AND b.source = $2 AND b.first_number = old.first AND sha256(b.data) = old.digest", connection))
        {
            delete.Parameters.Add(new() { Value = process });
            delete.Parameters.Add(new() { Value = (short)track });
            delete.Parameters.Add(new() { Value = old.Select(o => o.First).ToArray() });
            delete.Parameters.Add(new() { Value = old.Select(o => o.Digest).ToArray() });
            if (await delete.ExecuteNonQueryAsync(cancel) != old.Count) return false; // disposing the transaction rolls back
        }
        await using (var copy = await connection.BeginBinaryImportAsync(
            "COPY snapshot_block (process_id, source, first_number, last_number, snapshots, vmas, from_at, to_at, received_at, codec, data) FROM STDIN (FORMAT binary)", cancel))
        {
            foreach (var (block, last, data) in made)
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(process, NpgsqlDbType.Uuid, cancel);
                await copy.WriteAsync((short)block.Source, NpgsqlDbType.Smallint, cancel);
                await copy.WriteAsync(block.First, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(last, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(block.Snapshots, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(block.Vmas, NpgsqlDbType.Bigint, cancel);
                await copy.WriteAsync(block.FromAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
                await copy.WriteAsync(block.ToAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
                await copy.WriteAsync(block.ReceivedAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
                await copy.WriteAsync((short)SnapshotBlockCodec.Version, NpgsqlDbType.Smallint, cancel);
                await copy.WriteAsync(data, NpgsqlDbType.Bytea, cancel);
            }
            await copy.CompleteAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>A new block, ready to take the place of others.</summary>
    private sealed record FoldedBlock(StoredBlock Block, int Last, byte[] Data)
    {
        public static FoldedBlock Of(SnapshotSource track, IReadOnlyList<TrackPoint> points, DateTimeOffset receivedAt, StringPool pool)
        {
            var data = SnapshotBlockCodec.Encode(points);
            var first = points.Min(p => p.Number);
            var same = SnapshotBlockCodec.Read(data, first, pool).Zip(points).Count(p => p.First.Number == p.Second.Number && p.First.TakenAt == p.Second.TakenAt && p.First.Vmas.HoldsSameAs(p.Second.Vmas));
            if (same != points.Count) throw new InvalidDataException($"a folded block reads back {same} of {points.Count} snapshots as they were; nothing was replaced");
            return new FoldedBlock(new StoredBlock(track, first, points.Count, points.Sum(p => (long)p.Vmas.Count), points[0].TakenAt, points[^1].TakenAt, receivedAt), points.Max(p => p.Number), data);
        }
    }
}
