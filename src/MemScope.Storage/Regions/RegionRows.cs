using MemScope.Core.Analysis;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Regions;

/// <summary>What a run of <see cref="RegionRows"/> wrote.</summary>
/// <param name="Written">Rows of regions that are new or others.</param>
/// <param name="Renamed">Regions that have another id now.</param>
/// <param name="Sums">Snapshots whose sums are others: only where they were of another version of the analysis.</param>
public sealed record RegionRowsReport(int Written, int Renamed, int Sums)
{
    /// <summary>Both together.</summary>
    public static RegionRowsReport operator +(RegionRowsReport a, RegionRowsReport b) => new(a.Written + b.Written, a.Renamed + b.Renamed, a.Sums + b.Sums);
}

/// <summary>
/// Keeps the rows of <c>region</c> in step with the tracks, for SQL and dashboards: one row per region, of the version of the analysis that the track's row tells. Safe to run on several
/// nodes at once: the one that saw more uploads wins.
/// </summary>
public sealed class RegionRows(NpgsqlDataSource source, ProcessQuery processes, TrackQuery tracks, TrackCache cache, TimeProvider time)
{
    private readonly SnapshotSums _sums = new(source, tracks);

    private static readonly string[] Columns =
    [
        "owner_id", "backing", "category", "confidence", "reason", "perms", "start_address", "end_address", "first_number", "last_number", "born_at", "last_at", "gone_at", "snapshots", "changes",
        "virtual_bytes", "first_rss_bytes", "last_rss_bytes", "most_rss_bytes", "rss_bytes_per_second", "shape",
    ];

    private static readonly string Upsert =
        $"""
        INSERT INTO region (process_id, source, region_id, {string.Join(", ", Columns)})
        SELECT $1, $2, * FROM unnest({string.Join(", ", Enumerable.Range(3, Columns.Length + 1).Select(p => $"${p}"))})
        ON CONFLICT (process_id, source, region_id) DO UPDATE SET {string.Join(", ", Columns.Select(c => $"{c} = excluded.{c}"))}
        WHERE ({string.Join(", ", Columns.Select(c => $"region.{c}"))}) IS DISTINCT FROM ({string.Join(", ", Columns.Select(c => $"excluded.{c}"))})
        """;

    /// <summary>Brings the rows of all tracks of a process up to date; null when there is no such process.</summary>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async Task<RegionRowsReport?> UpdateAsync(Guid process, CancellationToken cancel)
    {
        if (await ProjectAsync(process, cancel) is not { } project || await processes.FindAsync(project, process, cancel) is not { } row) return null;
        var report = new RegionRowsReport(0, 0, 0);
        foreach (var track in row.Tracks)
        {
            var (analyzer, stored) = await StoredAsync(process, track.Source, cancel);
            // What an earlier version summed up is summed up anew first: the track's row tells the version last, so that whoever is broken off begins again.
            var sums = analyzer == Analyzer.Version ? 0 : await _sums.UpdateAsync(process, track.Source, cancel);
            var work = await cache.UseAsync(row, track.Source, t => RegionWork.Of(t, stored, analyzer == Analyzer.Version), cancel);
            var written = await WriteAsync(row, track.Source, work, cancel);
            report += new RegionRowsReport(written, work.Renamed.Count, sums);
        }
        return report;
    }

