using System.Linq.Expressions;
using MemScope.Core.Model;
using MemScope.Storage.Tables;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>Which figures stand beside the snapshots of a process?</summary>
public sealed class FiguresQuery(IDbContextFactory<MemScopeDbContext> contexts, NpgsqlDataSource source)
{
    /// <summary>Most kinds and labels that <see cref="LatestAsync"/> returns.</summary>
    public const int MostLatest = 500;

    private const int NewestOfKind = 2000; // rows of a kind that are looked through for its labels: a loop of status may have left a million

    private static readonly Expression<Func<SideFiguresTable, FiguresRow>> ToRow = f => new FiguresRow(f.SideFiguresId, f.Kind, f.Label, f.TakenAt, (TimeOrigin)f.TimeOrigin,
        Json.Read<Dictionary<string, long>>(f.Bytes), Json.Read<Dictionary<string, long>>(f.Counts), f.CaptureId);

    /// <summary>Figures of a process, newest first; of one kind, of one label or both where these are given.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one that this list gave out.</exception>
    public async Task<RowPage<FiguresRow>> ListAsync(Guid process, string? kind, string? label, string? cursor, int limit, CancellationToken cancel)
    {
        var rows = Cursor.Rows(limit);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var figures = context.Set<SideFiguresTable>().Where(f => f.ProcessId == process);
        if (CleanText.OrNull(kind) is { } ofKind) figures = figures.Where(f => f.Kind == ofKind);
        if (CleanText.OrNull(label) is { } ofLabel) figures = figures.Where(f => f.Label == ofLabel);
        if (Cursor.Read(cursor) is var (at, last)) figures = figures.Where(f => f.TakenAt < at || (f.TakenAt == at && f.SideFiguresId < last));
        var found = await figures.OrderByDescending(f => f.TakenAt).ThenByDescending(f => f.SideFiguresId).Take(rows + 1).Select(ToRow).ToListAsync(cancel);
        return Cursor.Page(found, rows, f => (f.TakenAt, f.Id));
    }

    /// <summary>
    /// Figures of some kinds between two times (both counted), oldest first. Where there are more than <paramref name="most"/>, the newest whole moments, and that older ones are left out.
    /// </summary>
    public async Task<(IReadOnlyList<FiguresRow> Rows, bool LeavesOut)> OverAsync(Guid process, IReadOnlyList<string> kinds, DateTimeOffset from, DateTimeOffset to, int most, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var (begin, end) = (from.ToUniversalTime(), to.ToUniversalTime());
        var found = await context.Set<SideFiguresTable>().Where(f => f.ProcessId == process && kinds.Contains(f.Kind) && f.TakenAt >= begin && f.TakenAt <= end)
            .OrderByDescending(f => f.TakenAt).ThenByDescending(f => f.SideFiguresId).Take(most + 1).Select(ToRow).ToListAsync(cancel);
        var leavesOut = found.Count > most;
        // A moment whose arenas are cut in two would be told with wrong sums.
        if (leavesOut) found = found.FindAll(f => f.TakenAt > found[^1].TakenAt);
        found.Reverse();
        return (found, leavesOut);
    }

    /// <summary>
    /// The latest figures of each kind and label, by kind and then by label, short ones first (<c>heap 2</c> before <c>heap 10</c>, a cgroup before those in it). A label that is not among
    /// the newest 2,000 figures of its kind is left out.
    /// </summary>
    /// <param name="process">The process.</param>
    /// <param name="most">Most rows, up to <see cref="MostLatest"/>.</param>
    /// <param name="cancel">Ends the query.</param>
    public async Task<IReadOnlyList<FiguresRow>> LatestAsync(Guid process, int most, CancellationToken cancel)
    {
        // Kinds are few and rows many: each kind is one step along the index (process_id, kind, taken_at).
        await using var command = source.CreateCommand(
            """
            WITH RECURSIVE kinds AS (
                (SELECT kind FROM side_figures WHERE process_id = $1 ORDER BY kind LIMIT 1)
                UNION ALL
                SELECT (SELECT f.kind FROM side_figures f WHERE f.process_id = $1 AND f.kind > k.kind ORDER BY f.kind LIMIT 1) FROM kinds k WHERE k.kind IS NOT NULL
            ), latest AS (
                SELECT DISTINCT ON (n.kind, n.label) n.kind, n.label, n.side_figures_id FROM kinds k CROSS JOIN LATERAL (
                    SELECT f.kind, f.label, f.taken_at, f.side_figures_id FROM side_figures f WHERE f.process_id = $1 AND f.kind = k.kind
                    ORDER BY f.taken_at DESC, f.side_figures_id DESC LIMIT $2) n
                ORDER BY n.kind, n.label, n.taken_at DESC, n.side_figures_id DESC
            )
            SELECT f.side_figures_id, f.kind, f.label, f.taken_at, f.time_origin, f.bytes, f.counts, f.capture_id
            FROM latest JOIN side_figures f ON f.process_id = $1 AND f.side_figures_id = latest.side_figures_id
            ORDER BY f.kind, length(f.label) NULLS FIRST, f.label LIMIT $3
            """);
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = NewestOfKind });
        command.Parameters.Add(new() { Value = Math.Clamp(most, 1, MostLatest) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var figures = new List<FiguresRow>();
        while (await reader.ReadAsync(cancel))
            figures.Add(new FiguresRow(reader.GetGuid(0), reader.GetString(1), reader.TextOrNull(2), reader.Time(3), (TimeOrigin)reader.GetInt16(4),
                Json.Read<Dictionary<string, long>>(reader.GetString(5)), Json.Read<Dictionary<string, long>>(reader.GetString(6)), reader.GetGuid(7)));
        return figures;
    }
}
