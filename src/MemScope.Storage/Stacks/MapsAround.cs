using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using Npgsql;

namespace MemScope.Storage.Stacks;

/// <summary>The stored mappings of a process around a moment: what its addresses meant then.</summary>
internal static class MapsAround
{
    // Those that print offsets and whole paths.
    private static readonly SnapshotSource[] Sources = [SnapshotSource.Smaps, SnapshotSource.Maps];

    /// <summary>Snapshots of one moment: the nearest, the nearest on its other side, and the first of all, which knew files that lie under anonymous memory since.</summary>
    private const int MostSnapshots = 3;

    /// <summary>Mappings of a few snapshots, the nearest in time first.</summary>
    /// <param name="connection">An open connection, perhaps inside a transaction.</param>
    /// <param name="process">The process.</param>
    /// <param name="at">The moment.</param>
    /// <param name="cancel">Ends the query.</param>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public static async Task<IReadOnlyList<VmaTable>> ReadAsync(NpgsqlConnection connection, Guid process, DateTimeOffset at, CancellationToken cancel)
    {
        var candidates = new List<(SnapshotSource Source, int Number, DateTimeOffset At)>();
        foreach (var source in Sources)
        {
            await using var command = new NpgsqlCommand(
                $"""
                (SELECT number, taken_at FROM snapshot WHERE process_id = $1 AND source = {(short)source} AND taken_at >= $2 ORDER BY taken_at LIMIT 1)
                UNION (SELECT number, taken_at FROM snapshot WHERE process_id = $1 AND source = {(short)source} AND taken_at < $2 ORDER BY taken_at DESC LIMIT 1)
                UNION (SELECT number, taken_at FROM snapshot WHERE process_id = $1 AND source = {(short)source} ORDER BY taken_at LIMIT 1)
                """, connection) { Parameters = { new() { Value = process }, new() { Value = at.UtcDateTime } } };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel)) candidates.Add((source, reader.GetInt32(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero)));
        }
        var byDistance = candidates.OrderBy(c => (c.At - at).Duration()).ThenBy(c => c.Source).DistinctBy(c => c.At).ToList();
        var chosen = byDistance.Count <= MostSnapshots ? byDistance : [.. byDistance.Take(MostSnapshots - 1), byDistance.MinBy(c => c.At)];
        var maps = new List<VmaTable>(chosen.Count);
        foreach (var (source, number, _) in chosen.Distinct())
            if (await FindAsync(connection, process, source, number, cancel) is { } vmas) maps.Add(vmas);
        return maps;
    }

    private static async Task<VmaTable?> FindAsync(NpgsqlConnection connection, Guid process, SnapshotSource source, int number, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "SELECT first_number, data FROM snapshot_block WHERE process_id = $1 AND source = $2 AND first_number <= $3 AND last_number >= $3", connection)
        {
            Parameters = { new() { Value = process }, new() { Value = (short)source }, new() { Value = number } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var pool = new StringPool();
        while (await reader.ReadAsync(cancel))
            foreach (var point in SnapshotBlockCodec.Read(reader.GetFieldValue<byte[]>(1), reader.GetInt32(0), pool))
                if (point.Number == number) return point.Vmas;
        return null;
    }
}
