using System.Runtime.CompilerServices;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>Snapshots of one track with their mappings, in time order.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Source">The source.</param>
/// <param name="Points">The snapshots, earliest first.</param>
/// <param name="LastNumber">Greatest snapshot number among them, or the number asked for when there is none: pass it to the next call to get what has come since.</param>
/// <param name="Truncated">There were more mappings than one call loads; the earliest snapshots are missing.</param>
public sealed record TrackPoints(Guid ProcessId, SnapshotSource Source, IReadOnlyList<TrackPoint> Points, int LastNumber, bool Truncated);

/// <summary>What do the mappings of a process look like over time?</summary>
public sealed class TrackQuery(NpgsqlDataSource database)
{
    /// <summary>Most mappings that a call loads, over all snapshots.</summary>
    public const int MostVmas = 6_000_000;

    /// <summary>Loads the snapshots of a track whose number is greater than <paramref name="afterNumber"/> (0: all).</summary>
    /// <param name="process">The process.</param>
    /// <param name="source">The track.</param>
    /// <param name="afterNumber">Snapshots up to this one are known to the caller.</param>
    /// <param name="cancel">Ends the query.</param>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async Task<TrackPoints> LoadAsync(Guid process, SnapshotSource source, int afterNumber, CancellationToken cancel)
    {
        // Newest arrivals first, so that the cap cuts off the oldest.
        await using var command = database.CreateCommand(
            "SELECT first_number, vmas, codec, data FROM snapshot_block WHERE process_id = $1 AND source = $2 AND last_number > $3 ORDER BY first_number DESC");
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = (short)source });
        command.Parameters.Add(new() { Value = afterNumber });
        var points = new List<TrackPoint>();
        var pool = new StringPool();
        var vmas = 0L;
        var truncated = false;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (!truncated && await reader.ReadAsync(cancel))
            {
                vmas += reader.GetInt64(1);
                truncated = points.Count > 0 && vmas > MostVmas;
                if (!truncated) points.AddRange(Decode(reader, pool).Where(p => p.Number > afterNumber));
            }
        }
        points.Sort((a, b) => a.TakenAt != b.TakenAt ? a.TakenAt.CompareTo(b.TakenAt) : a.Number.CompareTo(b.Number));
        for (var i = 1; i < points.Count; i++) points[i] = points[i] with { Vmas = ColumnSharing.Share(points[i - 1].Vmas, points[i].Vmas) };
        return new TrackPoints(process, source, points, points.Count == 0 ? afterNumber : points.Max(p => p.Number), truncated);
    }

    /// <summary>One snapshot with its mappings, or null.</summary>
    /// <exception cref="InvalidDataException">The stored block is damaged.</exception>
    public async Task<TrackPoint?> FindAsync(Guid process, int number, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            SELECT b.first_number, b.vmas, b.codec, b.data FROM snapshot s
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
