using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Storage.Symbols;

/// <summary>
/// What a tool said of addresses of a symbol file, as bytes that its caller made. Named by the file's SHA-256, so that another file of the same build id has answers of its own and nothing goes
/// stale when a better one arrives. It saves work and nothing else: while the database is away it knows nothing.
/// </summary>
public sealed class SymbolLinesStore(NpgsqlDataSource source, TimeProvider time, ILogger<SymbolLinesStore> logger)
{
    /// <summary>Addresses in one statement.</summary>
    private const int PerStatement = 8192;

    /// <summary>What is known of these addresses; others are left out.</summary>
    /// <param name="sha256">SHA-256 of the file.</param>
    /// <param name="tool">Tool and form of the answers.</param>
    /// <param name="addresses">Link addresses.</param>
    /// <param name="cancel">Ends the read.</param>
    public async Task<IReadOnlyDictionary<ulong, byte[]>> FindAsync(byte[] sha256, string tool, IReadOnlyCollection<ulong> addresses, CancellationToken cancel)
    {
        var found = new Dictionary<ulong, byte[]>(addresses.Count);
        try
        {
            foreach (var some in addresses.Chunk(PerStatement)) await FindAsync(sha256, tool, some, found, cancel);
        }
        catch (NpgsqlException e)
        {
            logger.LogDebug("Kept lines are not read: {Problem}", e.Message);
        }
        return found;
    }

    /// <summary>Keeps answers; those that are there stay.</summary>
    public async Task KeepAsync(byte[] sha256, string tool, IReadOnlyCollection<KeyValuePair<ulong, byte[]>> answers, CancellationToken cancel)
    {
        try
        {
            foreach (var some in answers.Chunk(PerStatement)) await KeepAsync(sha256, tool, some, cancel);
        }
        catch (NpgsqlException e)
        {
            logger.LogDebug("Lines are not kept: {Problem}", e.Message);
        }
    }

    private async Task FindAsync(byte[] sha256, string tool, ulong[] addresses, Dictionary<ulong, byte[]> found, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("SELECT address, frames FROM symbol_lines WHERE file_sha256 = $1 AND tool = $2 AND address = ANY ($3)");
        command.Parameters.Add(new() { Value = sha256 });
        command.Parameters.Add(new() { Value = tool });
        command.Parameters.Add(new() { Value = Array.ConvertAll(addresses, a => unchecked((long)a)) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) found[unchecked((ulong)reader.GetInt64(0))] = reader.GetFieldValue<byte[]>(1);
    }

    private async Task KeepAsync(byte[] sha256, string tool, KeyValuePair<ulong, byte[]>[] answers, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "INSERT INTO symbol_lines (file_sha256, tool, address, frames, at) SELECT $1, $2, a, f, $5 FROM unnest($3::bigint[], $4::bytea[]) AS given(a, f) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new() { Value = sha256 });
        command.Parameters.Add(new() { Value = tool });
        command.Parameters.Add(new() { Value = Array.ConvertAll(answers, a => unchecked((long)a.Key)) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(answers, a => a.Value) });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
