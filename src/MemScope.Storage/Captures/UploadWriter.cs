using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Storage.HeapProfiles;
using MemScope.Storage.Traces;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Captures;

/// <summary>Writes the rows of an upload for one process, inside the upload's transaction.</summary>
internal sealed class UploadWriter(UploadStatements statements, UploadPlan plan, Guid captureId, Dictionary<Guid, int> nextNumbers)
{
    private const int PartBytes = 1 << 20;

    private static readonly RowColumns Snapshot = new("snapshot",
    [
        ("process_id", NpgsqlDbType.Uuid), ("number", NpgsqlDbType.Integer), ("source", NpgsqlDbType.Smallint), ("taken_at", NpgsqlDbType.TimestampTz), ("time_origin", NpgsqlDbType.Smallint),
        ("received_at", NpgsqlDbType.TimestampTz), ("upload_id", NpgsqlDbType.Uuid), ("capture_id", NpgsqlDbType.Uuid), ("series_number", NpgsqlDbType.Integer), ("vma_count", NpgsqlDbType.Integer),
        ("virtual_bytes", NpgsqlDbType.Bigint), ("rss_bytes", NpgsqlDbType.Bigint), ("pss_bytes", NpgsqlDbType.Bigint), ("swap_bytes", NpgsqlDbType.Bigint),
        ("private_dirty_bytes", NpgsqlDbType.Bigint), ("uss_bytes", NpgsqlDbType.Bigint), ("lazy_free_bytes", NpgsqlDbType.Bigint), ("anon_huge_bytes", NpgsqlDbType.Bigint),
        .. Categories.All.Select(c => (ColumnOf(c), NpgsqlDbType.Bigint)),
    ]);

    private static readonly RowColumns SnapshotBlock = new("snapshot_block",
    [
        ("process_id", NpgsqlDbType.Uuid), ("source", NpgsqlDbType.Smallint), ("first_number", NpgsqlDbType.Integer), ("last_number", NpgsqlDbType.Integer), ("snapshots", NpgsqlDbType.Integer),
        ("vmas", NpgsqlDbType.Bigint), ("from_at", NpgsqlDbType.TimestampTz), ("to_at", NpgsqlDbType.TimestampTz), ("received_at", NpgsqlDbType.TimestampTz), ("codec", NpgsqlDbType.Smallint),
        ("data", NpgsqlDbType.Bytea),
    ]);

    private static readonly RowColumns SideFigures = new("side_figures",
    [
        ("process_id", NpgsqlDbType.Uuid), ("side_figures_id", NpgsqlDbType.Uuid), ("kind", NpgsqlDbType.Text), ("label", NpgsqlDbType.Text), ("taken_at", NpgsqlDbType.TimestampTz),
        ("time_origin", NpgsqlDbType.Smallint), ("received_at", NpgsqlDbType.TimestampTz), ("upload_id", NpgsqlDbType.Uuid), ("capture_id", NpgsqlDbType.Uuid),
        ("series_number", NpgsqlDbType.Integer), ("bytes", NpgsqlDbType.Jsonb), ("counts", NpgsqlDbType.Jsonb),
    ]);

    private static readonly RowColumns TraceMove = new("trace_move",
    [
        ("process_id", NpgsqlDbType.Uuid), ("trace_id", NpgsqlDbType.Uuid), ("ordinal", NpgsqlDbType.Integer), ("time_ns", NpgsqlDbType.Bigint), ("at", NpgsqlDbType.TimestampTz),
        ("old_start", NpgsqlDbType.Bigint), ("old_end", NpgsqlDbType.Bigint), ("new_start", NpgsqlDbType.Bigint), ("new_end", NpgsqlDbType.Bigint),
    ]);

    private static readonly RowColumns TraceBlock = Parts("trace_block", "trace_id"), HeapProfileBlock = Parts("heap_profile_block", "heap_profile_id");

    private DateTime ReceivedAt => plan.Upload.ReceivedAt.UtcDateTime;

    private static RowColumns Parts(string table, string key) =>
        new(table, [("process_id", NpgsqlDbType.Uuid), (key, NpgsqlDbType.Uuid), ("part", NpgsqlDbType.Integer), ("data", NpgsqlDbType.Bytea)]);

    /// <summary>Column of <c>snapshot</c> that holds a category's RSS.</summary>
    public static string ColumnOf(Category category) => $"rss_{category.Slug().Replace('-', '_')}_bytes";

