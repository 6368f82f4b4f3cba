namespace MemScope.Storage.Queries;

/// <summary>Which files were uploaded, and what was in them?</summary>
public sealed class CaptureQuery
{
    /// <summary>Captures of a process, newest first.</summary>
    public Task<IReadOnlyList<CaptureRow>> ListAsync(Guid process, int limit, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Captures of a project, newest first.</summary>
    public Task<RowPage<CaptureRow>> ListAllAsync(string project, string? cursor, int limit, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>One capture of a project, or null.</summary>
    public Task<CaptureRow?> FindAsync(string project, Guid capture, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>The decoded bytes of a capture, or null when there is none or its text was dropped.</summary>
    public Task<Stream?> OpenAsync(string project, Guid capture, CancellationToken cancel) => throw new NotSupportedException();
}
