using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace MemScope.Storage;

/// <summary>The database as a whole: its schema and whether it answers.</summary>
public sealed class Database(IDbContextFactory<MemScopeDbContext> contexts, NpgsqlDataSource source)
{
    private const long MigrationLock = 0x4d656d53636f7065; // "MemScope": pg_advisory_lock's keys are shared by all of a database

    /// <summary>Brings the schema up to date; several nodes may call it at once, one of them migrates. Call it before the host starts.</summary>
    /// <exception cref="InvalidOperationException">The schema is newer than this program.</exception>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({MigrationLock})", cancel);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancel);
            // EF asks for its history table by reading it and logs the failure of a healthy first start: make the table first.
            if (await ScalarAsync(connection, "SELECT to_regclass('\"__EFMigrationsHistory\"')::text", cancel) is DBNull)
                await ExecuteAsync(connection, context.GetService<IHistoryRepository>().GetCreateScript(), cancel);
            var unknown = (await context.Database.GetAppliedMigrationsAsync(cancel)).Except(context.Database.GetMigrations(), StringComparer.Ordinal).ToList();
            if (unknown.Count > 0) throw new InvalidOperationException($"The database was made by a newer MemScope (it has {unknown[0]}): start that version, or use another database.");
            await context.Database.MigrateAsync(cancel);
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
        }
    }

    /// <summary>Whether it answers and its schema is this program's, for /readyz. Does not throw but for cancellation.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancel);
            var applied = await context.Database.GetAppliedMigrationsAsync(cancel);
            return context.Database.GetMigrations().SequenceEqual(applied, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            return false;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 }; // another node may be migrating
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }
}
