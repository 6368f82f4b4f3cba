using MemScope.Storage.Captures;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Symbols;

/// <summary>That a file was refused.</summary>
/// <param name="Status">Status of the HTTP answer.</param>
/// <param name="Problem">Code of the refusal.</param>
/// <param name="Text">The sentence that was answered.</param>
public sealed record SymbolVerdict(int Status, string Problem, string Text);

/// <summary>Remembers which bytes a version of the reader refused, so that the same bytes are refused again without being read; another version looks at them afresh.</summary>
public sealed class SymbolVerdictStore(NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>The refusal of these bytes by this version, or null.</summary>
    public async Task<SymbolVerdict?> FindAsync(byte[] sha256, int readerVersion, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("SELECT status, problem, text FROM symbol_verdict WHERE sha256 = $1 AND reader_version = $2");
        command.Parameters.Add(new() { Value = sha256 });
        command.Parameters.Add(new() { Value = readerVersion });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? new SymbolVerdict(reader.GetInt16(0), reader.GetString(1), reader.GetString(2)) : null;
    }

    /// <summary>Keeps a refusal.</summary>
    public async Task KeepAsync(byte[] sha256, int readerVersion, SymbolVerdict verdict, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("INSERT INTO symbol_verdict (sha256, reader_version, problem, status, text, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new() { Value = sha256 });
        command.Parameters.Add(new() { Value = readerVersion });
        command.Parameters.Add(new() { Value = verdict.Problem });
        command.Parameters.Add(new() { Value = (short)verdict.Status, NpgsqlDbType = NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { Value = CleanText.Of(verdict.Text, 1000) });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
