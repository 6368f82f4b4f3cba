namespace MemScope.Storage;

/// <summary>What a run of <see cref="Retention"/> deleted.</summary>
public sealed record RetentionReport(long Snapshots, long Traces, long Captures, long Processes);

/// <summary>Deletes what is older than the days to keep. Shares stay: they hold their own data.</summary>
public sealed class Retention
{
    /// <summary>Deletes snapshots taken, and traces and captures received, before <paramref name="before"/>.</summary>
    public Task<RetentionReport> DeleteAsync(DateTimeOffset before, CancellationToken cancel) => throw new NotSupportedException();
}
