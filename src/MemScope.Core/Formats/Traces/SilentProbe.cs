using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>
/// Finds a probe that went silent part way, of which the tool may say nothing or only on the terminal: no mmap is recorded any more, but munmaps go on, of memory that the trace never saw
/// being mapped. Before that, most munmaps were of memory that it had seen.
/// </summary>
internal static class SilentProbe
{
    private const int LeastMaps = 3, LeastUnmaps = 20;

    /// <summary>How many munmaps behind the last mmap are of memory that the trace never saw; 0 when that shows nothing.</summary>
    /// <param name="events">In the order of the file.</param>
    /// <param name="last">Index of the last mmap.</param>
    public static long Count(IReadOnlyList<TraceEvent> events, out int last)
    {
        last = -1;
        var maps = 0;
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i] is not { Call: MemoryCall.Mmap or MemoryCall.Mremap, Failed: false, HasResult: true }) continue;
            last = i;
            maps++;
        }
        if (maps < LeastMaps || events.Count - last <= LeastUnmaps) return 0;
        var seen = new Dictionary<int, IntervalMap>();
        List<IntervalMap.Interval> taken = [];
        long knownBefore = 0, unknownBefore = 0, unknownBehind = 0;
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            if (e.Failed || e.Call is not (MemoryCall.Mmap or MemoryCall.Mremap or MemoryCall.Munmap)) continue;
            if (!seen.TryGetValue(e.Pid, out var space)) seen.Add(e.Pid, space = new IntervalMap());
            if (e.Call != MemoryCall.Munmap)
            {
                if (!e.HasResult || e.Length > ulong.MaxValue - e.Result || e.Length == 0) continue;
                taken.Clear();
                space.Remove(e.Result, e.Result + e.Length, taken);
                space.Add(e.Result, e.Result + e.Length, 0);
            }
            else if (i > last)
            {
                unknownBehind += space.Contains(e.Address) ? 0 : 1;
            }
            else if (space.Contains(e.Address))
            {
                knownBefore++;
            }
            else
            {
                unknownBefore++;
            }
        }
        // Where munmaps were of unknown memory all along, the process frees what it had mapped before the trace.
        return unknownBehind >= LeastUnmaps && unknownBefore <= knownBefore ? unknownBehind : 0;
    }
}
