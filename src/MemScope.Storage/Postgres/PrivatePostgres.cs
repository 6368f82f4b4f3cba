namespace MemScope.Storage.Postgres;

/// <summary>A PostgreSQL server of MemScope's own, a child process on a unix socket, that ends with its parent.</summary>
public sealed class PrivatePostgres
{
    private PrivatePostgres(string connectionString) => ConnectionString = connectionString;

    /// <summary>For Npgsql.</summary>
    public string ConnectionString { get; }

    /// <summary>The folder used when none is given: <c>/var/lib/memscope</c> for root, else <c>~/.local/share/memscope</c>.</summary>
    public static string DefaultFolder => throw new NotSupportedException();

    /// <summary>
    /// Starts the server over the data in <paramref name="folder"/> (made on first use), or adopts the one that runs there. Synchronous on purpose: the parent-death
    /// signal follows the thread that forked, so call it from the main thread before the first await.
    /// </summary>
    /// <exception cref="PostgresUnavailableException">It cannot be started; the message says what to do.</exception>
    public static PrivatePostgres Start(string folder) => throw new NotSupportedException();

    /// <summary>Stops the server (fast: open transactions are rolled back).</summary>
    public Task StopAsync(CancellationToken cancel) => throw new NotSupportedException();
}

/// <summary>The private PostgreSQL server cannot run; the message is meant for the person at the terminal.</summary>
public sealed class PostgresUnavailableException(string message) : Exception(message);
