using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>A part of a trace's time with what happened in it: from <see cref="FromNs"/> up to the next one's; the last holds its end as well.</summary>
public sealed record TimelineBucket
{
    /// <summary>Its beginning, in the trace's clock, nanoseconds.</summary>
    public long FromNs { get; init; }

    /// <summary>Its end.</summary>
    public long ToNs { get; init; }

    /// <summary>Calls that succeeded, by kind: the index is a <see cref="MemoryCall"/>.</summary>
    public IReadOnlyList<long> Calls { get; init; } = [];

    /// <summary>Calls that failed.</summary>
    public long FailedCalls { get; init; }

    /// <summary>Bytes mapped.</summary>
    public long MappedBytes { get; init; }

    /// <summary>Bytes unmapped, those among them that had been mapped before the trace.</summary>
    public long UnmappedBytes { get; init; }

    /// <summary>Bytes outstanding at its end.</summary>
    public long OutstandingBytes { get; init; }
}

/// <summary>What happened when in a trace: the rates of the calls, what is outstanding, and churn (much mapped and unmapped, little left).</summary>
public sealed record TraceTimeline
{
    /// <summary>Equal parts of the observed time, without gaps; empty when the trace has no events in the time asked for, or no times.</summary>
    public IReadOnlyList<TimelineBucket> Buckets { get; init; } = [];

    /// <summary>From the first to the last event; null without times.</summary>
    public ObservedSpan? Observed { get; init; }

    /// <summary>The replay that the buckets come from: its totals are theirs.</summary>
    public required OutstandingMemory Outstanding { get; init; }

    /// <summary>Bytes mapped and bytes unmapped per second, together; null when no time was observed.</summary>
    public double? ChurnBytesPerSecond => Observed is { Ns: > 0 } span ? ((double)Outstanding.Total.MappedBytes + Outstanding.Total.UnmappedBytes) / (span.Ns / 1e9) : null;

    /// <summary>Bytes mapped less bytes unmapped per second: how the address space grew, memory from before the trace included; null when no time was observed.</summary>
    public double? NetBytesPerSecond => Observed is { Ns: > 0 } span ? ((double)Outstanding.Total.MappedBytes - Outstanding.Total.UnmappedBytes) / (span.Ns / 1e9) : null;

    /// <summary>The longest time without a call, null when there are fewer than two events. A long one in a busy trace says that the tracer slept.</summary>
    public ObservedSpan? LongestSilence { get; init; }

    /// <summary>A trace's time in at most <paramref name="buckets"/> equal parts. Takes O(n log n) for n events, whatever they say.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="buckets">How many parts at most, at least 1.</param>
    /// <param name="filter">Which part of the trace counts; null all of it.</param>
    public static TraceTimeline Of(Trace trace, int buckets, ReplayFilter? filter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        var tally = TimelineTally.For(trace, buckets, filter);
        var memory = TraceReplay.Run(trace, filter, Limits.Default, tally);
        return new TraceTimeline { Buckets = tally?.ToBuckets() ?? [], Observed = memory.Observed, Outstanding = memory, LongestSilence = tally?.LongestSilence };
    }
}
