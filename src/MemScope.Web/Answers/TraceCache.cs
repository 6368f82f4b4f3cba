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

    private readonly Lock _gate = new();
    private readonly LinkedList<ReplayedTrace> _kept = [];

    /// <summary>The trace with its replay, or null when it does not exist any more.</summary>
    public async Task<ReplayedTrace?> FindAsync(TraceRow row, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (Take(row.Id) is { } kept) return kept;
        }
        if (await traces.LoadAsync(row.ProcessId, row.Id, cancel) is not { } trace) return null;
        var replayed = new ReplayedTrace(row, trace, await Task.Run(() => TraceReplay.Run(trace), cancel));
        lock (_gate)
        {
            if (Take(row.Id) is null) _kept.AddFirst(replayed);
            while (_kept.Count > 1 && _kept.Sum(t => t.Trace.Events.Count) > MostEvents) _kept.RemoveLast();
        }
        return replayed;
    }

    /// <summary>Finds a kept trace and marks it as just used.</summary>
    private ReplayedTrace? Take(Guid trace)
    {
        for (var node = _kept.First; node is not null; node = node.Next)
        {
            if (node.Value.Row.Id != trace) continue;
            _kept.Remove(node);
            _kept.AddFirst(node);
            return node.Value;
        }
        return null;
    }
}
