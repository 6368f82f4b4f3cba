using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Storage.HeapProfiles;
using MemScope.Storage.Traces;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Captures;

/// <summary>Writes the rows of an upload for one process, inside the upload's transaction.</summary>
internal sealed class UploadWriter(NpgsqlConnection connection, UploadPlan plan, Guid captureId)
{
    private const int PartBytes = 1 << 20;

    private static readonly string CategoryColumns = string.Join(", ", Categories.All.Select(c => ColumnOf(c)));

    private DateTime ReceivedAt => plan.Upload.ReceivedAt.UtcDateTime;

    /// <summary>Column of <c>snapshot</c> that holds a category's RSS.</summary>
    public static string ColumnOf(Category category) => $"rss_{category.Slug().Replace('-', '_')}_bytes";

    /// <summary>Writes everything and returns the process' new change number.</summary>
    public async Task<long> WriteAsync(Guid processId, int position, PreparedProcess process, CancellationToken cancel)
    {
        var (first, seq) = await AdvanceAsync(processId, process.Planned.Snapshots.Count, cancel);
        await WriteUploadAsync(processId, position, process.Planned.Snapshots.Count, cancel);
        if (process.Planned.Snapshots.Count > 0)
        {
            await WriteSnapshotsAsync(processId, first, process, cancel);
            await WriteBlocksAsync(processId, first, process, cancel);
            await AdvanceTracksAsync(processId, process, cancel);
        }
        if (process.Planned.Figures.Count > 0) await WriteFiguresAsync(processId, process, cancel);
        if (process.Traces.Count > 0) await WriteTracesAsync(processId, process, cancel);
        foreach (var profile in process.HeapProfiles) await WriteHeapProfileAsync(processId, profile, cancel);
        return seq;
    }

