using System.Security.Cryptography;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using Npgsql;

namespace MemScope.Storage.Captures;

/// <summary>
/// Proves that a capture's text may go: reads it anew and compares it with what the store gives back. A snapshot is proven when its block prints the same text as the mappings just read, and
/// that text reads back to the same mappings; figures when their row holds the same numbers.
/// </summary>
internal sealed class TextProof(NpgsqlDataSource source, TrackQuery tracks)
{
    /// <summary>Members that hold nothing but mappings and the process' own figures.</summary>
    private static readonly string[] Provable = ["smaps", "maps", "pmap", "mixed", "status", "smaps-rollup"];

    /// <summary>Figures of which every number that is read is kept.</summary>
    private static readonly string[] ProvableFigures = ["status", "rollup"];

    /// <summary>
    /// Remarks that tell of nothing left out: numbers that do not fit each other but are kept as printed (SMAPS001, SMAPS005, PMAP004), totals missing by choice (PMAP008), columns that were
    /// never there (PMAP010, PMAP013), times behind the blocks (FRAME005). Any other says that the text holds something that the store does not.
    /// </summary>
    private static readonly string[] Harmless = ["SMAPS001", "SMAPS005", "PMAP004", "PMAP008", "PMAP010", "PMAP013", "FRAME005"];

    /// <summary>Why the text must stay, or null when the store gives back everything in it.</summary>
    /// <param name="capture">The capture.</param>
    /// <param name="fileName">Its name as sent: it may tell times.</param>
    /// <param name="uploads">Its uploads, each of which must be proven.</param>
    /// <param name="text">Its decoded text.</param>
    /// <param name="cancel">Ends the proof.</param>
    public async Task<string?> FirstReasonToKeepAsync(Guid capture, string fileName, IReadOnlyCollection<Guid> uploads, Stream text, CancellationToken cancel)
    {
        ParsedCapture parsed;
        try
        {
            parsed = CaptureReader.Parse(text, fileName.Length == 0 ? null : fileName, null, Limits.Default, cancel);
        }
        catch (CaptureRefusedException refused)
        {
            return $"it cannot be read any more: {refused.Message}";
        }
        if (ReasonInside(parsed) is { } reason) return reason;
        var expected = Expected(parsed.Snapshots, out var loss);
        if (loss is not null) return loss;
        foreach (var upload in uploads)
        {
            if (await CompareSnapshotsAsync(capture, upload, parsed, expected, cancel) is { } difference) return difference;
            if (await CompareFiguresAsync(capture, upload, parsed.Figures, cancel) is { } figure) return figure;
        }
        return null;
    }

    /// <summary>What in a file the store never holds.</summary>
    internal static string? ReasonInside(ParsedCapture parsed)
    {
        if (parsed.Traces.Count + parsed.HeapProfiles.Count + parsed.PerfMaps.Count + parsed.Modules.Count > 0) return "it holds more than snapshots";
        if (parsed.Members.FirstOrDefault(m => !Provable.Contains(m.Format)) is { } member) return $"it holds a file that is no snapshot: {CleanText.Of(member.Name, 200)}";
        if (parsed.Diagnostics.FirstOrDefault(d => !IsHarmless(d)) is { } remark) return CleanText.Of($"the parse report says that something is in the text alone ({remark.Id}): {remark.Text}", 500);
        if (parsed.Figures.FirstOrDefault(f => !ProvableFigures.Contains(f.Kind)) is { } figures) return $"it holds figures of {CleanText.Of(figures.Kind, 64)}";
        return null;
    }

    // pmap -X reads the process twice: the remark holds both sums (PMAP002 as information), unless it is one that only counts. As a warning it tells of rows that are missing.
    private static bool IsHarmless(ParseDiagnostic remark) => Harmless.Contains(remark.Id) || remark is { Id: "PMAP002", Severity: Severity.Info, Count: 1 };

