namespace MemScope.Storage.Queries;

/// <summary>Which processes are there?</summary>
public sealed class ProcessQuery
{
    /// <summary>Processes of a project, the one with the newest upload first, filtered by text in host, pid, comm, command line or labels.</summary>
    public Task<RowPage<ProcessRow>> ListAsync(string project, string? search, string? cursor, int limit, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>One process of a project, or null.</summary>
    public Task<ProcessRow?> FindAsync(string project, Guid process, CancellationToken cancel) => throw new NotSupportedException();
}
