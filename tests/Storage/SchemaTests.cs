using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Storage.Tests;

[Collection(PostgresTests.Name)]
public sealed class SchemaTests(PostgresFixture postgres)
{
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
