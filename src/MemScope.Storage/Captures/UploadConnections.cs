using MemScope.Storage.Postgres;
using Npgsql;

namespace MemScope.Storage.Captures;

/// <summary>
/// Connections of their own for uploads. They are not reset when they go back to the pool, which takes the database longer than most statements of an upload: nothing that is done on them
/// may outlast its transaction (settings, listening, session locks).
/// </summary>
public sealed class UploadConnections(StorageOptions options) : IAsyncDisposable, IDisposable
{
    /// <summary>Of the hundred that a database takes; uploads of one process wait for each other on theirs.</summary>
    private const int MostConnections = 32;

    private readonly NpgsqlDataSource _source = SourceOf(new NpgsqlConnectionStringBuilder(ConnectionText.ParsePrepared(options.ConnectionString)));

    /// <summary>An open connection.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel) => _source.OpenConnectionAsync(cancel);

    private static NpgsqlDataSource SourceOf(NpgsqlConnectionStringBuilder told)
    {
        (told.NoResetOnClose, told.MaxPoolSize) = (true, Math.Min(told.MaxPoolSize, MostConnections));
        return NpgsqlDataSource.Create(told);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
