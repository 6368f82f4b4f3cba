using System.Diagnostics;
using System.Globalization;
using MemScope.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace MemScope.Storage.Tests;

/// <summary>One private PostgreSQL for all tests that need a database; each test gets a copy of a migrated one.</summary>
public sealed class PostgresFixture : IAsyncLifetime, IDisposable
{
    private const string Template = "migrated";
    private readonly TestFolder _folder = new();
    private PrivatePostgres? _postgres;
    private int _databases;

    /// <summary>Connection string of the server.</summary>
    public string ConnectionString => _postgres!.ConnectionString;

    public async Task InitializeAsync()
    {
        _postgres = PrivatePostgres.Start(_folder.Path, syncToDisk: false);
        await ExecuteAsync($"CREATE DATABASE {Template}");
        await using var storage = Open(Template);
        await storage.GetRequiredService<Database>().MigrateAsync(CancellationToken.None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _postgres?.Dispose();
        _folder.Dispose();
    }

    /// <summary>Storage over a fresh database.</summary>
    public async Task<TestStorage> NewAsync(TimeProvider? time = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {Template}");
        return new TestStorage(Open(name, time));
    }

    /// <summary>An empty database of the server.</summary>
    public async Task<string> EmptyAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"empty_{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync($"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name, Pooling = false }.ConnectionString;
    }

    private ServiceProvider Open(string database, TimeProvider? time = null)
    {
        var connection = new NpgsqlConnectionStringBuilder(ConnectionString) { Database = database, MaxPoolSize = 20 }.ConnectionString;
        var services = new ServiceCollection().AddLogging();
        if (time is not null) services.AddSingleton(time);
        return services.AddMemScopeStorage(new StorageOptions(connection)).BuildServiceProvider();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>All services of storage over one database.</summary>
public sealed class TestStorage(ServiceProvider services) : IAsyncDisposable
{
    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Starts what runs in the background.</summary>
    public async Task StartAsync()
    {
        foreach (var service in services.GetServices<IHostedService>()) await service.StartAsync(CancellationToken.None);
    }

    /// <summary>A single number that SQL gives.</summary>
    public async Task<long> CountAsync(string sql)
    {
        await using var command = Get<NpgsqlDataSource>().CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services.GetServices<IHostedService>()) await service.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
    }
}

/// <summary>A folder that the user nobody may enter: as root the database runs as him.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder() => Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"memscope-{Environment.ProcessId}-{Stopwatch.GetTimestamp():x}");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Violence against a database server.</summary>
internal static class PostgresKill
{
    /// <summary>Kills the server as soon as there is one, and returns when it is gone.</summary>
    public static async Task KillServerAsync(this PrivatePostgres postgres)
    {
        int? pid;
        while ((pid = postgres.ServerProcessId) is null) await Task.Delay(20);
        using var server = Process.GetProcessById(pid.Value);
        server.Kill();
        while (postgres.ServerProcessId == pid) await Task.Delay(20);
    }
}

/// <summary>Tests that share the server.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
