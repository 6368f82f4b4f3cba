using MemScope.Storage.Captures;
using MemScope.Storage.Queries;

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
public sealed class SymbolFileStore
{
    /// <summary>Stores a file; <c>Repeat</c> tells that it had been stored before.</summary>
    public Task<(SymbolFileRow Row, bool Repeat)> StoreAsync(SymbolFileUpload upload, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Files of a build id, those with lines first, then by number of functions.</summary>
    public Task<IReadOnlyList<SymbolFileRow>> FindAsync(string project, string buildId, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Files of a project, newest first.</summary>
    public Task<RowPage<SymbolFileRow>> ListAsync(string project, string? cursor, int limit, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>The bytes of a file, or null.</summary>
    public Task<Stream?> OpenAsync(Guid file, CancellationToken cancel) => throw new NotSupportedException();
}