    /// <summary>Forgets which version the rows of all processes, or of one, are of: then they are computed again. How many tracks that concerns.</summary>
    public async Task<int> ForgetAsync(Guid? process, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("UPDATE track SET analyzer = 0 WHERE $1 IS NULL OR process_id = $1");
        command.Parameters.Add(new() { Value = (object?)process ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Processes of which a track is not up to date, those with the newest uploads first.</summary>
    public async Task<IReadOnlyList<Guid>> StaleAsync(int most, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT s.process_id FROM process_state s
            WHERE EXISTS (SELECT FROM track t WHERE t.process_id = s.process_id AND (t.analyzed_seq < s.change_seq OR t.analyzer <> $1)) ORDER BY s.last_upload_at DESC LIMIT $2
            """);
        command.Parameters.Add(new() { Value = Analyzer.Version });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var stale = new List<Guid>();
        while (await reader.ReadAsync(cancel)) stale.Add(reader.GetGuid(0));
        return stale;
    }

    private async Task<string?> ProjectAsync(Guid process, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("SELECT project FROM process WHERE process_id = $1");
        command.Parameters.Add(new() { Value = process });
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    private async Task<(short Analyzer, List<StoredRegion> Regions)> StoredAsync(Guid process, SnapshotSource track, CancellationToken cancel)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new("SELECT analyzer FROM track WHERE process_id = $1 AND source = $2"));
        batch.BatchCommands.Add(new("SELECT region_id, last_number, start_address, backing, gone_at IS NOT NULL, snapshots FROM region WHERE process_id = $1 AND source = $2"));
        foreach (var command in batch.BatchCommands)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = process });
            command.Parameters.Add(new NpgsqlParameter { Value = (short)track });
        }
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var analyzer = await reader.ReadAsync(cancel) ? reader.GetInt16(0) : (short)0;
        await reader.NextResultAsync(cancel);
        var regions = new List<StoredRegion>();
        while (await reader.ReadAsync(cancel))
            regions.Add(new StoredRegion(new KnownRegion(reader.GetGuid(0), reader.GetInt32(1), unchecked((ulong)reader.GetInt64(2)), reader.GetString(3)), reader.GetBoolean(4), reader.GetInt32(5)));
        return (analyzer, regions);
    }

    /// <summary>Writes what changed, in one transaction; nothing when another node saw more uploads.</summary>
    private async Task<int> WriteAsync(ProcessRow process, SnapshotSource track, RegionWork work, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Lost in a crash they are lost with the claim, and computed again: nobody waits for the disk.
        await using (var relaxed = new NpgsqlCommand("SET LOCAL synchronous_commit TO off", connection)) await relaxed.ExecuteNonQueryAsync(cancel);
        await using (var claim = new NpgsqlCommand("UPDATE track SET analyzer = $3, analyzed_seq = $4 WHERE process_id = $1 AND source = $2 AND analyzed_seq <= $4", connection)
        {
            Parameters = { new() { Value = process.Id }, new() { Value = (short)track }, new() { Value = Analyzer.Version }, new() { Value = process.ChangeSeq } },
        })
            if (await claim.ExecuteNonQueryAsync(cancel) == 0) return 0;
        if (work.Renamed.Count > 0 || work.Lost.Count > 0) await RenameAsync(connection, process.Id, track, work, cancel);
        var written = 0;
        if (work.Changed.Count > 0)
        {
            await using var upsert = new NpgsqlCommand(Upsert, connection) { Parameters = { new() { Value = process.Id }, new() { Value = (short)track } }, CommandTimeout = 300 };
            foreach (var values in ValuesOf(work.Changed)) upsert.Parameters.Add(values);
            written = await upsert.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        return written;
    }

    /// <summary>Notes new names of old ids, so that links go on working, also those that were renamed before, and deletes the rows of regions that are no more.</summary>
    private async Task RenameAsync(NpgsqlConnection connection, Guid process, SnapshotSource track, RegionWork work, CancellationToken cancel)
    {
        Guid[] old = [.. work.Renamed.Keys], now = [.. work.Renamed.Values];
        await using var batch = new NpgsqlBatch(connection);
        Add("UPDATE region_alias a SET region_id = n.now FROM unnest($2, $3) AS n(old, now) WHERE a.process_id = $1 AND a.region_id = n.old", process, old, now);
        Add("""
            INSERT INTO region_alias (process_id, alias_id, region_id, created_at) SELECT $1, n.old, n.now, $4 FROM unnest($2, $3) AS n(old, now)
            ON CONFLICT (process_id, alias_id) DO UPDATE SET region_id = excluded.region_id
            """, process, old, now, time.GetUtcNow().UtcDateTime);
        Add("DELETE FROM region_alias WHERE process_id = $1 AND alias_id = ANY ($2)", process, work.Changed.Select(c => c.Region.Id).ToArray());
        Add("DELETE FROM region WHERE process_id = $1 AND source = $2 AND region_id = ANY ($3)", process, (short)track, old);
        // What is only too old to be loaded keeps its row.
        Add("DELETE FROM region r WHERE process_id = $1 AND source = $2 AND region_id = ANY ($3) AND NOT EXISTS (SELECT FROM snapshot s WHERE s.process_id = r.process_id AND s.number = r.last_number)",
            process, (short)track, work.Lost.ToArray());
        await batch.ExecuteNonQueryAsync(cancel);

        void Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            batch.BatchCommands.Add(command);
        }
    }

    /// <summary>The region's id, then <see cref="Columns"/>, each as an array.</summary>
    private static IEnumerable<NpgsqlParameter> ValuesOf(IReadOnlyList<RegionSummary> regions)
    {
        yield return Of(NpgsqlDbType.Uuid, r => r.Region.Id);
        yield return Of(NpgsqlDbType.Uuid, r => r.Region.OwnerId);
        yield return Of(NpgsqlDbType.Text, r => CleanText.Of(r.Region.Backing));
        yield return Of(NpgsqlDbType.Text, r => r.Assignment.Category.Slug());
        yield return Of(NpgsqlDbType.Text, r => r.Assignment.Confidence.Letter());
        yield return Of(NpgsqlDbType.Text, r => CleanText.Of(r.Region.CategoryReason));
        yield return Of(NpgsqlDbType.Text, r => r.Permissions.Text());
        yield return Of(NpgsqlDbType.Bigint, r => unchecked((long)r.Range.Start));
        yield return Of(NpgsqlDbType.Bigint, r => unchecked((long)r.Range.End));
        yield return Of(NpgsqlDbType.Integer, r => r.First.Number);
        yield return Of(NpgsqlDbType.Integer, r => r.Last.Number);
        yield return Of(NpgsqlDbType.TimestampTz, r => r.First.TakenAt.UtcDateTime);
        yield return Of(NpgsqlDbType.TimestampTz, r => r.Last.TakenAt.UtcDateTime);
        yield return Of(NpgsqlDbType.TimestampTz, r => r.GoneAt?.UtcDateTime);
        yield return Of(NpgsqlDbType.Integer, r => r.Snapshots);
        yield return Of(NpgsqlDbType.Integer, r => r.Region.Changes.Count);
        yield return Of(NpgsqlDbType.Bigint, r => (long)Math.Min(r.Range.Length, long.MaxValue));
        yield return Of(NpgsqlDbType.Bigint, r => r.FirstRssBytes);
        yield return Of(NpgsqlDbType.Bigint, r => r.LastRssBytes);
        yield return Of(NpgsqlDbType.Bigint, r => r.MostRssBytes);
        yield return Of(NpgsqlDbType.Double, r => r.RssBytesPerSecond is { } slope && double.IsFinite(slope) ? slope : (double?)null);
        yield return Of(NpgsqlDbType.Text, r => r.Shape.Slug());

        NpgsqlParameter Of<T>(NpgsqlDbType type, Func<RegionSummary, T> value) => new() { Value = regions.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
