using System.Collections.ObjectModel;
using MemScope.Core.Model;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>Which processes are wanted. All parts that are given must match.</summary>
public sealed record ProcessFilter
{
    /// <summary>Text anywhere in host, pid, comm, command line or labels.</summary>
    public string? Search { get; init; }

    /// <summary>The host, whatever its case.</summary>
    public string? Host { get; init; }

    /// <summary>The comm as it is shown, whatever its case.</summary>
    public string? Comm { get; init; }

    /// <summary>Labels that the process has, with these values.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>Which processes are there?</summary>
public sealed class ProcessQuery(NpgsqlDataSource source)
{
    private const int SparklinePoints = 60;
    private const int LongestText = 1000;

    private const string Columns =
        """
        p.process_id, p.project, p.host, p.pid, p.boot_id, p.start_ticks, p.exec_number, coalesce(p.comm, left(p.executable, 15), ''), coalesce(p.command_line, ''), p.start_time,
        p.labels::text, p.created_at, s.change_seq, s.last_upload_at,
        (SELECT count(*) FROM trace t WHERE t.process_id = p.process_id), (SELECT count(DISTINCT u.capture_id) FROM upload u WHERE u.process_id = p.process_id),
        (SELECT count(*) FROM heap_profile h WHERE h.process_id = p.process_id)
        FROM process p JOIN process_state s ON s.process_id = p.process_id
        """;

    /// <summary>Processes of a project, the one with the newest upload first, filtered by text in host, pid, comm, command line or labels.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one that this list gave out.</exception>
    public Task<RowPage<ProcessRow>> ListAsync(string project, string? search, string? cursor, int limit, CancellationToken cancel) =>
        SearchAsync(project, new ProcessFilter { Search = search }, cursor, limit, cancel);

    /// <summary>The same for a filter of several parts.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one that this list gave out.</exception>
    public async Task<RowPage<ProcessRow>> SearchAsync(string project, ProcessFilter filter, string? cursor, int limit, CancellationToken cancel)
    {
        var rows = Cursor.Rows(limit);
        var (at, last) = Cursor.Read(cursor) ?? (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        await using var command = source.CreateCommand(
            $"""
            SELECT {Columns}
            WHERE p.project = $1 AND (s.last_upload_at, p.process_id) < ($2, $3)
              AND ($4 = '' OR p.host ILIKE $4 OR p.pid::text LIKE $4 OR p.comm ILIKE $4 OR p.executable ILIKE $4 OR p.command_line ILIKE $4 OR p.labels::text ILIKE $4)
              AND ($6 = '' OR lower(p.host) = lower($6)) AND ($7 = '' OR lower(coalesce(p.comm, left(p.executable, 15), '')) = lower($7)) AND p.labels @> $8::jsonb
            ORDER BY s.last_upload_at DESC, p.process_id DESC LIMIT $5
            """);
        command.Parameters.Add(new() { Value = project });
        command.Parameters.Add(new() { Value = at.UtcDateTime });
        command.Parameters.Add(new() { Value = last });
        command.Parameters.Add(new() { Value = LikePattern.Anywhere(filter.Search) });
        command.Parameters.Add(new() { Value = rows + 1 });
        command.Parameters.Add(new() { Value = Exact(filter.Host) });
        command.Parameters.Add(new() { Value = Exact(filter.Comm) });
        command.Parameters.Add(new() { Value = Json.OfLabels(filter.Labels) });
        var found = await ReadAsync(command, cancel);
        var page = Cursor.Page(found, rows, f => (f.LastUploadAt, f.Row.Id));
        return new RowPage<ProcessRow>(await WithTracksAsync([.. page.Items.Select(i => i.Row)], cancel), page.Next);
    }

    /// <summary>One process of a project, or null.</summary>
    public async Task<ProcessRow?> FindAsync(string project, Guid process, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"SELECT {Columns} WHERE p.project = $1 AND p.process_id = $2");
        command.Parameters.Add(new() { Value = project });
        command.Parameters.Add(new() { Value = process });
        var found = await ReadAsync(command, cancel);
        return found.Count == 0 ? null : (await WithTracksAsync([found[0].Row], cancel))[0];
    }

