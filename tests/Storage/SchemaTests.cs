using System.Reflection;
using MemScope.Storage.Tables;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Storage.Tests;

[Collection(PostgresTests.Name)]
public sealed class SchemaTests(PostgresFixture postgres)
{
    [Fact]
    public void Tables_that_grow_with_the_fleet_can_be_distributed_by_process()
    {
        using var context = new MemScopeDbContext(new DbContextOptionsBuilder<MemScopeDbContext>().UseNpgsql("Host=none").Options);
        var sharded = context.Model.GetEntityTypes().Where(e => e.ClrType.GetCustomAttribute<ShardedAttribute>() is not null).ToList();
        Assert.Equal(["heap_profile", "heap_profile_block", "process_state", "region", "region_alias", "side_figures", "snapshot", "snapshot_block", "trace", "trace_block", "trace_move", "track", "upload"],
            sharded.Select(e => e.GetTableName()!).Order(StringComparer.Ordinal));
        Assert.All(sharded, e =>
        {
            AssertFirstIsProcess(e.FindPrimaryKey()!.Properties);
            Assert.All(e.GetIndexes().Where(i => i.IsUnique), i => AssertFirstIsProcess(i.Properties));
            Assert.All(e.GetForeignKeys(), k => AssertFirstIsProcess(k.Properties));
            Assert.Empty(e.GetDeclaredTriggers());
        });
        Assert.All(context.Model.GetEntityTypes().SelectMany(e => e.GetProperties()), p =>
        {
            Assert.Equal(ValueGenerated.Never, p.ValueGenerated);
            Assert.False(p.IsConcurrencyToken);
        });
    }

    [Fact]
    public void A_table_with_a_process_column_is_marked_unless_it_is_small()
    {
        using var context = new MemScopeDbContext(new DbContextOptionsBuilder<MemScopeDbContext>().UseNpgsql("Host=none").Options);
        var unmarked = context.Model.GetEntityTypes().Where(e => e.ClrType.GetCustomAttribute<ShardedAttribute>() is null && e.FindProperty("ProcessId") is not null);
        Assert.Equal(["process", "share"], unmarked.Select(e => e.GetTableName()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_first_start_logs_no_error_and_a_second_changes_nothing()
    {
        var log = new Journal();
        await using var services = Services(await postgres.EmptyAsync(), log);
        await services.GetRequiredService<Database>().MigrateAsync(CancellationToken.None);
        await services.GetRequiredService<Database>().MigrateAsync(CancellationToken.None);
        Assert.True(await services.GetRequiredService<Database>().IsReadyAsync(CancellationToken.None));
        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task Eight_nodes_may_start_at_once()
    {
        var connection = await postgres.EmptyAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var services = Services(connection, new Journal());
            await services.GetRequiredService<Database>().MigrateAsync(CancellationToken.None);
            Assert.True(await services.GetRequiredService<Database>().IsReadyAsync(CancellationToken.None));
        }));
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await using var services = Services(await postgres.EmptyAsync(), new Journal());
        await services.GetRequiredService<Database>().MigrateAsync(CancellationToken.None);
        await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("""INSERT INTO "__EFMigrationsHistory" VALUES ('99990101000000_Later', '99')""");
        await command.ExecuteNonQueryAsync();
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => services.GetRequiredService<Database>().MigrateAsync(CancellationToken.None));
        Assert.Contains("newer", refusal.Message, StringComparison.Ordinal);
        Assert.False(await services.GetRequiredService<Database>().IsReadyAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_model_and_the_migrations_agree()
    {
        await using var services = Services(await postgres.EmptyAsync(), new Journal());
        await using var context = await services.GetRequiredService<IDbContextFactory<MemScopeDbContext>>().CreateDbContextAsync();
        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task A_database_that_is_away_is_not_ready()
    {
        await using var services = Services("Host=/nowhere;Username=memscope;Timeout=1", new Journal());
        Assert.False(await services.GetRequiredService<Database>().IsReadyAsync(CancellationToken.None));
    }

    private static void AssertFirstIsProcess(IReadOnlyList<IReadOnlyProperty> properties) =>
        Assert.Equal(("process_id", typeof(Guid)), (properties[0].GetColumnName(), properties[0].ClrType));

    private static ServiceProvider Services(string connection, Journal log) =>
        new ServiceCollection().AddLogging(b => b.AddProvider(log)).AddMemScopeStorage(new StorageOptions(connection)).BuildServiceProvider();

    private sealed class Journal : ILoggerProvider, ILogger
    {
        public List<string> Entries { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Entries.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
