using System.Globalization;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Queries;

/// <summary>Which snapshots does a process have?</summary>
public sealed class SnapshotQuery(NpgsqlDataSource database)
{
    /// <summary>Most snapshots that a call returns.</summary>
    public const int MostRows = 50_000;

    private const int FirstCategory = 15;
    private static readonly TimeSpan SameInstant = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SameSeries = TimeSpan.FromSeconds(5); // equal numbers further apart are of two recordings

    private static readonly string Columns =
        $"""
        number, source, taken_at, time_origin, received_at, capture_id, vma_count, virtual_bytes, series_number, rss_bytes, pss_bytes, swap_bytes, private_dirty_bytes, uss_bytes,
        upload_id, {string.Join(", ", Categories.All.Select(UploadWriter.ColumnOf))}
        """;

    /// <summary>Snapshots of one track (or of all tracks when <paramref name="source"/> is null) in time order, the latest <see cref="MostRows"/> of them.</summary>
    /// <param name="process">The process.</param>
    /// <param name="source">The track, or null for all.</param>
    /// <param name="cancel">Ends the query.</param>
    public async Task<IReadOnlyList<SnapshotRow>> ListAsync(Guid process, SnapshotSource? source, CancellationToken cancel)
    {
        var rows = await ReadAsync($"SELECT {Columns} FROM snapshot WHERE process_id = $1 AND ($2 IS NULL OR source = $2) ORDER BY taken_at DESC, number DESC LIMIT {MostRows}",
            process, [new() { Value = source is { } s ? (short)s : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Smallint }], cancel);
        rows.Reverse();
        return rows;
    }

    /// <summary>A page of the snapshots of one track (or of all tracks when <paramref name="source"/> is null) in time order.</summary>
    /// <param name="process">The process.</param>
    /// <param name="source">The track, or null for all.</param>
    /// <param name="after">Number of the last snapshot of the page before, or null at the beginning.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="cancel">Ends the query.</param>
    /// <returns>The page; <see cref="RowPage{T}.Next"/> is the number of its last snapshot where more follow.</returns>
    /// <exception cref="InvalidCursorException">The list has no snapshot of that number.</exception>
    public async Task<RowPage<SnapshotRow>> PageAsync(Guid process, SnapshotSource? source, int? after, int limit, CancellationToken cancel)
    {
        var at = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
        if (after is { } number)
        {
            var last = await FindAsync(process, number, cancel);
            if (last is null || (source is not null && last.Source != source)) throw new InvalidCursorException("this list has no snapshot of that number; begin again without a cursor.");
            at = last.TakenAt.UtcDateTime;
        }
        // Each track has a text of its own, so that each is planned with its index.
        var rows = await ReadAsync(
            $"SELECT {Columns} FROM snapshot WHERE process_id = $1 {(source is { } s ? $"AND source = {(short)s}" : "")} AND (taken_at, number) > ($2, $3) ORDER BY taken_at, number LIMIT $4",
            process, [new() { Value = at }, new() { Value = after ?? 0 }, new() { Value = limit + 1L }], cancel);
        if (rows.Count <= limit) return new RowPage<SnapshotRow>(rows, null);
        rows.RemoveRange(limit, rows.Count - limit);
        return new RowPage<SnapshotRow>(rows, rows[^1].Number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>One snapshot without its mappings, or null.</summary>
    public async Task<SnapshotRow?> FindAsync(Guid process, int number, CancellationToken cancel) =>
        (await ReadAsync($"SELECT {Columns} FROM snapshot WHERE process_id = $1 AND number = $2", process, [new() { Value = number }], cancel)).FirstOrDefault();

    private async Task<List<SnapshotRow>> ReadAsync(string sql, Guid process, NpgsqlParameter[] others, CancellationToken cancel)
    {
        var rows = new List<SnapshotRow>();
        var series = new List<int?>();
        await using (var command = database.CreateCommand(sql))
        {
            command.Parameters.Add(new() { Value = process });
            command.Parameters.AddRange(others);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                rows.Add(Row(reader));
                series.Add(reader.IntOrNull(8));
            }
        }
        if (rows.Count == 0) return rows;
        var status = await SideFiguresAsync(process, "status", "VmRSS", rows, cancel);
        var rollup = await SideFiguresAsync(process, "rollup", "Rss", rows, cancel);
        for (var i = 0; i < rows.Count; i++)
            rows[i] = rows[i] with { StatusRssBytes = Joined(status, rows[i].TakenAt, series[i]), RollupRssBytes = Joined(rollup, rows[i].TakenAt, series[i]) };
        return rows;
    }

    private static SnapshotRow Row(NpgsqlDataReader reader)
    {
        var byCategory = new Dictionary<Category, long>();
        for (var c = 0; c < Categories.All.Count; c++)
            if (reader.LongOrNull(FirstCategory + c) is { } bytes) byCategory.Add(Categories.All[c], bytes);
        return new SnapshotRow(reader.GetInt32(0), (SnapshotSource)reader.GetInt16(1), reader.Time(2), (TimeOrigin)reader.GetInt16(3), reader.Time(4), reader.GetGuid(5),
            reader.GetInt32(6), reader.GetInt64(7))
        {
            RssBytes = reader.LongOrNull(9), PssBytes = reader.LongOrNull(10), SwapBytes = reader.LongOrNull(11), PrivateDirtyBytes = reader.LongOrNull(12),
            UssBytes = reader.LongOrNull(13), ByCategory = byCategory,
        };
    }

    private sealed record Figure(DateTimeOffset At, int? Series, long Bytes);

    private async Task<List<Figure>> SideFiguresAsync(Guid process, string kind, string key, List<SnapshotRow> rows, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT taken_at, series_number, (bytes ->> $3)::bigint FROM side_figures
            WHERE process_id = $1 AND kind = $2 AND bytes ? $3 AND taken_at BETWEEN $4 AND $5 ORDER BY taken_at LIMIT {MostRows}
            """);
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = (rows.Min(r => r.TakenAt) - SameSeries).UtcDateTime });
        command.Parameters.Add(new() { Value = (rows.Max(r => r.TakenAt) + SameSeries).UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var figures = new List<Figure>();
        while (await reader.ReadAsync(cancel)) figures.Add(new Figure(reader.Time(0), reader.IntOrNull(1), reader.GetInt64(2)));
        return figures;
    }

    /// <summary>The figure of the same number, else the nearest within 250 ms.</summary>
    private static long? Joined(List<Figure> byTime, DateTimeOffset at, int? series)
    {
        Figure? best = null;
        for (var i = FirstFrom(byTime, at - SameSeries); i < byTime.Count && byTime[i].At <= at + SameSeries; i++)
        {
            var figure = byTime[i];
            if (series is not null && figure.Series == series) return figure.Bytes;
            if ((figure.At - at).Duration() <= SameInstant && (best is null || (figure.At - at).Duration() < (best.At - at).Duration())) best = figure;
        }
        return best?.Bytes;
    }

    private static int FirstFrom(List<Figure> byTime, DateTimeOffset at)
    {
        int low = 0, high = byTime.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (byTime[middle].At < at) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
