using System.Linq.Expressions;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tables;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MemScope.Storage.Symbols;

/// <summary>An ELF or debug file to keep.</summary>
public sealed record SymbolFileUpload
{
    /// <summary>Unit of access.</summary>
    public string Project { get; init; } = Projects.Default;

    /// <summary>Build id, lower-case hex.</summary>
    public required string BuildId { get; init; }

    /// <summary>File name as sent, or empty.</summary>
    public string FileName { get; init; } = "";

    /// <summary><c>executable</c>, <c>shared-object</c> or <c>debug</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Functions in its symbol tables.</summary>
    public int Functions { get; init; }

    /// <summary>Whether it has DWARF line tables.</summary>
    public bool HasLines { get; init; }

    /// <summary>SHA-256 of the file.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>The file, seekable, read from position 0.</summary>
    public required Stream Content { get; init; }

    /// <summary>When the server received it (UTC).</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>A stored symbol file.</summary>
public sealed record SymbolFileRow(Guid Id, string BuildId, string FileName, string Kind, long Bytes, int Functions, bool HasLines, string Sha256, DateTimeOffset ReceivedAt);

/// <summary>Keeps uploaded symbol files, named by (project, build id, SHA-256).</summary>
public sealed class SymbolFileStore(IDbContextFactory<MemScopeDbContext> contexts, NpgsqlDataSource source)
{
    private static readonly Expression<Func<SymbolFileTable, SymbolFileRow>> ToRow =
        f => new SymbolFileRow(f.SymbolFileId, f.BuildId, f.FileName, f.Kind, f.Bytes, f.Functions, f.HasLines, Convert.ToHexStringLower(f.Sha256), f.ReceivedAt);

    /// <summary>Stores a file; <c>Repeat</c> tells that it had been stored before.</summary>
    public async Task<(SymbolFileRow Row, bool Repeat)> StoreAsync(SymbolFileUpload upload, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var id = Guid.CreateVersion7(upload.ReceivedAt);
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO symbol_file (symbol_file_id, project, build_id, sha256, file_name, kind, bytes, functions, has_lines, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (project, build_id, sha256) DO NOTHING
            """, connection)
        {
            Parameters =
            {
                new() { Value = id }, new() { Value = upload.Project }, new() { Value = upload.BuildId }, new() { Value = upload.Sha256 }, new() { Value = CleanText.Of(upload.FileName, 1024) },
                new() { Value = upload.Kind }, new() { Value = upload.Content.Length }, new() { Value = upload.Functions }, new() { Value = upload.HasLines },
                new() { Value = upload.ReceivedAt.UtcDateTime },
            },
        };
        var isNew = await insert.ExecuteNonQueryAsync(cancel) > 0;
        if (isNew) await ChunkTable.SymbolFiles.WriteAsync(connection, id, upload.Content, cancel);
        await transaction.CommitAsync(cancel);
        var rows = await FindAsync(upload.Project, upload.BuildId, cancel);
        var digest = Convert.ToHexStringLower(upload.Sha256);
        return (rows.First(r => string.Equals(r.Sha256, digest, StringComparison.Ordinal)), !isNew);
    }

    /// <summary>Files of a build id, those with lines first, then by number of functions.</summary>
    public async Task<IReadOnlyList<SymbolFileRow>> FindAsync(string project, string buildId, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Set<SymbolFileTable>().Where(f => f.Project == project && f.BuildId == buildId).OrderByDescending(f => f.HasLines).ThenByDescending(f => f.Functions)
            .ThenBy(f => f.SymbolFileId).Take(1000).Select(ToRow).ToListAsync(cancel);
    }

    /// <summary>Files of a project, newest first.</summary>
    public async Task<RowPage<SymbolFileRow>> ListAsync(string project, string? cursor, int limit, CancellationToken cancel)
    {
        var rows = Cursor.Rows(limit);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var files = context.Set<SymbolFileTable>().Where(f => f.Project == project);
        if (Cursor.Read(cursor) is var (at, last)) files = files.Where(f => f.ReceivedAt < at || (f.ReceivedAt == at && f.SymbolFileId < last));
        var found = await files.OrderByDescending(f => f.ReceivedAt).ThenByDescending(f => f.SymbolFileId).Take(rows + 1).Select(ToRow).ToListAsync(cancel);
        return Cursor.Page(found, rows, f => (f.ReceivedAt, f.Id));
    }

    /// <summary>The bytes of a file, or null.</summary>
    public Task<Stream?> OpenAsync(Guid file, CancellationToken cancel) => ChunkTable.SymbolFiles.OpenAsync(source, file, cancel);
}
