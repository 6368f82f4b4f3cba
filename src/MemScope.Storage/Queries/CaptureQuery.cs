using System.Linq.Expressions;
using MemScope.Core.Model;
using MemScope.Storage.Tables;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>Which files were uploaded, and what was in them?</summary>
public sealed class CaptureQuery(IDbContextFactory<MemScopeDbContext> contexts, NpgsqlDataSource source)
{
    private static readonly Expression<Func<CaptureTable, CaptureRow>> ToRow = c => new CaptureRow(c.CaptureId, c.FileName, c.Format, c.Version, Convert.ToHexStringLower(c.Sha256),
        c.DecodedBytes, c.ReceivedAt, c.Snapshots, c.Events, Json.Read<CaptureContentsRow>(c.Contents), Json.Read<ParseDiagnostic[]>(c.Report))
    { TextDroppedAt = c.TextDroppedAt, TextKept = c.TextKept, IsPinned = c.Pinned };

    /// <summary>Captures of a process, newest first.</summary>
    public async Task<IReadOnlyList<CaptureRow>> ListAsync(Guid process, int limit, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var ids = context.Set<UploadTable>().Where(u => u.ProcessId == process).Select(u => u.CaptureId);
        return await context.Set<CaptureTable>().Where(c => ids.Contains(c.CaptureId)).OrderByDescending(c => c.ReceivedAt).ThenByDescending(c => c.CaptureId)
            .Take(Cursor.Rows(limit)).Select(ToRow).ToListAsync(cancel);
    }

    /// <summary>Captures of a project, newest first.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one that this list gave out.</exception>
    public async Task<RowPage<CaptureRow>> ListAllAsync(string project, string? cursor, int limit, CancellationToken cancel)
    {
        var rows = Cursor.Rows(limit);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var captures = context.Set<CaptureTable>().Where(c => c.Project == project);
        if (Cursor.Read(cursor) is var (at, last)) captures = captures.Where(c => c.ReceivedAt < at || (c.ReceivedAt == at && c.CaptureId < last));
        var found = await captures.OrderByDescending(c => c.ReceivedAt).ThenByDescending(c => c.CaptureId).Take(rows + 1).Select(ToRow).ToListAsync(cancel);
        return Cursor.Page(found, rows, c => (c.ReceivedAt, c.Id));
    }

    /// <summary>How many diagnostics above <see cref="Severity.Info"/> the captures of a process have.</summary>
    public async Task<int> CountProblemsAsync(Guid process, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT count(*) FROM capture c CROSS JOIN LATERAL jsonb_array_elements(c.report) d
            WHERE c.capture_id IN (SELECT capture_id FROM upload WHERE process_id = $1) AND d ->> 'severity' <> 'info'
            """);
        command.Parameters.Add(new() { Value = process });
        return (int)(long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>One capture of a project, or null.</summary>
    public async Task<CaptureRow?> FindAsync(string project, Guid capture, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Set<CaptureTable>().Where(c => c.Project == project && c.CaptureId == capture).Select(ToRow).SingleOrDefaultAsync(cancel);
    }

    /// <summary>The processes that a capture was shown to, in the order of its uploads.</summary>
    public async Task<IReadOnlyList<Guid>> ProcessesAsync(Guid capture, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Set<UploadTable>().Where(u => u.CaptureId == capture).OrderBy(u => u.UploadId).ThenBy(u => u.Position).Select(u => u.ProcessId).Take(1000).ToListAsync(cancel);
    }

    /// <summary>The decoded bytes of a capture, or null when there is none or its text was dropped.</summary>
    public async Task<Stream?> OpenAsync(string project, Guid capture, CancellationToken cancel) =>
        await FindAsync(project, capture, cancel) is null ? null : await ChunkTable.Captures.OpenAsync(source, capture, cancel);
}
