using System.Globalization;
using MemScope.Core.Analysis.Growth;
using MemScope.Storage.Tracks;
using Npgsql;

namespace MemScope.Benchmarks.Engine;

/// <summary>The growth of every region of a process, ranked, and the same question in SQL.</summary>
internal sealed class GrowthBench(EngineStore store, StoredProcess process)
{
    private const string Rows = "growth_rows";

    // Equal steps of time: the slope by snapshot number is the slope by time but for a factor.
    private const string SlopeSql = $"SELECT region_id, regr_slope(rss, snapshot) FROM {Rows} GROUP BY region_id ORDER BY 2 DESC";

    /// <summary>Name of the table of rows.</summary>
    public static string Table => Rows;

    /// <summary>The table's index, from which alone the question can be answered.</summary>
    public static string Index => "(region_id, snapshot) INCLUDE (rss)";

    /// <summary>What the product answers with the track in memory.</summary>
    public Task<IReadOnlyList<RegionGrowth>> WarmAsync() => RankAsync(store.Get<TrackCache>());

    /// <summary>The same with nothing in memory: all blocks are read, decoded and linked.</summary>
    public Task<IReadOnlyList<RegionGrowth>> ColdAsync() => RankAsync(store.EmptyCache());

    /// <summary>The peer.</summary>
    public async Task<int> SqlAsync()
    {
        await using var command = store.Get<NpgsqlDataSource>().CreateCommand(SlopeSql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync();
        var count = 0;
        while (await reader.ReadAsync()) count++;
        return count;
    }

    /// <summary>Null when SQL gives every region the slope that the product gives it, else what differs. A region has 0 bytes where it does not exist, which this SQL says too.</summary>
    public async Task<string?> DifferenceAsync()
    {
        var mean = (process.Snapshots + 1) / 2.0;
        var squares = Enumerable.Range(1, process.Snapshots).Sum(n => (n - mean) * (n - mean));
        var slopes = new List<(int Region, double Slope)>();
        await using (var command = store.Get<NpgsqlDataSource>().CreateCommand(string.Create(CultureInfo.InvariantCulture,
            $"SELECT region_id, sum((snapshot - {mean}::float8) * rss) / {squares}::float8, regr_slope(rss, snapshot), count(*) FROM {Rows} GROUP BY region_id")))
        {
            command.CommandTimeout = 0;
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                slopes.Add((reader.GetInt32(0), reader.GetDouble(1)));
                if (reader.GetInt64(3) == process.Snapshots) slopes.Add((reader.GetInt32(0), reader.GetDouble(2)));
            }
        }
        return await store.UseAsync(process, store.Get<TrackCache>(), track =>
        {
            var ours = GrowthRanking.Rank(track, 0, track.Points.Count - 1).ToDictionary(g => g.Region, g => g.BytesPerSecond);
            if (slopes.Select(s => s.Region).Distinct().Count() != ours.Count) return FormattableString.Invariant($"{ours.Count} regions, in SQL {slopes.Select(s => s.Region).Distinct().Count()}");
            foreach (var (region, slope) in slopes)
            {
                var (mine, peers) = (ours[track.Regions[region]], slope * 1024 / EngineStore.Step.TotalSeconds);
                if (Math.Abs(mine - peers) > 1e-6 * Math.Max(1, Math.Abs(peers))) return FormattableString.Invariant($"region {region} grows by {mine} bytes per second, in SQL by {peers}");
            }
            return null;
        });
    }

    private Task<IReadOnlyList<RegionGrowth>> RankAsync(TrackCache cache) => store.UseAsync(process, cache, track => GrowthRanking.Rank(track, 0, track.Points.Count - 1));
}
