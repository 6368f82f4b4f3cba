using MemScope.Core.Analysis.Outstanding;

namespace MemScope.Web.Answers;

/// <summary>The last timelines: a page draws several charts of one. A stored trace never changes, so nothing here goes stale.</summary>
public sealed class TimelineCache
{
    private const int MostKept = 8;
    private readonly Lock _gate = new();
    private readonly LinkedList<((Guid Trace, int Points, ReplayFilter? Filter) Key, Task<TraceTimeline> Timeline)> _kept = [];

    /// <summary>The timeline of a trace; asked for twice at once it is computed once.</summary>
    internal Task<TraceTimeline> FindAsync(ReplayedTrace replayed, int points, ReplayFilter? filter, CancellationToken cancel)
    {
        var key = (replayed.Row.Id, points, filter);
        lock (_gate)
        {
            foreach (var entry in _kept)
                if (entry.Key == key && !entry.Timeline.IsFaulted) return entry.Timeline.WaitAsync(cancel);
            // Who asks next waits for the same: it does not end with the request that began it.
            var begun = Task.Run(() => TraceTimeline.Of(replayed.Trace, points, filter), CancellationToken.None);
            _kept.AddFirst((key, begun));
            if (_kept.Count > MostKept) _kept.RemoveLast();
            return begun.WaitAsync(cancel);
        }
    }
}
