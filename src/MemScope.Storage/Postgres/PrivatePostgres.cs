using System.Diagnostics;
using Npgsql;

namespace MemScope.Storage.Postgres;

/// <summary>
/// A PostgreSQL server of MemScope's own: a child process on a unix socket, without a network port. It ends with its parent, also when that is killed, is started again
/// when it dies, and one that already runs over the folder is adopted.
/// </summary>
public sealed class PrivatePostgres : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3); // crash recovery replays the log first

    /// <summary>Errors that waiting does not mend.</summary>
    private static readonly string[] Hopeless = ["incompatible with server", "No space left", "Permission denied", "unrecognized configuration parameter", "invalid value for parameter"];

    private readonly PostgresFolder _folder;
    private readonly PostgresPrograms _programs;
    private readonly Action<string> _log;
    private readonly ManualResetEventSlim _started = new();
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _keeper;
    private Process? _server;
    private int _adopted;
    private Exception? _failure;

    private PrivatePostgres(PostgresFolder folder, PostgresPrograms programs, Action<string> log)
    {
        (_folder, _programs, _log) = (folder, programs, log);
        // The kernel ends the server with the *thread* that forked it (prctl(2), PR_SET_PDEATHSIG): a thread of its own lives exactly as long as needed.
        _keeper = new Thread(Keep) { IsBackground = true, Name = "private-postgres" };
    }

    /// <summary>For Npgsql.</summary>
    public string ConnectionString => Connection("memscope").ConnectionString;

    /// <summary>Process id of the server, or null while there is none.</summary>
    public int? ServerProcessId => _server is { } own ? own.Id : _adopted > 0 ? _adopted : null;

    /// <summary>The folder used when none is given: <c>/var/lib/memscope</c> for root, else <c>~/.local/share/memscope</c>.</summary>
    public static string DefaultFolder => PostgresPrograms.IsRoot
        ? "/var/lib/memscope"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "memscope");

    /// <summary>Starts the server over the data in <paramref name="folder"/> (made on first use), or adopts the one that runs there. Returns once it answers.</summary>
    /// <param name="folder">Folder of the data; as root its parents must be open to the user nobody.</param>
    /// <param name="log">Gets a line when the server had to be started again, or null.</param>
    /// <param name="syncToDisk">False skips the flush of a freshly made cluster, for tests.</param>
    /// <exception cref="PostgresUnavailableException">It cannot be started; the message says what to do.</exception>
    public static PrivatePostgres Start(string folder, Action<string>? log = null, bool syncToDisk = true)
    {
        var files = new PostgresFolder(folder);
        var postgres = new PrivatePostgres(files, PostgresPrograms.Find(files.DataMajor), log ?? (_ => { }));
        try
        {
            using var alone = WaitForLock(files);
            files.Prepare(postgres._programs, syncToDisk);
            postgres._keeper.Start();
            postgres._started.Wait();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PostgresUnavailableException($"Cannot use {files.Root}: {e.Message}");
        }
        return postgres._failure is { } failure ? throw new PostgresUnavailableException(failure.Message) : postgres;
    }

    /// <summary>Stops the server (fast: open transactions are rolled back) unless it was adopted. Does not throw.</summary>
    public Task StopAsync(CancellationToken cancel) => Task.Run(() =>
    {
        if (_stopping.IsSet) return;
        _stopping.Set();
        if (_server is { HasExited: false })
        {
            var (code, output) = _programs.Run("pg_ctl", ["stop", "-D", _folder.Data, "-m", "fast", "-w", "-s"], TimeSpan.FromSeconds(90));
            if (code != 0) _log($"PostgreSQL did not stop: {output.Trim()}");
        }
        _keeper.Join(TimeSpan.FromSeconds(5));
    }, cancel);

    /// <summary>Stops the server.</summary>
    public void Dispose()
    {
        StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        _started.Dispose();
        if (!_keeper.IsAlive) _stopping.Dispose();
    }

    private static FileStream WaitForLock(PostgresFolder folder)
    {
        Directory.CreateDirectory(folder.Root);
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try { return new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None); }
            catch (IOException) when (clock.Elapsed < StartLimit) { Pause(100); }
        }
    }

    private void Keep()
    {
        try
        {
            StartOrAdopt();
            MakeDatabase();
        }
        catch (Exception e) when (e is PostgresUnavailableException or NpgsqlException or IOException or UnauthorizedAccessException)
        {
            _failure = e;
        }
        _started.Set();
        while (_failure is null && !_stopping.Wait(TimeSpan.FromMilliseconds(100)))
        {
            if (_server is null ? _adopted > 0 && ProcFiles.IsAlive(_adopted) : !_server.HasExited) continue;
            _log("PostgreSQL ended unexpectedly: starting it again");
            try { StartOrAdopt(); }
            catch (Exception e) when (e is PostgresUnavailableException or NpgsqlException or IOException or UnauthorizedAccessException)
            {
                _log($"{e.Message} Trying again.");
                _stopping.Wait(TimeSpan.FromSeconds(2));
            }
        }
    }

    private void StartOrAdopt()
    {
        _server = null;
        _adopted = 0;
        var stopSent = false;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < StartLimit && !_stopping.IsSet; Pause(50))
        {
            if (_folder.Postmaster() is not { } running)
            {
                if (TryLaunch()) return;
                continue; // what is left of a killed server goes within moments: pre-existing shared memory, children that still exit
            }
            if (ProcFiles.IsOrphan(running))
            {
                // Its MemScope is dead, so it has been told to end: never adopt it.
                if (stopSent || clock.Elapsed < TimeSpan.FromSeconds(3)) continue;
                stopSent = true;
                _programs.Run("pg_ctl", ["stop", "-D", _folder.Data, "-m", "immediate", "-w", "-s"], TimeSpan.FromSeconds(60));
            }
            else if (Answers())
            {
                _adopted = running;
                return;
            }
        }
        throw new PostgresUnavailableException($"PostgreSQL does not start over {_folder.Data}:\n{_folder.StartMessages()}");
    }

    private bool TryLaunch()
    {
        var server = _programs.StartServer(
        [
            "-D", _folder.Data, "-k", _folder.Run, "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=100", "-c", "timezone=UTC",
            "-c", "log_timezone=UTC", "-c", "logging_collector=on", "-c", "log_directory=log", "-c", "log_filename=postgres-%a.log", "-c", "log_truncate_on_rotation=on",
            "-c", "log_rotation_age=1d", "-c", "log_rotation_size=0",
        ], _folder.StartLog, ProcFiles.Self);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < StartLimit && !_stopping.IsSet; Pause(20))
        {
            if (server.HasExited)
            {
                server.Dispose();
                if (IsHopeless(_folder.StartMessages())) throw new PostgresUnavailableException($"PostgreSQL does not start over {_folder.Data}:\n{_folder.StartMessages()}");
                Pause(200);
                return false;
            }
            if (!Answers()) continue;
            _server = server;
            return true;
        }
        server.Kill();
        return false;
    }

    private static bool IsHopeless(string messages) =>
        Array.Exists(Hopeless, h => messages.Contains(h, StringComparison.Ordinal));

    private bool Answers()
    {
        try
        {
            using var connection = new NpgsqlConnection(Connection("postgres", probe: true).ConnectionString);
            connection.Open();
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            return false;
        }
    }

    private void MakeDatabase()
    {
        using var connection = new NpgsqlConnection(Connection("postgres", probe: true).ConnectionString);
        connection.Open();
        using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = 'memscope'", connection);
        if (exists.ExecuteScalar() is not null) return;
        using var create = new NpgsqlCommand("CREATE DATABASE memscope", connection);
        create.ExecuteNonQuery();
    }

    private NpgsqlConnectionStringBuilder Connection(string database, bool probe = false) => new()
    {
        Host = _folder.Run,
        Username = "memscope",
        Database = database,
        ApplicationName = "memscope",
        MaxPoolSize = 60,
        Pooling = !probe,
        Timeout = probe ? 5 : 15,
    };

    private static void Pause(int milliseconds) => Task.Delay(milliseconds).GetAwaiter().GetResult();
}

/// <summary>The private PostgreSQL server cannot run; the message is meant for the person at the terminal.</summary>
public sealed class PostgresUnavailableException(string message) : Exception(message);
