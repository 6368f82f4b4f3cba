using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Storage.Stacks;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>What is known of the code of a process beside its snapshots: names of what a JIT wrote, and build ids of its modules.</summary>
public sealed class CodeMapQuery(NpgsqlDataSource database)
{
    /// <summary>Lists of build ids that are read: the newest. A program is recorded a few times, not thousands.</summary>
    private const int MostLists = 100;

    /// <summary>Build ids of modules by path, of all lists that were uploaded for a process; a later list holds over an earlier one.</summary>
    /// <exception cref="InvalidDataException">A stored list is damaged.</exception>
    public async Task<IReadOnlyDictionary<string, string>> BuildIdsAsync(Guid process, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"SELECT data FROM code_map WHERE process_id = $1 AND codec = {CodeMapCodec.BuildIds} ORDER BY code_map_id DESC LIMIT {MostLists}");
        command.Parameters.Add(new() { Value = process });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var byPath = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            foreach (var (path, id) in CodeMapCodec.DecodeBuildIds(reader.GetFieldValue<byte[]>(0))) byPath.TryAdd(path, id);
        return byPath;
    }

    /// <summary>Which map of JIT code names the frames of a trace (<see cref="JitNames.Choose"/>), or null where the process has none.</summary>
    /// <param name="process">The process.</param>
    /// <param name="end">When the trace ended, or null.</param>
    /// <param name="cancel">Ends the query.</param>
    public async Task<Guid?> FindJitNamesAsync(Guid process, DateTimeOffset? end, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"SELECT code_map_id, received_at FROM code_map WHERE process_id = $1 AND codec = {CodeMapCodec.JitNames} ORDER BY received_at, code_map_id");
        command.Parameters.Add(new() { Value = process });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (ids, received) = (new List<Guid>(), new List<DateTimeOffset>());
        while (await reader.ReadAsync(cancel))
        {
            ids.Add(reader.GetGuid(0));
            received.Add(reader.Time(1));
        }
        return JitNames.Choose(received, end) is >= 0 and var index ? ids[index] : null;
    }

    /// <summary>The names of a map, or null when it is gone.</summary>
    /// <exception cref="InvalidDataException">The stored map is damaged.</exception>
    public async Task<PerfMap?> LoadJitNamesAsync(Guid process, Guid map, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"SELECT data FROM code_map WHERE process_id = $1 AND code_map_id = $2 AND codec = {CodeMapCodec.JitNames}");
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = map });
        return await command.ExecuteScalarAsync(cancel) is byte[] data ? CodeMapCodec.DecodeJitNames(data) : null;
    }
}