    /// <summary>Writes everything.</summary>
    public async Task WriteAsync(Guid processId, int position, PreparedProcess process, CancellationToken cancel)
    {
        var first = Advance(processId, process.Planned.Snapshots.Count);
        AddUpload(processId, position, process.Planned.Snapshots.Count);
        if (process.Planned.Snapshots.Count > 0)
        {
            await statements.AddRowsAsync(Snapshot, [.. process.Planned.Snapshots.Select((s, i) => SnapshotRow(processId, first + i, s, process.Totals[i]))], cancel);
            await statements.AddRowsAsync(SnapshotBlock, [.. process.Blocks.Select(b => BlockRow(processId, first, b))], cancel);
            AdvanceTracks(processId, process);
        }
        await AddFiguresAsync(processId, process, cancel);
        foreach (var trace in process.Traces) await AddTraceAsync(processId, trace, cancel);
        foreach (var profile in process.HeapProfiles) await AddHeapProfileAsync(processId, profile, cancel);
        foreach (var (codec, data) in process.CodeMaps)
        {
            statements.Add("INSERT INTO code_map (process_id, code_map_id, capture_id, received_at, codec, data) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                new() { Value = processId }, new() { Value = Guid.CreateVersion7(plan.Upload.ReceivedAt) }, new() { Value = captureId }, new() { Value = ReceivedAt },
                new() { Value = (short)codec }, new() { Value = data, NpgsqlDbType = NpgsqlDbType.Bytea },
            ]);
        }
    }

    /// <summary>Reserves snapshot numbers and returns the first. The lock of (project, host, pid) orders concurrent uploads; that no number is given twice the key of snapshot sees to.</summary>
    private int Advance(Guid processId, int snapshots)
    {
        statements.Add(
            """
            UPDATE process_state SET next_snapshot_number = next_snapshot_number + $2, change_seq = change_seq + 1, last_upload_at = greatest(last_upload_at, $3)
            WHERE process_id = $1 RETURNING process_id, change_seq
            """,
            [new() { Value = processId }, new() { Value = snapshots }, new() { Value = ReceivedAt }]);
        var first = nextNumbers[processId];
        nextNumbers[processId] += snapshots;
        return first;
    }

    /// <summary>Two parts of a file may turn out to be one process: then the row stands already.</summary>
    private void AddUpload(Guid processId, int position, int snapshots) => statements.Add(
        "INSERT INTO upload (process_id, upload_id, capture_id, occasion, position, snapshots, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (process_id, upload_id) DO NOTHING",
        [
            new() { Value = processId }, new() { Value = plan.Id }, new() { Value = captureId }, new() { Value = plan.Occasion },
            new() { Value = (short)Math.Min(position, short.MaxValue) }, new() { Value = snapshots }, new() { Value = ReceivedAt },
        ]);

    private object?[] SnapshotRow(Guid processId, int number, PlannedSnapshot planned, SnapshotTotals totals) =>
    [
        processId, number, (short)planned.Snapshot.Source, planned.TakenAt.UtcDateTime, (short)planned.Origin, ReceivedAt, plan.Id, captureId, planned.Snapshot.SeriesNumber,
        planned.Snapshot.Vmas.Count, totals.VirtualBytes, totals.RssBytes, totals.PssBytes, totals.SwapBytes, totals.PrivateDirtyBytes, totals.UssBytes, totals.LazyFreeBytes,
        totals.AnonHugeBytes, .. Enumerable.Range(0, Categories.All.Count).Select(c => (object?)totals.RssByCategory?[c]),
    ];

    private object?[] BlockRow(Guid processId, int first, PreparedBlock block) =>
    [
        processId, (short)block.Source, first + block.First, first + block.Last, block.Snapshots, block.Vmas, block.From.UtcDateTime, block.To.UtcDateTime, ReceivedAt,
        (short)SnapshotBlockCodec.Version, block.Data,
    ];

    private void AdvanceTracks(Guid processId, PreparedProcess process)
    {
        foreach (var track in process.Planned.Snapshots.Select((s, i) => (s, i)).GroupBy(s => s.s.Snapshot.Source))
        {
            var (last, index) = track.Last();
            statements.Add(
                """
                INSERT INTO track (process_id, source, snapshots, first_at, last_at, last_rss_bytes) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (process_id, source) DO UPDATE SET snapshots = track.snapshots + excluded.snapshots, first_at = least(track.first_at, excluded.first_at),
                    last_rss_bytes = CASE WHEN excluded.last_at >= track.last_at THEN excluded.last_rss_bytes ELSE track.last_rss_bytes END,
                    last_at = greatest(track.last_at, excluded.last_at)
                """,
                [
                    new() { Value = processId }, new() { Value = (short)track.Key }, new() { Value = track.Count() }, new() { Value = track.First().s.TakenAt.UtcDateTime },
                    new() { Value = last.TakenAt.UtcDateTime }, new() { Value = (object?)process.Totals[index].RssBytes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                ]);
        }
    }

    private Task AddFiguresAsync(Guid processId, PreparedProcess process, CancellationToken cancel)
    {
        // Ascending ids keep the order of the file, which alone tells the later of two blocks without a time of their own.
        var ids = process.Planned.Figures.Select(_ => Guid.CreateVersion7(plan.Upload.ReceivedAt)).Order().ToArray();
        return statements.AddRowsAsync(SideFigures, [.. process.Planned.Figures.Zip(ids, (f, id) => FiguresRow(processId, id, f))], cancel);
    }

    private object?[] FiguresRow(Guid processId, Guid id, PlannedFigures planned)
    {
        var (figures, takenAt, origin) = planned;
        return
        [
            processId, id, CleanText.Of(figures.Kind, 64), figures.Label is { } label ? CleanText.Of(label, 1024) : null, takenAt.UtcDateTime, (short)origin, ReceivedAt, plan.Id, captureId,
            figures.SeriesNumber, Json.OfFigures(figures.Bytes), Json.OfFigures(figures.Counts),
        ];
    }

    private async Task AddTraceAsync(Guid processId, PreparedTrace prepared, CancellationToken cancel)
    {
        var (trace, fromNs, toNs, data, moves) = prepared;
        var traceId = Guid.CreateVersion7(plan.Upload.ReceivedAt);
        var firstNs = fromNs ?? 0;
        var anchor = trace.Clock == ClockDomain.Wall ? null : prepared.AnchorOf(plan.Upload);
        statements.Add(
            """
            INSERT INTO trace (process_id, trace_id, upload_id, capture_id, file_name, tool, clock, events, callchains, from_ns, to_ns, losses, codec, received_at, anchor_at, anchor_origin, anchor_within_ms)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """,
            [
                new() { Value = processId }, new() { Value = traceId }, new() { Value = plan.Id }, new() { Value = captureId },
                new() { Value = CleanText.Of(plan.Upload.FileName, 1024) }, new() { Value = CleanText.Of(trace.Tool, 64) }, new() { Value = (short)trace.Clock },
                new() { Value = trace.Events.Count }, new() { Value = trace.Callchains.Count }, new() { Value = (object?)fromNs ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = (object?)toNs ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = Json.OfLosses(trace.Losses), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = (short)TraceCodec.Version }, new() { Value = ReceivedAt },
                new() { Value = (object?)anchor?.WallOf(firstNs).UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = anchor is null ? DBNull.Value : (short)anchor.Origin, NpgsqlDbType = NpgsqlDbType.Smallint },
                new() { Value = (object?)anchor?.WithinMs ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            ]);
        await AddPartsAsync(TraceBlock, processId, traceId, data, cancel);
        var proven = moves.Anchored(trace.Clock == ClockDomain.Wall ? trace.Anchor : anchor);
        await statements.AddRowsAsync(TraceMove, [.. proven.Select((m, i) => MoveRow(processId, traceId, i, m))], cancel);
    }

    private static object?[] MoveRow(Guid processId, Guid traceId, int ordinal, TracedMove move)
    {
        var (timeNs, at, from, to) = move;
        return [processId, traceId, ordinal, timeNs, at?.UtcDateTime, unchecked((long)from.Start), unchecked((long)from.End), unchecked((long)to.Start), unchecked((long)to.End)];
    }

    private Task AddHeapProfileAsync(Guid processId, PreparedHeapProfile prepared, CancellationToken cancel)
    {
        var (profile, takenAt, origin) = prepared.Planned;
        var id = Guid.CreateVersion7(plan.Upload.ReceivedAt);
        statements.Add(
            """
            INSERT INTO heap_profile (process_id, heap_profile_id, upload_id, capture_id, file_name, tool, unit, clock, dumps, callchains, taken_at, time_origin, live_bytes, peak_bytes,
                                      losses, codec, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """,
            [
                new() { Value = processId }, new() { Value = id }, new() { Value = plan.Id }, new() { Value = captureId }, new() { Value = CleanText.Of(plan.Upload.FileName, 1024) },
                new() { Value = CleanText.Of(profile.Tool, 64) }, new() { Value = (short)profile.Unit }, new() { Value = (short)profile.Clock }, new() { Value = profile.Dumps.Count },
                new() { Value = profile.Callchains.Count }, new() { Value = takenAt.UtcDateTime }, new() { Value = (short)origin },
                new() { Value = (object?)profile.LiveBytes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = (object?)profile.PeakBytes ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = Json.OfLosses(profile.Losses), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = (short)HeapProfileCodec.Version }, new() { Value = ReceivedAt },
            ]);
        return AddPartsAsync(HeapProfileBlock, processId, id, prepared.Data, cancel);
    }

    private Task AddPartsAsync(RowColumns table, Guid processId, Guid id, byte[] data, CancellationToken cancel)
    {
        var rows = new List<object?[]>();
        for (var at = 0; at < data.Length; at += PartBytes) rows.Add([processId, id, rows.Count, new ReadOnlyMemory<byte>(data, at, Math.Min(PartBytes, data.Length - at))]);
        return statements.AddRowsAsync(table, rows, cancel);
    }
}
