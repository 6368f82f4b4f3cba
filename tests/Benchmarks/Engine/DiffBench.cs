using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Tracks;
using Npgsql;

namespace MemScope.Benchmarks.Engine;

/// <summary>The difference of a process' first two snapshots, and the same question in SQL.</summary>
internal sealed class DiffBench(EngineStore store, StoredProcess process)
{
    private const string Rows = "diff_rows";

    private Dictionary<Guid, int>? _ordinals;

    private const string Sql =
        $"""
        SELECT coalesce(b.region_id, a.region_id), b.rss, a.rss, coalesce(a.rss, 0) - coalesce(b.rss, 0), b.start_address, a.start_address, b.end_address, a.end_address
        FROM (SELECT * FROM {Rows} WHERE snapshot = 1) b FULL JOIN (SELECT * FROM {Rows} WHERE snapshot = 2) a USING (region_id)
        """;

    /// <summary>Name of the table of rows.</summary>
    public static string Table => Rows;

    /// <summary>The table's index.</summary>
    public static string Index => "(snapshot, region_id)";

    /// <summary>With nothing in memory: both snapshots are read, decoded, linked and compared.</summary>
    public Task<(int Rows, long Change)> ColdAsync() => OfAsync(store.EmptyCache());

    /// <summary>With the track in memory.</summary>
    public Task<(int Rows, long Change)> WarmAsync() => OfAsync(store.Get<TrackCache>());

    /// <summary>The peer.</summary>
    public async Task<(int Rows, long Change)> SqlAsync()
    {
        await using var command = store.Get<NpgsqlDataSource>().CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync();
        var (rows, change) = (0, 0L);
        while (await reader.ReadAsync())
        {
            rows++;
            change += reader.GetInt64(3) * 1024 * (reader.GetInt32(0) + 1); // so that another pairing of regions shows
        }
        return (rows, change);
    }

    private Task<(int Rows, long Change)> OfAsync(TrackCache cache) => store.UseAsync(process, cache, track => Sum(track, SnapshotDiffer.Compare(track, 0, 1)));

    private (int Rows, long Change) Sum(Track track, SnapshotDiff diff)
    {
        _ordinals ??= track.Regions.Select((region, i) => (region.Id, i)).ToDictionary(r => r.Id, r => r.i);
        var change = 0L;
        for (var i = 0; i < diff.Rows.Count; i++)
            change += ((diff.CurrentVma(i)?.Bytes(Metric.Rss) ?? 0) - (diff.BaseVma(i)?.Bytes(Metric.Rss) ?? 0)) * (_ordinals[diff.RegionOf(i).Id] + 1);
        return (diff.Rows.Count, change);
    }
}