    private static string Exact(string? text) => text is null ? "" : CleanText.Of(text.Trim(), LongestText);

    private static async Task<List<(ProcessRow Row, DateTimeOffset LastUploadAt)>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<(ProcessRow, DateTimeOffset)>();
        while (await reader.ReadAsync(cancel))
        {
            var row = new ProcessRow(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.TextOrNull(4), unchecked((ulong?)reader.LongOrNull(5)),
                reader.GetInt32(6), reader.GetString(7), reader.GetString(8), reader.TimeOrNull(9), Json.Read<Dictionary<string, string>>(reader.GetString(10)), reader.Time(11),
                reader.GetInt64(12))
            { Traces = (int)reader.GetInt64(14), Captures = (int)reader.GetInt64(15), HeapProfiles = (int)reader.GetInt64(16), LastUploadAt = reader.Time(13) };
            found.Add((row, reader.Time(13)));
        }
        return found;
    }

    private async Task<List<ProcessRow>> WithTracksAsync(List<ProcessRow> processes, CancellationToken cancel)
    {
        var ids = processes.Select(p => p.Id).ToArray();
        var tracks = new Dictionary<Guid, List<TrackRow>>();
        await using (var command = source.CreateCommand("SELECT process_id, source, snapshots, first_at, last_at, last_rss_bytes FROM track WHERE process_id = ANY ($1) ORDER BY source"))
        {
            command.Parameters.Add(new() { Value = ids });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                if (!tracks.TryGetValue(reader.GetGuid(0), out var list)) tracks.Add(reader.GetGuid(0), list = []);
                list.Add(new TrackRow((SnapshotSource)reader.GetInt16(1), reader.GetInt32(2), reader.Time(3), reader.Time(4), reader.LongOrNull(5)));
            }
        }
        var lines = await SparklinesAsync(tracks, cancel);
        return processes.ConvertAll(p => p with { Tracks = tracks.GetValueOrDefault(p.Id) ?? [], RssSparkline = lines.GetValueOrDefault(p.Id) ?? [] });
    }

    /// <summary>60 look-ups by index for each process, however many snapshots it has.</summary>
    private async Task<Dictionary<Guid, List<long>>> SparklinesAsync(Dictionary<Guid, List<TrackRow>> tracks, CancellationToken cancel)
    {
        var shown = tracks.Select(t => (Id: t.Key, Track: t.Value.Find(r => r.LastRssBytes is not null))).Where(t => t.Track is not null).ToList();
        await using var command = source.CreateCommand(
            $"""
            SELECT DISTINCT w.id, s.taken_at, s.number, s.rss_bytes
            FROM unnest($1, $2, $3, $4) AS w(id, source, first_at, last_at)
            CROSS JOIN generate_series(0, {SparklinePoints - 1}) AS i
            CROSS JOIN LATERAL (
                SELECT taken_at, number, rss_bytes FROM snapshot
                WHERE process_id = w.id AND source = w.source AND taken_at >= w.first_at + (w.last_at - w.first_at) * (i / {SparklinePoints - 1}.0)
                ORDER BY taken_at, number LIMIT 1) s
            WHERE s.rss_bytes IS NOT NULL ORDER BY w.id, s.taken_at, s.number
            """);
        command.Parameters.Add(new() { Value = shown.Select(t => t.Id).ToArray() });
        command.Parameters.Add(new() { Value = shown.Select(t => (short)t.Track!.Source).ToArray() });
        command.Parameters.Add(new() { Value = shown.Select(t => t.Track!.FirstAt.UtcDateTime).ToArray() });
        command.Parameters.Add(new() { Value = shown.Select(t => t.Track!.LastAt.UtcDateTime).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lines = new Dictionary<Guid, List<long>>();
        while (await reader.ReadAsync(cancel))
        {
            if (!lines.TryGetValue(reader.GetGuid(0), out var line)) lines.Add(reader.GetGuid(0), line = []);
            line.Add(reader.GetInt64(3));
        }
        return lines;
    }
}
