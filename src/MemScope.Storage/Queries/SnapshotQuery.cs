using MemScope.Core.Model;

namespace MemScope.Storage.Queries;

/// <summary>Which snapshots does a process have?</summary>
public sealed class SnapshotQuery
{
    /// <summary>Most snapshots that a call returns.</summary>
    public const int MostRows = 50_000;

    /// <summary>Snapshots of one track (or of all tracks when <paramref name="source"/> is null) in time order, the latest <see cref="MostRows"/> of them.</summary>
    public Task<IReadOnlyList<SnapshotRow>> ListAsync(Guid process, SnapshotSource? source, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>One snapshot without its mappings, or null.</summary>
    public Task<SnapshotRow?> FindAsync(Guid process, int number, CancellationToken cancel) => throw new NotSupportedException();
}
