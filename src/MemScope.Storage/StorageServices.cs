using MemScope.Core;
using MemScope.Storage.Captures;
using MemScope.Storage.Folding;
using MemScope.Storage.Live;
using MemScope.Storage.Notes;
using MemScope.Storage.Postgres;
using MemScope.Storage.Queries;
using MemScope.Storage.Regions;
using MemScope.Storage.Shares;
using MemScope.Storage.Symbols;
using MemScope.Storage.Tokens;
using MemScope.Storage.Tracks;
using MemScope.Storage.Verdicts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace MemScope.Storage;

/// <summary>How storage runs.</summary>
/// <param name="ConnectionString"><c>postgres://user:password@host:5432/database</c> or Npgsql's <c>Host=…;Username=…</c>.</param>
/// <param name="Keep">Age at which data is deleted, or null to keep all.</param>
public sealed record StorageOptions(string ConnectionString, TimeSpan? Keep = null)
{
    /// <summary>Age at which the text of snapshots is dropped once the store gives it back; zero as soon as that is proven, null never.</summary>
    public TimeSpan? KeepText { get; init; }

    /// <summary>Whether blocks of single snapshots are folded in the background.</summary>
    public bool Fold { get; init; } = true;
}

/// <summary>Registration of everything in this project.</summary>
public static class StorageServices
{
    /// <summary>Adds stores, queries, the change feed and the retention loop as singletons. Adds the system's <see cref="TimeProvider"/> when there is none.</summary>
    public static IServiceCollection AddMemScopeStorage(this IServiceCollection services, StorageOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(_ => new NpgsqlDataSourceBuilder(ConnectionText.ParsePrepared(options.ConnectionString)).Build());
        services.AddDbContextFactory<MemScopeDbContext>((provider, builder) =>
            builder.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>(), o => o.MigrationsAssembly("MemScope.Migrations"))
                .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
        services.AddSingleton<Database>().AddSingleton<UploadConnections>().AddSingleton<CaptureStore>().AddSingleton<Retention>().AddSingleton<TextDropping>().AddSingleton<AuditLog>().AddSingleton<StoreSizeQuery>();
        services.AddSingleton<ProcessQuery>().AddSingleton<SnapshotQuery>().AddSingleton<TrackQuery>().AddSingleton<MovesQuery>().AddSingleton<CaptureQuery>().AddSingleton<CaptureSnapshots>().AddSingleton<TraceQuery>()
            .AddSingleton<HeapProfileQuery>().AddSingleton<CodeMapQuery>().AddSingleton<MapsQuery>().AddSingleton<FiguresQuery>().AddSingleton<SearchQuery>();
        services.TryAddSingleton(Limits.Default);
        services.AddSingleton<TrackLoader>().AddSingleton<TrackCache>();
        services.AddSingleton<SymbolFileStore>().AddSingleton<SymbolVerdictStore>().AddSingleton<SymbolLinesStore>().AddSingleton<DebuginfodAnswerStore>().AddSingleton<StackModuleStore>().AddSingleton<ShareStore>().AddSingleton<ShareViews>().AddSingleton<TokenStore>();
        services.AddSingleton<ChangeFeed>().AddHostedService(p => p.GetRequiredService<ChangeFeed>());
        services.AddSingleton<BlockFolding>().AddHostedService<FoldingLoop>();
        services.AddHostedService<RetentionLoop>().AddHostedService<TextDroppingLoop>();
        services.AddSingleton<NoteStore>().AddSingleton<VerdictStore>();
        services.AddSingleton<RegionQuery>().AddSingleton<RegionRows>().AddSingleton<StoreCheck>().AddHostedService<RegionRowsLoop>();
        return services;
    }
}
