using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>What do the traces of a process say of where its memory moved?</summary>
public sealed class MovesQuery(NpgsqlDataSource database)
{
    /// <summary>Most records that a call loads, over all traces; the newest traces are read first.</summary>
    public const int MostRecords = 1_000_000;

    /// <summary>Ids of the traces that say something, ascending. A track that was linked without one of them must be built again.</summary>
    public async Task<IReadOnlyList<Guid>> TracesAsync(Guid process, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "SELECT trace_id FROM trace t WHERE process_id = $1 AND EXISTS (SELECT FROM trace_move m WHERE m.process_id = $1 AND m.trace_id = t.trace_id) ORDER BY trace_id");
        command.Parameters.Add(new() { Value = process });
        var ids = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) ids.Add(reader.GetGuid(0));
        return ids;
    }

    /// <summary>The evidence of all of them.</summary>
    public async Task<MoveEvidence> LoadAsync(Guid process, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"SELECT trace_id, time_ns, at, old_start, old_end, new_start, new_end FROM trace_move WHERE process_id = $1 ORDER BY trace_id DESC, ordinal LIMIT {MostRecords}");
        command.Parameters.Add(new() { Value = process });
        var traces = new Dictionary<Guid, List<TracedMove>>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var trace = reader.GetGuid(0);
            if (!traces.TryGetValue(trace, out var moves)) traces.Add(trace, moves = []);
            DateTimeOffset? at = reader.IsDBNull(2) ? null : new DateTimeOffset(reader.GetDateTime(2), TimeSpan.Zero);
            moves.Add(new TracedMove(reader.GetInt64(1), at, Range(reader, 3), Range(reader, 5)));
        }
        return MoveEvidence.Of(traces.Values);
    }

    // Addresses use all 64 bits; bigint is signed.
    private static AddressRange Range(NpgsqlDataReader reader, int column) => new(unchecked((ulong)reader.GetInt64(column)), unchecked((ulong)reader.GetInt64(column + 1)));
}