    /// <summary>Reserves snapshot numbers; the row lock orders concurrent uploads.</summary>
    private async Task<(int First, long Seq)> AdvanceAsync(Guid processId, int snapshots, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            UPDATE process_state SET next_snapshot_number = next_snapshot_number + $2, change_seq = change_seq + 1, last_upload_at = greatest(last_upload_at, $3)
            WHERE process_id = $1 RETURNING next_snapshot_number - $2, change_seq
            """, connection)
        { Parameters = { new() { Value = processId }, new() { Value = snapshots }, new() { Value = ReceivedAt } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt32(0), reader.GetInt64(1));
    }

    /// <summary>Two parts of a file may turn out to be one process: then the row stands already.</summary>
    private async Task WriteUploadAsync(Guid processId, int position, int snapshots, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO upload (process_id, upload_id, capture_id, occasion, position, snapshots, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (process_id, upload_id) DO NOTHING",
            connection)
        {
            Parameters =
            {
                new() { Value = processId }, new() { Value = plan.Id }, new() { Value = captureId }, new() { Value = plan.Occasion },
                new() { Value = (short)Math.Min(position, short.MaxValue) }, new() { Value = snapshots }, new() { Value = ReceivedAt },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task WriteSnapshotsAsync(Guid processId, int first, PreparedProcess process, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"""
            COPY snapshot (process_id, number, source, taken_at, time_origin, received_at, upload_id, capture_id, series_number, vma_count, virtual_bytes, rss_bytes, pss_bytes,
                           swap_bytes, private_dirty_bytes, uss_bytes, lazy_free_bytes, anon_huge_bytes, {CategoryColumns}) FROM STDIN (FORMAT binary)
            """, cancel);
        for (var i = 0; i < process.Planned.Snapshots.Count; i++)
        {
            var (snapshot, takenAt, origin, _) = process.Planned.Snapshots[i];
            var totals = process.Totals[i];
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(processId, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(first + i, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync((short)snapshot.Source, NpgsqlDbType.Smallint, cancel);
            await copy.WriteAsync(takenAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
            await copy.WriteAsync((short)origin, NpgsqlDbType.Smallint, cancel);
            await copy.WriteAsync(ReceivedAt, NpgsqlDbType.TimestampTz, cancel);
            await copy.WriteAsync(plan.Id, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(captureId, NpgsqlDbType.Uuid, cancel);
            await NullableAsync(copy, snapshot.SeriesNumber, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(snapshot.Vmas.Count, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(totals.VirtualBytes, NpgsqlDbType.Bigint, cancel);
            foreach (var bytes in (long?[])[totals.RssBytes, totals.PssBytes, totals.SwapBytes, totals.PrivateDirtyBytes, totals.UssBytes, totals.LazyFreeBytes, totals.AnonHugeBytes])
                await NullableAsync(copy, bytes, NpgsqlDbType.Bigint, cancel);
            for (var c = 0; c < Categories.All.Count; c++) await NullableAsync(copy, totals.RssByCategory?[c], NpgsqlDbType.Bigint, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    private async Task WriteBlocksAsync(Guid processId, int first, PreparedProcess process, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY snapshot_block (process_id, source, first_number, last_number, snapshots, vmas, from_at, to_at, received_at, codec, data) FROM STDIN (FORMAT binary)", cancel);
        foreach (var block in process.Blocks)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(processId, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync((short)block.Source, NpgsqlDbType.Smallint, cancel);
            await copy.WriteAsync(first + block.First, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(first + block.Last, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(block.Snapshots, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(block.Vmas, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(block.From.UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
            await copy.WriteAsync(block.To.UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
            await copy.WriteAsync(ReceivedAt, NpgsqlDbType.TimestampTz, cancel);
            await copy.WriteAsync((short)SnapshotBlockCodec.Version, NpgsqlDbType.Smallint, cancel);
            await copy.WriteAsync(block.Data, NpgsqlDbType.Bytea, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    private async Task AdvanceTracksAsync(Guid processId, PreparedProcess process, CancellationToken cancel)
    {
        foreach (var track in process.Planned.Snapshots.Select((s, i) => (s, i)).GroupBy(s => s.s.Snapshot.Source))
        {
            var (last, index) = track.Last();
            await using var command = new NpgsqlCommand(
                """
                INSERT INTO track (process_id, source, snapshots, first_at, last_at, last_rss_bytes) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (process_id, source) DO UPDATE SET snapshots = track.snapshots + excluded.snapshots, first_at = least(track.first_at, excluded.first_at),
                    last_rss_bytes = CASE WHEN excluded.last_at >= track.last_at THEN excluded.last_rss_bytes ELSE track.last_rss_bytes END,
                    last_at = greatest(track.last_at, excluded.last_at)
                """, connection)
            {
                Parameters =
                {
                    new() { Value = processId }, new() { Value = (short)track.Key }, new() { Value = track.Count() }, new() { Value = track.First().s.TakenAt.UtcDateTime },
                    new() { Value = last.TakenAt.UtcDateTime }, new() { Value = (object?)process.Totals[index].RssBytes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                },
            };
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private async Task WriteFiguresAsync(Guid processId, PreparedProcess process, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY side_figures (process_id, side_figures_id, kind, label, taken_at, time_origin, received_at, upload_id, capture_id, series_number, bytes, counts)
            FROM STDIN (FORMAT binary)
            """, cancel);
        // Ascending ids keep the order of the file, which alone tells the later of two blocks without a time of their own.
        var ids = process.Planned.Figures.Select(_ => Guid.CreateVersion7(plan.Upload.ReceivedAt)).Order().ToArray();
        foreach (var ((figures, takenAt, origin), id) in process.Planned.Figures.Zip(ids))
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(processId, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(CleanText.Of(figures.Kind, 64), NpgsqlDbType.Text, cancel);
            if (figures.Label is { } label) await copy.WriteAsync(CleanText.Of(label, 1024), NpgsqlDbType.Text, cancel);
            else await copy.WriteNullAsync(cancel);
            await copy.WriteAsync(takenAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
            await copy.WriteAsync((short)origin, NpgsqlDbType.Smallint, cancel);
            await copy.WriteAsync(ReceivedAt, NpgsqlDbType.TimestampTz, cancel);
            await copy.WriteAsync(plan.Id, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(captureId, NpgsqlDbType.Uuid, cancel);
            await NullableAsync(copy, figures.SeriesNumber, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(Json.OfFigures(figures.Bytes), NpgsqlDbType.Jsonb, cancel);
            await copy.WriteAsync(Json.OfFigures(figures.Counts), NpgsqlDbType.Jsonb, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    private async Task WriteTracesAsync(Guid processId, PreparedProcess process, CancellationToken cancel)
    {
        foreach (var (trace, fromNs, toNs, data, moves) in process.Traces)
        {
            var traceId = Guid.CreateVersion7(plan.Upload.ReceivedAt);
            var firstNs = fromNs ?? 0;
            var anchor = trace.Clock == ClockDomain.Wall ? null : ClockAnchor.Of(trace, firstNs, plan.Upload.TraceStart, plan.Upload.TakenAt);
            await using var insert = new NpgsqlCommand(
                """
                INSERT INTO trace (process_id, trace_id, upload_id, capture_id, file_name, tool, clock, events, callchains, from_ns, to_ns, losses, codec, received_at, anchor_at, anchor_origin, anchor_within_ms)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                """, connection)
            {
                Parameters =
                {
                    new() { Value = processId }, new() { Value = traceId }, new() { Value = plan.Id }, new() { Value = captureId },
                    new() { Value = CleanText.Of(plan.Upload.FileName, 1024) }, new() { Value = CleanText.Of(trace.Tool, 64) }, new() { Value = (short)trace.Clock },
                    new() { Value = trace.Events.Count }, new() { Value = trace.Callchains.Count }, new() { Value = (object?)fromNs ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                    new() { Value = (object?)toNs ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                    new() { Value = Json.OfLosses(trace.Losses), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = (short)TraceCodec.Version }, new() { Value = ReceivedAt },
                    new() { Value = (object?)anchor?.WallOf(firstNs).UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                    new() { Value = anchor is null ? DBNull.Value : (short)anchor.Origin, NpgsqlDbType = NpgsqlDbType.Smallint },
                    new() { Value = (object?)anchor?.WithinMs ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                },
            };
            await insert.ExecuteNonQueryAsync(cancel);
            await WritePartsAsync("trace_block", "trace_id", processId, traceId, data, cancel);
            await WriteMovesAsync(processId, traceId, moves.Anchored(trace.Clock == ClockDomain.Wall ? trace.Anchor : anchor), cancel);
        }
    }

    private async Task WriteMovesAsync(Guid processId, Guid traceId, IReadOnlyList<TracedMove> moves, CancellationToken cancel)
    {
        if (moves.Count == 0) return;
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY trace_move (process_id, trace_id, ordinal, time_ns, at, old_start, old_end, new_start, new_end) FROM STDIN (FORMAT binary)", cancel);
        for (var i = 0; i < moves.Count; i++)
        {
            var (timeNs, at, from, to) = moves[i];
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(processId, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(traceId, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(i, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(timeNs, NpgsqlDbType.Bigint, cancel);
            await NullableAsync(copy, at?.UtcDateTime, NpgsqlDbType.TimestampTz, cancel);
            foreach (var address in (ulong[])[from.Start, from.End, to.Start, to.End]) await copy.WriteAsync(unchecked((long)address), NpgsqlDbType.Bigint, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    private async Task WriteHeapProfileAsync(Guid processId, PreparedHeapProfile prepared, CancellationToken cancel)
    {
        var (profile, takenAt, origin) = prepared.Planned;
        var id = Guid.CreateVersion7(plan.Upload.ReceivedAt);
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO heap_profile (process_id, heap_profile_id, upload_id, capture_id, file_name, tool, unit, clock, dumps, callchains, taken_at, time_origin, live_bytes, peak_bytes,
                                      losses, codec, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """, connection)
        {
            Parameters =
            {
                new() { Value = processId }, new() { Value = id }, new() { Value = plan.Id }, new() { Value = captureId }, new() { Value = CleanText.Of(plan.Upload.FileName, 1024) },
                new() { Value = CleanText.Of(profile.Tool, 64) }, new() { Value = (short)profile.Unit }, new() { Value = (short)profile.Clock }, new() { Value = profile.Dumps.Count },
                new() { Value = profile.Callchains.Count }, new() { Value = takenAt.UtcDateTime }, new() { Value = (short)origin },
                new() { Value = (object?)profile.LiveBytes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = (object?)profile.PeakBytes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = Json.OfLosses(profile.Losses), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = (short)HeapProfileCodec.Version }, new() { Value = ReceivedAt },
            },
        };
        await insert.ExecuteNonQueryAsync(cancel);
        await WritePartsAsync("heap_profile_block", "heap_profile_id", processId, id, prepared.Data, cancel);
    }

    private async Task WritePartsAsync(string table, string key, Guid processId, Guid id, byte[] data, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {table} (process_id, {key}, part, data) FROM STDIN (FORMAT binary)", cancel);
        for (int part = 0, at = 0; at < data.Length; part++, at += PartBytes)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(processId, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(part, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(data.AsMemory(at, Math.Min(PartBytes, data.Length - at)), NpgsqlDbType.Bytea, cancel);
        }
        await copy.CompleteAsync(cancel);
    }

    private static Task NullableAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken cancel)
        where T : struct => value is { } known ? copy.WriteAsync(known, type, cancel) : copy.WriteNullAsync(cancel);
}
