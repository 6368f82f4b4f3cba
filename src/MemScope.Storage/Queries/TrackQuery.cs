using System.Runtime.CompilerServices;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>What do the mappings of a process look like over time?</summary>
public sealed class TrackQuery(NpgsqlDataSource database)
{
    /// <summary>
    /// The snapshots of a track whose number is greater than <paramref name="afterNumber"/> (0: all), earliest first. Blocks are read one by one: memory holds one, and more only where
    /// their times overlap.
    /// </summary>
    /// <param name="process">The process.</param>
    /// <param name="source">The track.</param>
    /// <param name="afterNumber">Snapshots up to this one are known to the caller.</param>
    /// <param name="cancel">Ends the query.</param>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async IAsyncEnumerable<TrackPoint> ByTimeAsync(Guid process, SnapshotSource source, int afterNumber, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "SELECT first_number, from_at, codec, data FROM snapshot_block WHERE process_id = $1 AND source = $2 AND last_number > $3 ORDER BY from_at, first_number");
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = (short)source });
        command.Parameters.Add(new() { Value = afterNumber });
        var waiting = new PriorityQueue<TrackPoint, (DateTimeOffset At, int Number)>();
        var pool = new StringPool();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            // What this block or one behind it may still come before has to wait. The database keeps microseconds, cut off: never later than the snapshot's own time.
            var from = reader.Time(1);
            while (waiting.TryPeek(out _, out var first) && first.At < from) yield return waiting.Dequeue();
            foreach (var point in Decode(reader, pool))
                if (point.Number > afterNumber) waiting.Enqueue(point, (point.TakenAt, point.Number));
        }
        while (waiting.TryDequeue(out var point, out _)) yield return point;
    }

    /// <summary>One snapshot with its mappings, or null.</summary>
    /// <exception cref="InvalidDataException">The stored block is damaged.</exception>
    public async Task<TrackPoint?> FindAsync(Guid process, int number, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            SELECT b.first_number, b.from_at, b.codec, b.data FROM snapshot s
            JOIN snapshot_block b ON b.process_id = s.process_id AND b.source = s.source AND b.first_number <= s.number AND b.last_number >= s.number
                AND s.taken_at BETWEEN b.from_at AND b.to_at
            WHERE s.process_id = $1 AND s.number = $2
            """);
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = number });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var pool = new StringPool();
        while (await reader.ReadAsync(cancel))
            if (Decode(reader, pool).Find(p => p.Number == number) is { } point) return point;
        return null;
    }

    /// <summary>Snapshots of a track by number, block by block, so that memory holds one block; in the order of blocks.</summary>
    /// <param name="process">The process.</param>
    /// <param name="source">The track.</param>
    /// <param name="from">Least number.</param>
    /// <param name="to">Greatest number.</param>
    /// <param name="cancel">Ends the query.</param>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async IAsyncEnumerable<TrackPoint> ReadAsync(Guid process, SnapshotSource source, int from, int to, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "SELECT first_number, vmas, codec, data FROM snapshot_block WHERE process_id = $1 AND source = $2 AND first_number <= $4 AND last_number >= $3 ORDER BY first_number");
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = (short)source });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var pool = new StringPool();
        while (await reader.ReadAsync(cancel))
            foreach (var point in Decode(reader, pool))
                if (point.Number >= from && point.Number <= to) yield return point;
    }

    private static List<TrackPoint> Decode(NpgsqlDataReader reader, StringPool pool) => [.. SnapshotBlockCodec.Read(reader.GetFieldValue<byte[]>(3), reader.GetInt32(0), pool)];
}
