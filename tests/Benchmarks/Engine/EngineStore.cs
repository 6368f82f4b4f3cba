using System.Globalization;
using System.IO.Compression;
using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage;
using MemScope.Storage.Captures;
using MemScope.Storage.Postgres;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Benchmarks.Engine;

/// <summary>A process that was stored.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Snapshots">How many snapshots.</param>
/// <param name="GzipBytes">Mean bytes of a snapshot's text as <c>gzip -6</c> leaves it; 0 when it was not asked for.</param>
/// <param name="Pid">Pid on host <c>bench</c>.</param>
internal sealed record StoredProcess(Guid Id, int Snapshots, double GzipBytes, int Pid);

/// <summary>A private PostgreSQL with the settings of the product's, MemScope's store in it and, in the same database, a table with a row per mapping.</summary>
internal sealed class EngineStore : IAsyncDisposable
{
    private const int UploadSnapshots = 60, TextSamples = 40;
    private readonly EngineFolder _folder = new();
    private readonly PrivatePostgres _postgres;
    private readonly ServiceProvider _services;
    private int _pid;

    private EngineStore()
    {
        _postgres = PrivatePostgres.Start(_folder.Path);
        _services = new ServiceCollection().AddLogging(l => l.SetMinimumLevel(LogLevel.Warning)).AddMemScopeStorage(new StorageOptions(_postgres.ConnectionString)).BuildServiceProvider();
    }

    /// <summary>When the first snapshot of every process was taken.</summary>
    public static DateTimeOffset Begin { get; } = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    /// <summary>From one snapshot to the next.</summary>
    public static TimeSpan Step { get; } = TimeSpan.FromSeconds(30);

    /// <summary>For a server that is to serve what is stored here.</summary>
    public string ConnectionString => _postgres.ConnectionString;

    /// <summary>CPU seconds that the database took so far.</summary>
    public double DatabaseCpu => ProcessCpu.OfTree(_postgres.ServerProcessId!.Value);

    /// <summary>A store that is ready.</summary>
    public static async Task<EngineStore> StartAsync()
    {
        var store = new EngineStore();
        await store.Get<Database>().MigrateAsync(CancellationToken.None);
        return store;
    }

    /// <summary>A service of the storage project.</summary>
    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Stores a process, sixty snapshots to an upload.</summary>
    public async Task<StoredProcess> LoadAsync(SyntheticProcess process, int snapshots, bool withText = false)
    {
        var (pid, id) = (++_pid, Guid.Empty);
        var (gzip, samples) = (0L, 0);
        for (var number = 1; number <= snapshots; number += UploadSnapshots)
        {
            var parts = new List<Snapshot>();
            for (var n = number; n < number + UploadSnapshots && n <= snapshots; n++)
            {
                parts.Add(new Snapshot(SnapshotSource.Smaps, ProcessHint.None, process.Table()) { TakenAt = Begin + (Step * (n - 1)), TimeOrigin = TimeOrigin.InFile });
                if (withText && n % Math.Max(1, snapshots / TextSamples) == 0) (gzip, samples) = (gzip + GzipBytes(SyntheticSmaps.Text(process)), samples + 1);
                process.Advance();
            }
            id = (await Get<CaptureStore>().StoreAsync(Upload(pid, number, parts), CancellationToken.None)).Processes[0];
        }
        return new StoredProcess(id, snapshots, samples == 0 ? 0 : (double)gzip / samples, pid);
    }

    /// <summary>Computes an answer from the track of a process as the server does: the process is read from the database, and the track is gone on with where it changed.</summary>
    public async Task<T> UseAsync<T>(StoredProcess process, TrackCache cache, Func<Track, T> answer)
    {
        var row = (await Get<ProcessQuery>().FindAsync(Projects.Default, process.Id, CancellationToken.None))!;
        return await cache.UseAsync(row, SnapshotSource.Smaps, answer, CancellationToken.None);
    }

    /// <summary>A cache with nothing in it.</summary>
    public TrackCache EmptyCache() => new(Get<TrackLoader>(), Limits.Default);

    /// <summary>Writes a row for every mapping of a process. A row names the region that the mapping belongs to, as the product sees it: its place in <see cref="Track.Regions"/>.</summary>
    public async Task WriteRowsAsync(StoredProcess process, string table, string index)
    {
        await ExecuteAsync(RowTable.Create(table));
        await using var connection = await Get<NpgsqlDataSource>().OpenConnectionAsync();
        await using (var copy = await RowTable.BeginAsync(connection, table))
        {
            await UseAsync(process, Get<TrackCache>(), track =>
            {
                var ordinals = track.Regions.Select((region, i) => (region, i)).ToDictionary(r => r.region, r => r.i);
                for (var at = 0; at < track.Points.Count; at++) RowTable.Write(copy, Guid.Empty, at + 1, track.VmasAt(at), [.. track.AliveAt(at).Select(r => ordinals[r])]);
                return 0;
            });
            await copy.CompleteAsync();
        }
        await ExecuteAsync($"CREATE INDEX ON {table} {index}");
        await ExecuteAsync($"VACUUM ANALYZE {table}");
    }

    /// <summary>Runs a statement.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = Get<NpgsqlDataSource>().CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A number that SQL gives.</summary>
    public async Task<double> NumberAsync(string sql)
    {
        await using var command = Get<NpgsqlDataSource>().CreateCommand(sql);
        return Convert.ToDouble(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _postgres.Dispose();
        _folder.Dispose();
    }

    private static CaptureUpload Upload(int pid, int number, List<Snapshot> snapshots)
    {
        var digest = new byte[32];
        BitConverter.TryWriteBytes(digest, pid);
        BitConverter.TryWriteBytes(digest.AsSpan(4), number);
        return new CaptureUpload
        {
            Host = "bench", Pid = pid, Sha256 = digest, DecodedBytes = 0, Content = new MemoryStream([0]), Parsed = new ParsedCapture("smaps", "", snapshots, [], [], []),
            ReceivedAt = Begin + (Step * snapshots.Count),
        };
    }

    private static long GzipBytes(byte[] text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(text); // zlib's level 6
        return packed.Length;
    }
}
