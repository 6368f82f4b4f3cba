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

    /// <summary>Where it came from.</summary>
    public SymbolOrigin Origin { get; init; }

    /// <summary>How it was judged.</summary>
    public SymbolJudgement Judgement { get; init; } = new(SymbolQuality.Unknown, 0, null);

    /// <summary>SHA-256 of the file.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>The file, seekable, read from position 0.</summary>
    public required Stream Content { get; init; }

    /// <summary>When the server received it (UTC).</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>Where a symbol file came from. The numbers are stored.</summary>
public enum SymbolOrigin : short
{
    /// <summary>Somebody sent it.</summary>
    Upload = 0,
    /// <summary>The server fetched it from a debuginfod server.</summary>
    Debuginfod = 1,
}

/// <summary>What a reader found a symbol file good for.</summary>
/// <param name="Quality">How good its names are.</param>
/// <param name="ReaderVersion">Version of the reader that said so; 0 when nobody has looked.</param>
/// <param name="Problem">What is wrong with it although it was taken, a sentence; null as a rule.</param>
public sealed record SymbolJudgement(SymbolQuality Quality, int ReaderVersion, string? Problem);

/// <summary>A stored symbol file.</summary>
public sealed record SymbolFileRow(Guid Id, string BuildId, string FileName, string Kind, long Bytes, int Functions, bool HasLines, string Sha256, DateTimeOffset ReceivedAt)
{
    /// <summary>Where it came from.</summary>
    public SymbolOrigin Origin { get; init; }

    /// <summary>How it was judged.</summary>
    public SymbolJudgement Judgement { get; init; } = new(SymbolQuality.Unknown, 0, null);
}

/// <summary>Keeps symbol files, named by (project, build id, SHA-256): a build id may have several, and the best is asked first.</summary>
public sealed class SymbolFileStore(IDbContextFactory<MemScopeDbContext> contexts, NpgsqlDataSource source)
{
    private static readonly Expression<Func<SymbolFileTable, SymbolFileRow>> ToRow =
        f => new SymbolFileRow(f.SymbolFileId, f.BuildId, f.FileName, f.Kind, f.Bytes, f.Functions, f.HasLines, Convert.ToHexStringLower(f.Sha256), f.ReceivedAt)
        {
            Origin = (SymbolOrigin)f.Origin, Judgement = new SymbolJudgement((SymbolQuality)f.Quality, f.ReaderVersion, f.Problem),
        };

