using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>A trace with its replay and what ties it to the time line.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Whole">Its replay to the end.</param>
/// <param name="Anchor">What ties its clock to wall time, or null.</param>
public sealed record PlacedTrace(Trace Trace, OutstandingMemory Whole, ClockAnchor? Anchor)
{
    // Tracers note a call when it begins or when it ends.
    private const long CallNs = 1_000_000;

    /// <summary>Whether its events can be compared with other times: its clock is tied to wall time, and by more than a guess.</summary>
    public bool IsPlaced => Anchor is { WithinMs: not null } && Trace.Events.Count > 0;

    /// <summary>How far its clock may be off wall time, nanoseconds; only of a placed trace.</summary>
    public long UncertainNs => Saturating.Multiply(Anchor!.WithinMs!.Value, 1_000_000);

    /// <summary>How far the time of a call may be off another tracer's of the same call, nanoseconds; only of a placed trace.</summary>
    public long WithinNs => Saturating.Add(UncertainNs, CallNs);

    /// <summary>First and last event in the trace's clock; zeros without events.</summary>
    public (long First, long Last) Span { get; } = SpanOf(Trace.Events);

    /// <summary>A moment of wall time in the trace's clock, nanoseconds; only of a placed trace.</summary>
    public long NsOf(DateTimeOffset time) => Saturating.Add(Anchor!.TraceNs, Saturating.Multiply(time.UtcTicks - Anchor.At.UtcTicks, 100));

    /// <summary>A moment of the trace as nanoseconds since 1970, so that times of several traces can be compared; only of a placed trace.</summary>
    public long WallNs(long traceNs) => Saturating.Add(Saturating.Multiply(Anchor!.At.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, 100), Saturating.Add(traceNs, -Anchor.TraceNs));

    private static (long First, long Last) SpanOf(IReadOnlyList<TraceEvent> events)
    {
        if (events.Count == 0) return (0, 0);
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var e in events) (first, last) = (Math.Min(first, e.TimeNs), Math.Max(last, e.TimeNs));
        return (first, last);
    }
}
