using MemScope.Storage.Captures;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Symbols;

/// <summary>What came of asking for a file of a build id.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Text">It as a sentence.</param>
/// <param name="At">When (UTC).</param>
public sealed record DebuginfodAnswer(DebuginfodOutcome Outcome, string Text, DateTimeOffset At);

/// <summary>Remembers what debuginfod servers answered, so that a build id that nobody has is not asked for at every question.</summary>
public sealed class DebuginfodAnswerStore(NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>The last answer of these servers, or null when they were never asked.</summary>
    /// <param name="buildId">Build id in hex.</param>
    /// <param name="kind"><c>debuginfo</c> or <c>executable</c>.</param>
    /// <param name="servers">The servers as configured; others may know more.</param>
    /// <param name="cancel">Ends the read.</param>
    public async Task<DebuginfodAnswer?> FindAsync(string buildId, string kind, string servers, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("SELECT status, text, at FROM debuginfod_answer WHERE build_id = $1 AND kind = $2 AND servers = $3");
        command.Parameters.Add(new() { Value = buildId });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = servers });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? new DebuginfodAnswer((DebuginfodOutcome)reader.GetInt16(0), reader.GetString(1), new DateTimeOffset(reader.GetDateTime(2), TimeSpan.Zero)) : null;
    }

    /// <summary>Keeps an answer in place of the one before.</summary>
    public async Task KeepAsync(string buildId, string kind, string servers, DebuginfodOutcome outcome, string text, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO debuginfod_answer (build_id, kind, servers, status, text, at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (build_id, kind) DO UPDATE SET servers = $3, status = $4, text = $5, at = $6
            """);
        command.Parameters.Add(new() { Value = buildId });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = servers });
        command.Parameters.Add(new() { Value = (short)outcome, NpgsqlDbType = NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = CleanText.Of(text, 1000) });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
