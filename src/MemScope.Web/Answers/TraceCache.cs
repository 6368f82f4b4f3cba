using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Web.Answers;

/// <summary>A trace with its replay.</summary>
public sealed record ReplayedTrace(TraceRow Row, Trace Trace, OutstandingMemory Outstanding);

/// <summary>
/// Replayed traces, kept while there is room: a replay of 150,000 calls takes a second and a page asks for it at every change of a filter.
/// A stored trace never changes, so nothing here goes stale.
/// </summary>
public sealed class TraceCache(TraceQuery traces)
{
    /// <summary>Events kept over all traces; the least recently used trace goes first.</summary>
    private const int MostEvents = 2_000_000;

    private readonly RecentlyUsed<Guid, ReplayedTrace> _kept = new(MostEvents);

    /// <summary>The trace with its replay, or null when it does not exist any more.</summary>
    public async Task<ReplayedTrace?> FindAsync(TraceRow row, CancellationToken cancel)
    {
        if (_kept.TryGet(row.Id, out var kept)) return kept;
        if (await traces.LoadAsync(row.ProcessId, row.Id, cancel) is not { } trace) return null;
        var replayed = new ReplayedTrace(row, trace, await Task.Run(() => TraceReplay.Run(trace), cancel));
        _kept.Keep(row.Id, replayed, trace.Events.Count);
        return replayed;
    }
}
