using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Regions;

/// <summary>Computes the sums that stand in the rows of snapshots again from their blocks: by category above all, which another version of the analysis may tell otherwise.</summary>
internal sealed class SnapshotSums(NpgsqlDataSource source, TrackQuery tracks)
{
    private const int MostRows = 500;

    private static readonly (string Column, Func<SnapshotTotals, long?> Value)[] Sums =
    [
        ("virtual_bytes", t => t.VirtualBytes), ("rss_bytes", t => t.RssBytes), ("pss_bytes", t => t.PssBytes), ("swap_bytes", t => t.SwapBytes), ("private_dirty_bytes", t => t.PrivateDirtyBytes),
        ("uss_bytes", t => t.UssBytes), ("lazy_free_bytes", t => t.LazyFreeBytes), ("anon_huge_bytes", t => t.AnonHugeBytes),
        .. Categories.All.Select(c => (UploadWriter.ColumnOf(c), (Func<SnapshotTotals, long?>)(t => t.RssByCategory?[(int)c]))),
    ];

    private static readonly string Update =
        $"""
        UPDATE snapshot s SET {string.Join(", ", Sums.Select(c => $"{c.Column} = n.{c.Column}"))}
        FROM unnest($2, {string.Join(", ", Enumerable.Range(3, Sums.Length).Select(p => $"${p}"))}) AS n(number, {string.Join(", ", Sums.Select(c => c.Column))})
        WHERE s.process_id = $1 AND s.number = n.number AND ({string.Join(", ", Sums.Select(c => $"s.{c.Column}"))}) IS DISTINCT FROM ({string.Join(", ", Sums.Select(c => $"n.{c.Column}"))})
        """;

    /// <summary>Brings the rows of a track up to date, a few hundred at a time; how many were others. May be broken off and begun again.</summary>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async Task<int> UpdateAsync(Guid process, SnapshotSource track, CancellationToken cancel)
    {
        var changed = 0;
        var rows = new List<(int Number, SnapshotTotals Totals)>();
        await foreach (var point in tracks.ReadAsync(process, track, 0, int.MaxValue, cancel))
        {
            rows.Add((point.Number, SnapshotTotals.Of(new Snapshot(track, ProcessHint.None, point.Vmas))));
            if (rows.Count < MostRows) continue;
            changed += await WriteAsync(process, rows, cancel);
            rows.Clear();
        }
        return changed + (rows.Count == 0 ? 0 : await WriteAsync(process, rows, cancel));
    }

    private async Task<int> WriteAsync(Guid process, List<(int Number, SnapshotTotals Totals)> rows, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(Update);
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Number).ToArray() });
        foreach (var (_, value) in Sums) command.Parameters.Add(new() { Value = rows.Select(r => value(r.Totals)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
