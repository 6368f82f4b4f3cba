using MemScope.Storage.Captures;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Symbols;

/// <summary>Stacks whose modules were not counted yet.</summary>
/// <param name="ProcessId">Their process.</param>
/// <param name="StacksId">Id of the trace or heap profile.</param>
/// <param name="IsProfile">Whether it is a heap profile.</param>
/// <param name="ReceivedAt">When it came.</param>
public sealed record UncountedStacks(Guid ProcessId, Guid StacksId, bool IsProfile, DateTimeOffset ReceivedAt);

/// <summary>A module in some stacks.</summary>
/// <param name="Module">Path as printed.</param>
/// <param name="BuildId">Build id in hex, or null.</param>
/// <param name="Frames">Distinct frames in it.</param>
/// <param name="Nameless">Those of them for which the tool printed no name.</param>
/// <param name="NamelessBytes">Bytes that callchains with such a frame mapped or hold.</param>
public sealed record StackModule(string Module, string? BuildId, int Frames, int Nameless, long NamelessBytes);

/// <summary>A module over all processes of a project.</summary>
/// <param name="Module">Path.</param>
/// <param name="BuildId">Build id in hex, or null.</param>
/// <param name="Frames">Frames in it, counted per trace and heap profile.</param>
/// <param name="Nameless">Those of them for which the tool printed no name.</param>
/// <param name="NamelessBytes">Bytes that callchains with such a frame mapped or hold, over all traces and heap profiles.</param>
/// <param name="Processes">Processes.</param>
public sealed record ModuleNeed(string Module, string? BuildId, long Frames, long Nameless, long NamelessBytes, long Processes);

/// <summary>Counts which modules the stacks of all processes lie in, so that the files that are missing most can be named without reading every trace.</summary>
public sealed class StackModuleStore(NpgsqlDataSource source)
{
    /// <summary>Version of the count; raise it to have everything counted again.</summary>
    public const short Survey = 1;

    private const int MostModuleCharacters = 1024;

    /// <summary>Some stacks that are still to be counted, the newest first.</summary>
    public async Task<IReadOnlyList<UncountedStacks>> UncountedAsync(int most, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT s.process_id, s.id, s.is_profile, s.received_at FROM (
                SELECT process_id, trace_id AS id, false AS is_profile, received_at FROM trace
                UNION ALL SELECT process_id, heap_profile_id, true, received_at FROM heap_profile) s
            WHERE NOT EXISTS (SELECT FROM stack_module m WHERE m.process_id = s.process_id AND m.stacks_id = s.id AND m.ordinal = 0 AND m.survey = $1)
            ORDER BY s.received_at DESC LIMIT $2
            """);
        command.Parameters.Add(new() { Value = Survey });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<UncountedStacks>();
        while (await reader.ReadAsync(cancel)) found.Add(new UncountedStacks(reader.GetGuid(0), reader.GetGuid(1), reader.GetBoolean(2), new DateTimeOffset(reader.GetDateTime(3), TimeSpan.Zero)));
        return found;
    }

    /// <summary>Keeps a count in place of the one before.</summary>
    /// <param name="stacks">Whose.</param>
    /// <param name="modules">Its modules.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task KeepAsync(UncountedStacks stacks, IReadOnlyList<StackModule> modules, CancellationToken cancel)
    {
        List<StackModule> rows = [new("", null, 0, 0, 0), .. modules];
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("DELETE FROM stack_module WHERE process_id = $1 AND stacks_id = $2") { Parameters = { new() { Value = stacks.ProcessId }, new() { Value = stacks.StacksId } } },
                new("""
                    INSERT INTO stack_module (process_id, stacks_id, ordinal, module, build_id, frames, nameless, nameless_bytes, survey, received_at)
                    SELECT $1, $2, o, m, b, f, n, y, $9, $10 FROM unnest($3::int[], $4::text[], $5::text[], $6::int[], $7::int[], $8::bigint[]) AS given(o, m, b, f, n, y)
                    WHERE EXISTS (SELECT FROM process WHERE process_id = $1) ON CONFLICT DO NOTHING
                    """)
                {
                    Parameters =
                    {
                        new() { Value = stacks.ProcessId }, new() { Value = stacks.StacksId }, new() { Value = Enumerable.Range(0, rows.Count).ToArray() },
                        new() { Value = rows.Select(m => CleanText.Of(m.Module, MostModuleCharacters)).ToArray() },
                        new() { Value = rows.Select(m => m.BuildId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                        new() { Value = rows.Select(m => m.Frames).ToArray() }, new() { Value = rows.Select(m => m.Nameless).ToArray() }, new() { Value = rows.Select(m => m.NamelessBytes).ToArray() },
                        new() { Value = Survey }, new() { Value = stacks.ReceivedAt.UtcDateTime },
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Modules with frames that no tool named, over all processes of a project: those behind the most bytes first.</summary>
    public async Task<IReadOnlyList<ModuleNeed>> NeedsAsync(string project, int most, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT m.module, m.build_id, sum(m.frames), sum(m.nameless), sum(m.nameless_bytes)::bigint, count(DISTINCT m.process_id) FROM stack_module m
            JOIN process p ON p.process_id = m.process_id WHERE p.project = $1 AND m.ordinal > 0 AND m.nameless > 0
            GROUP BY m.module, m.build_id ORDER BY 5 DESC, 4 DESC, m.module, m.build_id LIMIT $2
            """);
        command.Parameters.Add(new() { Value = project });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<ModuleNeed>();
        while (await reader.ReadAsync(cancel))
            found.Add(new ModuleNeed(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)));
        return found;
    }
}
