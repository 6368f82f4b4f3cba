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
    /// The snapshots of a track whose number is greater than <paramref name="afterNumber"/> (0: all), earliest first. Memory holds one snapshot and its block, and of blocks whose times
    /// overlap as many: each is read on only as far as its next snapshot.
    /// </summary>
    /// <param name="process">The process.</param>
    /// <param name="source">The track.</param>
    /// <param name="afterNumber">Snapshots up to this one are known to the caller.</param>
    /// <param name="cancel">Ends the query.</param>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async IAsyncEnumerable<TrackPoint> ByTimeAsync(Guid process, SnapshotSource source, int afterNumber, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "SELECT first_number, data, from_at FROM snapshot_block WHERE process_id = $1 AND source = $2 AND last_number > $3 ORDER BY from_at, first_number");
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = (short)source });
        command.Parameters.Add(new() { Value = afterNumber });
        var open = new PriorityQueue<IEnumerator<TrackPoint>, (DateTimeOffset At, int Number)>();
        try
        {
            var pool = new StringPool();
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                // What this block or one behind it may still come before has to wait. The database keeps microseconds, cut off: never later than the snapshot's own time.
                var from = reader.Time(2);
                while (open.TryPeek(out _, out var first) && first.At < from) yield return Next();
                GoOn(Decode(reader, pool).Where(p => p.Number > afterNumber).GetEnumerator());
            }
            while (open.Count > 0) yield return Next();
        }
        finally
        {
            foreach (var (block, _) in open.UnorderedItems) block.Dispose();
        }

        TrackPoint Next()
        {
            var block = open.Dequeue();
            var point = block.Current;
            GoOn(block);
            return point;
        }

        // A block holds its snapshots in the order of time.
        void GoOn(IEnumerator<TrackPoint> block)
        {
            if (block.MoveNext()) open.Enqueue(block, (block.Current.TakenAt, block.Current.Number));
            else block.Dispose();
        }
    }

    /// <summary>One snapshot with its mappings, or null.</summary>
    /// <exception cref="InvalidDataException">The stored block is damaged.</exception>
    public async Task<TrackPoint?> FindAsync(Guid process, int number, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            SELECT b.first_number, b.data FROM snapshot s
            JOIN snapshot_block b ON b.process_id = s.process_id AND b.source = s.source AND b.first_number <= s.number AND b.last_number >= s.number
                AND s.taken_at BETWEEN b.from_at AND b.to_at
            WHERE s.process_id = $1 AND s.number = $2
            """);
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = number });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var pool = new StringPool();
        while (await reader.ReadAsync(cancel))
            if (Decode(reader, pool).FirstOrDefault(p => p.Number == number) is { } point) return point;
        return null;
    }

    /// <summary>Snapshots of a track by number, block by block, so that memory holds one block's bytes and one snapshot; in the order of blocks.</summary>
    /// <param name="process">The process.</param>
    /// <param name="source">The track.</param>
    /// <param name="from">Least number.</param>
    /// <param name="to">Greatest number.</param>
    /// <param name="cancel">Ends the query.</param>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async IAsyncEnumerable<TrackPoint> ReadAsync(Guid process, SnapshotSource source, int from, int to, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "SELECT first_number, data FROM snapshot_block WHERE process_id = $1 AND source = $2 AND first_number <= $4 AND last_number >= $3 ORDER BY first_number");
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

    private static IEnumerable<TrackPoint> Decode(NpgsqlDataReader reader, StringPool pool) => SnapshotBlockCodec.Read(reader.GetFieldValue<byte[]>(1), reader.GetInt32(0), pool);
}
