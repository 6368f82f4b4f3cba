using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about a process: what the API returns, what pages show and what shares freeze.</summary>
public sealed class ProcessAnswers
{
    /// <summary>Processes, newest first; filtered by text in host, comm, command line or labels.</summary>
    public Task<Page<ProcessWire>> ListAsync(string? search, string? cursor, int limit, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>One process, or null.</summary>
    public Task<ProcessWire?> FindAsync(Guid process, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Snapshots of one track in time order, or null when the process does not exist.</summary>
    public Task<IReadOnlyList<SnapshotWire>?> SnapshotsAsync(Guid process, string? source, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>The overview over a window, or null when the process or its snapshots do not exist.</summary>
    public Task<OverviewWire?> OverviewAsync(Guid process, WindowState window, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Captures of a process, newest first.</summary>
    public Task<IReadOnlyList<CaptureWire>> CapturesAsync(Guid process, CancellationToken cancel) => throw new NotSupportedException();
}
