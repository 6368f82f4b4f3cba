using System.Diagnostics;
using System.Globalization;
using MemScope.Storage.Postgres;
using Npgsql;

namespace MemScope.Storage.Tests.Postgres;

public sealed class PrivatePostgresTests
{
    [Fact]
    public async Task A_second_start_finds_the_data_of_the_first()
    {
        using var folder = new TestFolder();
        using (var first = PrivatePostgres.Start(folder.Path, syncToDisk: false))
        {
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");
            var server = first.ServerProcessId!.Value;
            await first.StopAsync(CancellationToken.None);
            Assert.False(IsAlive(server));
        }
        using var second = PrivatePostgres.Start(folder.Path);
        Assert.Equal(42, await ScalarAsync(second, "SELECT answer FROM kept"));
        Assert.Equal("on", await ScalarAsync(second, "SHOW synchronous_commit"));
        Assert.Equal("", await ScalarAsync(second, "SHOW listen_addresses"));
    }

    [Fact]
    public async Task A_killed_server_is_started_again_with_all_that_was_committed()
    {
        using var folder = new TestFolder();
        using var postgres = PrivatePostgres.Start(folder.Path, syncToDisk: false);
        await ExecuteAsync(postgres, "CREATE TABLE kept (n int)");
        for (var kill = 1; kill <= 3; kill++)
        {
            await ExecuteAsync(postgres, $"INSERT INTO kept VALUES ({kill})");
            await postgres.KillServerAsync();
            Assert.Equal((long)kill, await EventuallyAsync(() => ScalarAsync(postgres, "SELECT count(*) FROM kept")));
        }
    }

    [Fact]
    public async Task A_running_server_is_adopted_and_not_stopped_by_the_second_owner()
    {
        using var folder = new TestFolder();
        using var owner = PrivatePostgres.Start(folder.Path, syncToDisk: false);
        using (var guest = PrivatePostgres.Start(folder.Path))
        {
            Assert.Equal(owner.ServerProcessId, guest.ServerProcessId);
            await guest.StopAsync(CancellationToken.None);
        }
        Assert.Equal(1, await ScalarAsync(owner, "SELECT 1"));
    }

    [Fact]
    public async Task The_second_owner_takes_over_when_the_first_stops()
    {
        using var folder = new TestFolder();
        var owner = PrivatePostgres.Start(folder.Path, syncToDisk: false);
        using var guest = PrivatePostgres.Start(folder.Path);
        owner.Dispose();
        Assert.Equal(1, await EventuallyAsync(() => ScalarAsync(guest, "SELECT 1")));
    }

    [Fact]
    public async Task A_stale_pid_file_whose_number_another_program_has_does_not_stop_a_start()
    {
        using var folder = new TestFolder();
        PrivatePostgres.Start(folder.Path, syncToDisk: false).Dispose();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "data", "postmaster.pid"), $"{Environment.ProcessId}\n{folder.Path}/data\n1\n5432\n{folder.Path}/run\n\n0 0\nready\n");
        using var postgres = PrivatePostgres.Start(folder.Path);
        Assert.Equal(1, await ScalarAsync(postgres, "SELECT 1"));
    }

    [Fact]
    public async Task A_half_made_cluster_is_made_anew()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "data.new", "base"));
        using var postgres = PrivatePostgres.Start(folder.Path, syncToDisk: false);
        Assert.Equal(1, await ScalarAsync(postgres, "SELECT 1"));
    }

    [Fact]
    public void A_folder_too_deep_for_a_socket_is_refused_with_advice()
    {
        using var folder = new TestFolder();
        var refusal = Assert.Throws<PostgresUnavailableException>(() => PrivatePostgres.Start(Path.Combine(folder.Path, new string('d', 90))));
        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_a_version_that_is_not_installed_names_the_package()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "data"));
        File.WriteAllText(Path.Combine(folder.Path, "data", "PG_VERSION"), "9\n");
        var refusal = Assert.Throws<PostgresUnavailableException>(() => PrivatePostgres.Start(folder.Path));
        Assert.Contains("apt install postgresql-9", refusal.Message, StringComparison.Ordinal);
    }

    private static bool IsAlive(int pid) => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}"));

    private static async Task ExecuteAsync(PrivatePostgres postgres, string sql) => await ScalarAsync(postgres, sql);

    private static async Task<object?> ScalarAsync(PrivatePostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<object?> EventuallyAsync(Func<Task<object?>> question)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try { return await question(); }
            catch (Exception e) when (e is NpgsqlException && clock.Elapsed < TimeSpan.FromSeconds(20)) { }
        }
    }
}
