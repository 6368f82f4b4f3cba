using Microsoft.Extensions.DependencyInjection;

namespace MemScope.Storage;

/// <summary>How storage runs.</summary>
/// <param name="ConnectionString">Npgsql connection string.</param>
/// <param name="Keep">Age at which data is deleted, or null to keep all.</param>
public sealed record StorageOptions(string ConnectionString, TimeSpan? Keep = null);

/// <summary>Registration of everything in this project.</summary>
public static class StorageServices
{
    /// <summary>Adds stores, queries, the change feed and the retention loop as singletons. Needs a <see cref="TimeProvider"/> (adds the system's when there is none).</summary>
    public static IServiceCollection AddMemScopeStorage(this IServiceCollection services, StorageOptions options) => throw new NotSupportedException();
}

/// <summary>The database as a whole.</summary>
public sealed class Database
{
    /// <summary>Brings the schema up to date; several nodes may call it at once. Call it before the host starts.</summary>
    public Task MigrateAsync(CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Whether it answers and its schema is this program's, for /readyz.</summary>
    public Task<bool> IsReadyAsync(CancellationToken cancel) => throw new NotSupportedException();
}
