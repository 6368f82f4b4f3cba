using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Sorts what a replay does into equal parts of its time.</summary>
internal sealed class TimelineTally
{
    private const int Kinds = (int)MemoryCall.Other + 1;

    private readonly ObservedSpan _span;
    private readonly ulong _width;
    private readonly Bucket[] _buckets;

    // Change is what the outstanding bytes did in it, mapped less gone.
    private struct Bucket
    {
        public long[] Calls;
        public long Failed, Mapped, Unmapped;
        public Int128 Change;
    }

    private TimelineTally(ObservedSpan span, int buckets)
    {
        _span = span;
        _width = (ulong)span.Ns / (ulong)buckets + 1;
        // Of a span of 3 ns no more than 4 parts are told apart.
        _buckets = new Bucket[(int)((ulong)span.Ns / _width) + 1];
        foreach (ref var bucket in _buckets.AsSpan()) bucket.Calls = new long[Kinds];
    }

    /// <summary>The longest time between two events that count.</summary>
    public ObservedSpan? LongestSilence { get; private init; }

    /// <summary>A tally over the time from the first to the last event that is asked for; null when there is none or the trace has no times.</summary>
    public static TimelineTally? For(Trace trace, int buckets, ReplayFilter? filter)
    {
        if (trace.Clock is ClockDomain.None or ClockDomain.Instructions or ClockDomain.AllocatedBytes) return null;
        // Lines of several processors may be out of order.
        var times = new List<long>(trace.Events.Count);
        foreach (var e in trace.Events)
            if (filter is null || filter.IsInTime(e)) times.Add(e.TimeNs);
        if (times.Count == 0) return null;
        times.Sort();
        ObservedSpan? silence = null;
        for (var i = 1; i < times.Count; i++)
        {
            var gap = new ObservedSpan(times[i - 1], times[i]);
            if (silence is null || gap.Ns > silence.Value.Ns) silence = gap;
        }
        return new TimelineTally(new ObservedSpan(times[0], times[^1]), buckets) { LongestSilence = silence };
    }

    /// <summary>A call, failed or not.</summary>
    public void Called(in TraceEvent e)
    {
        ref var bucket = ref BucketOf(e);
        if (e.Failed) bucket.Failed++;
        else bucket.Calls[Math.Min((int)e.Call, Kinds - 1)]++;
    }

    /// <summary>A call mapped bytes.</summary>
    public void Mapped(in TraceEvent e, ulong bytes)
    {
        ref var bucket = ref BucketOf(e);
        bucket.Mapped = Add(bucket.Mapped, bytes);
        bucket.Change += bytes;
    }

    /// <summary>A call unmapped bytes, whoever had mapped them.</summary>
    public void Unmapped(in TraceEvent e, ulong bytes)
    {
        ref var bucket = ref BucketOf(e);
        bucket.Unmapped = Add(bucket.Unmapped, bytes);
    }

    /// <summary>Bytes that were mapped in the trace are not outstanding any more, or were never placed.</summary>
    public void Gone(in TraceEvent cause, ulong bytes) => BucketOf(cause).Change -= bytes;

    /// <summary>The parts in the order of time.</summary>
    public IReadOnlyList<TimelineBucket> ToBuckets()
    {
        var all = new TimelineBucket[_buckets.Length];
        Int128 outstanding = 0;
        for (var i = 0; i < all.Length; i++)
        {
            ref readonly var bucket = ref _buckets[i];
            outstanding += bucket.Change;
            all[i] = new TimelineBucket
            {
                FromNs = At(i),
                ToNs = i + 1 < all.Length ? At(i + 1) : _span.LastNs,
                Calls = bucket.Calls,
                FailedCalls = bucket.Failed,
                MappedBytes = bucket.Mapped,
                UnmappedBytes = bucket.Unmapped,
                OutstandingBytes = (long)Int128.Clamp(outstanding, 0, long.MaxValue),
            };
        }
        return all;
    }

    private long At(int bucket) => (long)Int128.Min((Int128)_span.FirstNs + (Int128)_width * bucket, _span.LastNs);

    // A call outside of the time asked for may end a block of a call inside.
    private ref Bucket BucketOf(in TraceEvent e)
    {
        var behind = Int128.Clamp((Int128)e.TimeNs - _span.FirstNs, 0, _span.Ns);
        return ref _buckets[(int)((ulong)behind / _width)];
    }

    private static long Add(long sum, ulong bytes) => bytes > (ulong)(long.MaxValue - sum) ? long.MaxValue : sum + (long)bytes;
}
