using MemScope.Core.Model;

namespace MemScope.Storage.Queries;

/// <summary>Which traces does a process have?</summary>
public sealed class TraceQuery
{
    /// <summary>Traces of a process, newest first, 1,000 at most.</summary>
    public Task<IReadOnlyList<TraceRow>> ListAsync(Guid process, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>One trace with its events, or null.</summary>
    public Task<Trace?> LoadAsync(Guid process, Guid trace, CancellationToken cancel) => throw new NotSupportedException();
}