    /// <summary>Stores a file; <c>Repeat</c> tells that it had been stored before. One that came without a name gets the one that it comes with now.</summary>
    public async Task<(SymbolFileRow Row, bool Repeat)> StoreAsync(SymbolFileUpload upload, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var id = Guid.CreateVersion7(upload.ReceivedAt);
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO symbol_file (symbol_file_id, project, build_id, sha256, file_name, kind, bytes, functions, has_lines, received_at, origin, quality, reader_version, problem)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (project, build_id, sha256) DO NOTHING
            """, connection)
        {
            Parameters =
            {
                new() { Value = id }, new() { Value = upload.Project }, new() { Value = upload.BuildId }, new() { Value = upload.Sha256 }, new() { Value = CleanText.Of(upload.FileName, 1024) },
                new() { Value = upload.Kind }, new() { Value = upload.Content.Length }, new() { Value = upload.Functions }, new() { Value = upload.HasLines },
                new() { Value = upload.ReceivedAt.UtcDateTime }, new() { Value = (short)upload.Origin }, new() { Value = (short)upload.Judgement.Quality },
                new() { Value = upload.Judgement.ReaderVersion }, new() { Value = Clean(upload.Judgement.Problem) },
            },
        };
        var isNew = await insert.ExecuteNonQueryAsync(cancel) > 0;
        if (isNew) await ChunkTable.SymbolFiles.WriteAsync(connection, id, upload.Content, cancel);
        else if (upload.FileName.Length > 0) await NameAsync(connection, upload, cancel);
        await transaction.CommitAsync(cancel);
        var rows = await FindAsync(upload.Project, upload.BuildId, cancel);
        var digest = Convert.ToHexStringLower(upload.Sha256);
        return (rows.First(r => string.Equals(r.Sha256, digest, StringComparison.Ordinal)), !isNew);
    }

    private static async Task NameAsync(NpgsqlConnection connection, SymbolFileUpload upload, CancellationToken cancel)
    {
        await using var name = new NpgsqlCommand("UPDATE symbol_file SET file_name = $4 WHERE project = $1 AND build_id = $2 AND sha256 = $3 AND file_name = ''", connection)
        {
            Parameters = { new() { Value = upload.Project }, new() { Value = upload.BuildId }, new() { Value = upload.Sha256 }, new() { Value = CleanText.Of(upload.FileName, 1024) } },
        };
        await name.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>
    /// Files of a build id, best first: by quality, of equals those without a problem, with more functions, and the one that came first. A damaged file never comes before a good one.
    /// </summary>
    public async Task<IReadOnlyList<SymbolFileRow>> FindAsync(string project, string buildId, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var rows = await context.Set<SymbolFileTable>().Where(f => f.Project == project && f.BuildId == buildId).OrderBy(f => f.SymbolFileId).Take(1000).Select(ToRow).ToListAsync(cancel);
        return Ranked(rows);
    }

    /// <summary>Files whose build id begins so, by build id, so many at most.</summary>
    /// <param name="project">Unit of access.</param>
    /// <param name="prefix">Lower-case hex.</param>
    /// <param name="most">Most rows.</param>
    /// <param name="cancel">Ends the read.</param>
    public async Task<IReadOnlyList<SymbolFileRow>> BeginningAsync(string project, string prefix, int most, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        // 'g' comes after every hex digit: a range of the index, whatever the collation.
        var behind = prefix + "g";
        return await context.Set<SymbolFileTable>().Where(f => f.Project == project && string.Compare(f.BuildId, prefix) >= 0 && string.Compare(f.BuildId, behind) < 0)
            .OrderBy(f => f.BuildId).ThenBy(f => f.SymbolFileId).Take(most).Select(ToRow).ToListAsync(cancel);
    }

    /// <summary>The order of <see cref="FindAsync"/> for files of one build id.</summary>
    public static IReadOnlyList<SymbolFileRow> Ranked(IEnumerable<SymbolFileRow> files) =>
        [.. files.OrderByDescending(QualityOf).ThenBy(f => f.Judgement.Problem is not null).ThenByDescending(f => f.Functions).ThenBy(f => f.ReceivedAt).ThenBy(f => f.Id)];

    /// <summary>The quality of a file; of one that nobody has judged, what its row suggests.</summary>
    public static SymbolQuality QualityOf(SymbolFileRow file) => file.Judgement.Quality is not SymbolQuality.Unknown and var known ? known
        : file.HasLines ? SymbolQuality.Lines : file.Functions > 0 ? SymbolQuality.Exported : SymbolQuality.None;

    /// <summary>Keeps another judgement of a file: by a newer reader, or after it brought a tool down.</summary>
    public async Task JudgeAsync(Guid file, SymbolJudgement judgement, int functions, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var problem = judgement.Problem is null ? null : CleanText.Of(judgement.Problem, 500);
        await context.Set<SymbolFileTable>().Where(f => f.SymbolFileId == file).ExecuteUpdateAsync(
            u => u.SetProperty(f => f.Quality, (short)judgement.Quality).SetProperty(f => f.ReaderVersion, judgement.ReaderVersion).SetProperty(f => f.Problem, problem)
                .SetProperty(f => f.Functions, functions), cancel);
    }

    /// <summary>Deletes a file of a build id with what tools said of it; false when there is none.</summary>
    public async Task<bool> DeleteAsync(string project, string buildId, Guid file, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            WITH gone AS (DELETE FROM symbol_file WHERE symbol_file_id = $1 AND project = $2 AND build_id = $3 RETURNING sha256),
                 forgotten AS (DELETE FROM symbol_lines l USING gone WHERE l.file_sha256 = gone.sha256)
            SELECT count(*) FROM gone
            """);
        command.Parameters.Add(new() { Value = file });
        command.Parameters.Add(new() { Value = project });
        command.Parameters.Add(new() { Value = buildId });
        return await command.ExecuteScalarAsync(cancel) is > 0L;
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

    private static object Clean(string? problem) => problem is null ? DBNull.Value : CleanText.Of(problem, 500);
}
