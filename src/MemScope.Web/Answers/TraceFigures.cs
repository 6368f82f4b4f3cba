using System.Globalization;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>A replayed trace in figures and words.</summary>
internal static class TraceFigures
{
    private const int MostThreads = 50;

    /// <summary>The figures.</summary>
    public static TraceFiguresWire Of(AskedTrace asked, OutstandingMemory memory, IReadOnlyList<TraceSiteWire> sites)
    {
        var (row, trace) = (asked.Replayed.Row, asked.Replayed.Trace);
        var anchor = row.Anchor;
        var hasTime = TraceWires.MeasuresTime(row.Clock);
        DateTimeOffset? from = memory.Observed is { } seen && anchor is not null ? anchor.WallOf(seen.FirstNs) : null, to = memory.Observed is { } until && anchor is not null ? anchor.WallOf(until.LastNs) : null;
        double? seconds = hasTime && memory.Observed is { } span ? span.Ns / 1e9 : null;
        var calls = CallsOf(trace, asked.Filter, seconds, out var silenceNs);
        var (before, after) = (RssAt(asked.Rss, from), RssAt(asked.Rss, to));
        var total = memory.Total;
        return new TraceFiguresWire(row.ToWire(), from, to, ToWire(total), calls,
            [.. memory.ThreadActivity.OrderByDescending(t => TraceSites.Churn(t.Activity)).Take(MostThreads).Select(t => new TraceThreadWire(t.Tid, trace.ThreadNames.GetValueOrDefault(t.Tid) ?? "", ToWire(t.Activity)))],
            sites, Notes(row, memory, asked.Filter))
        {
            ObservedSeconds = seconds,
            StartUpLagSeconds = hasTime ? memory.StartUpLagNs / 1e9 : null,
            LongestSilenceSeconds = hasTime && silenceNs is { } ns ? ns / 1e9 : null,
            ChurnBytesPerSecond = seconds > 0 ? ((double)total.MappedBytes + total.UnmappedBytes) / seconds : null,
            NetBytesPerSecond = seconds > 0 ? ((double)total.MappedBytes - total.UnmappedBytes) / seconds : null,
            RssBytesBefore = before,
            RssBytesAfter = after,
            BeforeTraceUnmappedBytes = memory.BeforeTraceUnmappedBytes,
            FailedCalls = memory.FailedCalls,
            LowerBoundReason = memory.LowerBoundReason,
        };
    }

    /// <summary>Figures of a part.</summary>
    public static TraceActivityWire ToWire(MemoryActivity activity) =>
        new(activity.Calls, activity.MappingCalls, activity.MappedBytes, activity.FreedBytes, activity.UnmappedBytes, activity.OutstandingBytes, activity.OutstandingBlocks)
        {
            UnplacedBytes = activity.UnplacedBytes,
            EndedBlocks = activity.Lifetimes.Count,
            MedianLifeSeconds = activity.Lifetimes.MedianNs / 1e9,
            P95LifeSeconds = activity.Lifetimes.P95Ns / 1e9,
            LongestLifeSeconds = activity.Lifetimes.LongestNs / 1e9,
        };

    private static long? RssAt(TraceRss rss, DateTimeOffset? time) => time is { } at && rss.At(at) is var bytes && double.IsFinite(bytes) ? (long)Math.Round(bytes) : null;

    private static List<TraceCallsWire> CallsOf(Trace trace, ReplayFilter? filter, double? seconds, out long? silenceNs)
    {
        Span<long> succeeded = stackalloc long[(int)MemoryCall.Other + 1], failed = stackalloc long[(int)MemoryCall.Other + 1];
        long? last = null;
        silenceNs = null;
        foreach (var e in trace.Events)
        {
            if (filter is not null && !filter.Counts(e)) continue;
            (e.Failed ? failed : succeeded)[(int)e.Call]++;
            // Halves of split calls stand where they began, and times of a damaged file anywhere.
            if (last is { } before && e.TimeNs > before && new ObservedSpan(before, e.TimeNs).Ns is var silence && silence > (silenceNs ?? -1)) silenceNs = silence;
            last = Math.Max(last ?? e.TimeNs, e.TimeNs);
        }
        var calls = new List<TraceCallsWire>();
        for (var call = MemoryCall.Mmap; call <= MemoryCall.Other; call++)
            if (succeeded[(int)call] + failed[(int)call] > 0) calls.Add(new TraceCallsWire(CallNames.Of(call), succeeded[(int)call], failed[(int)call], seconds > 0 ? succeeded[(int)call] / seconds : null));
        return [.. calls.OrderByDescending(c => c.Succeeded + c.Failed)];
    }

    private static List<string> Notes(TraceRow row, OutstandingMemory memory, ReplayFilter? filter)
    {
        var notes = new List<string>();
        if (row.Events == 0) notes.Add("The trace holds no event. Nothing was mapped while it ran, or the tracer was not attached.");
        if (row.Anchor is null && TraceWires.MeasuresTime(row.Clock)) notes.Add("Nothing ties the trace's clock to wall time: it is not placed on the time line, and a window does not cut it. Send it again with traceStart, the time of its first event.");
        else if (row is { Clock: ClockDomain.None, Events: > 0 }) notes.Add("The trace has no times: rates and lifetimes are not known.");
        if (filter is { FromNs: not null } or { ToNs: not null }) notes.Add("Only calls inside the window are counted; what they left is told as of its end.");
        foreach (var loss in row.Losses) notes.Add(loss.Text);
        notes.AddRange(memory.Notes);
        if (memory.FailedCalls > 0) notes.Add(string.Create(CultureInfo.InvariantCulture, $"{memory.FailedCalls:N0} calls failed and changed nothing."));
        if (memory.BeforeTraceUnmappedBytes > 0) notes.Add(string.Create(CultureInfo.InvariantCulture, $"{memory.BeforeTraceUnmappedBytes / 1024:N0} KiB were unmapped that had been mapped before the trace."));
        return notes;
    }
}