    /// <summary>How often each snapshot's text is in the file.</summary>
    private static Dictionary<string, int> Expected(IReadOnlyList<Snapshot> snapshots, out string? loss)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var snapshot in snapshots)
        {
            loss = SnapshotText.FirstLoss(snapshot.Source, snapshot.Vmas);
            if (loss is not null)
            {
                loss = $"a snapshot cannot be printed again: {loss}";
                return counts;
            }
            var key = KeyOf(snapshot.Source, snapshot.Vmas);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        loss = null;
        return counts;
    }

    private async Task<string?> CompareSnapshotsAsync(Guid capture, Guid upload, ParsedCapture parsed, Dictionary<string, int> expected, CancellationToken cancel)
    {
        var rows = await RowsAsync(capture, upload, cancel);
        if (rows.Count != parsed.Snapshots.Count) return FormattableString.Invariant($"{rows.Count} of its {parsed.Snapshots.Count} snapshots are stored");
        var told = parsed.Snapshots.Where(s => s.TakenAt is not null).Select(s => UploadPlan.Stored(s.TakenAt!.Value)).ToHashSet();
        var left = new Dictionary<string, int>(expected, StringComparer.Ordinal);
        foreach (var track in rows.GroupBy(r => (r.Process, r.Source)))
        {
            var byNumber = track.ToDictionary(r => r.Number);
            await foreach (var point in tracks.ReadAsync(track.Key.Process, track.Key.Source, byNumber.Keys.Min(), byNumber.Keys.Max(), cancel))
            {
                if (!byNumber.Remove(point.Number, out var row)) continue;
                var key = KeyOf(track.Key.Source, point.Vmas);
                if (left.GetValueOrDefault(key) == 0) return FormattableString.Invariant($"snapshot {point.Number} differs in the store");
                left[key]--;
                if (row.TakenAt != point.TakenAt || (row.Origin is not (TimeOrigin.Query or TimeOrigin.Receipt) && !told.Contains(row.TakenAt))) return FormattableString.Invariant($"the time of snapshot {point.Number} differs in the store");
            }
            if (byNumber.Count > 0) return FormattableString.Invariant($"snapshot {byNumber.Keys.Min()} is in no block");
        }
        return null;
    }

    private async Task<string?> CompareFiguresAsync(Guid capture, Guid upload, IReadOnlyList<SideFigures> figures, CancellationToken cancel)
    {
        var left = figures.GroupBy(KeyOf, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        await using var command = source.CreateCommand(
            """
            SELECT f.kind, f.label, f.bytes, f.counts FROM upload u JOIN side_figures f ON f.process_id = u.process_id AND f.upload_id = u.upload_id AND f.capture_id = u.capture_id
            WHERE u.capture_id = $1 AND u.upload_id = $2
            """);
        command.Parameters.Add(new() { Value = capture });
        command.Parameters.Add(new() { Value = upload });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var key = KeyOf(reader.GetString(0), reader.TextOrNull(1), Json.Read<Dictionary<string, long>>(reader.GetString(2)), Json.Read<Dictionary<string, long>>(reader.GetString(3)));
            if (left.GetValueOrDefault(key) > 0) left[key]--;
        }
        return left.Values.Any(n => n > 0) ? "figures beside the snapshots are not stored as they stand in it" : null;
    }

    private sealed record Row(Guid Process, int Number, SnapshotSource Source, DateTimeOffset TakenAt, TimeOrigin Origin);

    private async Task<List<Row>> RowsAsync(Guid capture, Guid upload, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT s.process_id, s.number, s.source, s.taken_at, s.time_origin FROM upload u
            JOIN snapshot s ON s.process_id = u.process_id AND s.upload_id = u.upload_id AND s.capture_id = u.capture_id WHERE u.capture_id = $1 AND u.upload_id = $2
            """);
        command.Parameters.Add(new() { Value = capture });
        command.Parameters.Add(new() { Value = upload });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<Row>();
        while (await reader.ReadAsync(cancel)) rows.Add(new Row(reader.GetGuid(0), reader.GetInt32(1), (SnapshotSource)reader.GetInt16(2), reader.Time(3), (TimeOrigin)reader.GetInt16(4)));
        return rows;
    }

    private static string KeyOf(SnapshotSource source, VmaTable vmas) => $"{source.Text()} {Convert.ToHexString(SHA256.HashData(SnapshotText.Of(source, vmas).Span))}";

    private static string KeyOf(SideFigures figures) => KeyOf(CleanText.Of(figures.Kind, 64), figures.Label is { } label ? CleanText.Of(label, 1024) : null, figures.Bytes, figures.Counts);

    private static string KeyOf(string kind, string? label, IReadOnlyDictionary<string, long> bytes, IReadOnlyDictionary<string, long> counts) =>
        $"{kind}\n{label}\n{Sorted(bytes)}\n{Sorted(counts)}";

    private static string Sorted(IReadOnlyDictionary<string, long> figures) => Json.OfFigures(figures.OrderBy(f => f.Key, StringComparer.Ordinal).ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal));
}
