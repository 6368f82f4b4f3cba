using System.Globalization;
using MemScope.Core.Analysis;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using Npgsql;

namespace MemScope.Storage;

/// <summary>Looks whether what is stored fits together. Only reads.</summary>
public sealed class StoreCheck(NpgsqlDataSource source, TrackQuery tracks)
{
    /// <summary>What does not fit, one line each, in words for the operator; nothing when all does. Uploads that come meanwhile may be told of: run it again.</summary>
    public async IAsyncEnumerable<string> ProblemsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var problem in await CapturesAsync(cancel)) yield return problem;
        foreach (var (process, track, analyzer) in await TracksAsync(cancel))
        {
            var rows = await RowsAsync(process, track, cancel);
            var problems = new List<string>();
            try
            {
                await foreach (var point in tracks.ReadAsync(process, track, int.MinValue, int.MaxValue, cancel)) Check(point.Number, point.TakenAt, point.Vmas, track, rows, problems);
            }
            catch (InvalidDataException damage)
            {
                problems.Add($"a block is damaged: {damage.Message}");
            }
            foreach (var number in rows.Keys) problems.Add(Words($"snapshot {number} is in no block"));
            if (analyzer != Analyzer.Version) problems.Add(Words($"its sums and regions are of version {analyzer} of the analysis, not {Analyzer.Version}: run ./memscope reprocess --process {process}, or start the server"));
            foreach (var problem in problems) yield return $"process {process}, {track.Text()}: {problem}";
        }
    }

    private sealed record Row(DateTimeOffset TakenAt, int Vmas, long? Rss, long? Pss, long Virtual);

    private static void Check(int number, DateTimeOffset takenAt, VmaTable vmas, SnapshotSource track, Dictionary<int, Row> rows, List<string> problems)
    {
        if (!rows.Remove(number, out var row))
        {
            problems.Add(Words($"a block holds snapshot {number}, which has no row or is in two blocks"));
            return;
        }
        var totals = SnapshotTotals.Of(new Snapshot(track, ProcessHint.None, vmas));
        if (row != new Row(takenAt, vmas.Count, totals.RssBytes, totals.PssBytes, totals.VirtualBytes)) problems.Add(Words($"the row of snapshot {number} says otherwise than its block"));
    }

    private async Task<List<string>> CapturesAsync(CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT c.capture_id, c.stored_bytes, c.text_dropped_at IS NOT NULL, count(h.part), coalesce(max(h.part), -1), coalesce(sum(length(h.data)), 0)
            FROM capture c LEFT JOIN capture_chunk h ON h.capture_id = c.capture_id GROUP BY c.capture_id
            HAVING coalesce(sum(length(h.data)), 0) <> c.stored_bytes OR count(h.part) <> coalesce(max(h.part), -1) + 1 OR (c.text_dropped_at IS NULL) = (count(h.part) = 0)
            """);
        command.CommandTimeout = 0; // reads all text
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var problems = new List<string>();
        while (await reader.ReadAsync(cancel))
            problems.Add(reader.GetBoolean(2) ? $"capture {reader.GetGuid(0)}: its text was dropped, but some of it is there" : Words($"capture {reader.GetGuid(0)}: {reader.GetInt64(5)} of its {reader.GetInt64(1)} bytes are there"));
        return problems;
    }

    private async Task<List<(Guid Process, SnapshotSource Track, short Analyzer)>> TracksAsync(CancellationToken cancel)
    {
        await using var command = source.CreateCommand("SELECT process_id, source, analyzer FROM track ORDER BY process_id, source");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<(Guid, SnapshotSource, short)>();
        while (await reader.ReadAsync(cancel)) found.Add((reader.GetGuid(0), (SnapshotSource)reader.GetInt16(1), reader.GetInt16(2)));
        return found;
    }

    private async Task<Dictionary<int, Row>> RowsAsync(Guid process, SnapshotSource track, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("SELECT number, taken_at, vma_count, rss_bytes, pss_bytes, virtual_bytes FROM snapshot WHERE process_id = $1 AND source = $2");
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = (short)track });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new Dictionary<int, Row>();
        while (await reader.ReadAsync(cancel)) rows.Add(reader.GetInt32(0), new Row(reader.Time(1), reader.GetInt32(2), reader.LongOrNull(3), reader.LongOrNull(4), reader.GetInt64(5)));
        return rows;
    }

    private static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
