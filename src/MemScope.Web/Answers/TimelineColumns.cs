using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>A timeline as columns for charts and scripts.</summary>
internal static class TimelineColumns
{
    /// <summary>Calls per second, by kind.</summary>
    public const string Calls = "calls";

    /// <summary>Mapped and unmapped bytes per second.</summary>
    public const string Bytes = "bytes";

    /// <summary>Outstanding bytes, and RSS where the trace is placed among snapshots.</summary>
    public const string Memory = "memory";

    /// <summary>What can be asked for.</summary>
    public static IReadOnlyList<string> All { get; } = [Calls, Bytes, Memory];

    private const double MsPerNs = 1e-6;

    /// <summary>The columns; without points when the trace has no times.</summary>
    public static SeriesWire Of(TraceRow row, TraceTimeline timeline, string by, TraceRss rss)
    {
        var buckets = timeline.Buckets;
        var first = timeline.Observed?.FirstNs ?? 0;
        // A rate holds for the whole part, a size for its end.
        var moments = new long[buckets.Count];
        for (var i = 0; i < moments.Length; i++) moments[i] = by == Memory ? buckets[i].ToNs : buckets[i].FromNs + (long)((UInt128)(ulong)(buckets[i].ToNs - buckets[i].FromNs) / 2);
        var columns = by switch
        {
            Calls => CallColumns(buckets),
            Bytes => [Rate("mapped", "mapped per second", buckets, b => b.MappedBytes), Rate("unmapped", "unmapped per second", buckets, b => b.UnmappedBytes)],
            _ => MemoryColumns(row, buckets, rss),
        };
        return new SeriesWire(row.Tool, by, [.. columns.Select(c => c.Key)], [.. columns.Select(c => c.Title)], [.. moments.Select(m => (int)Math.Clamp((m - first) * MsPerNs, 0, int.MaxValue))],
            [.. moments.Select(m => UnixMs(row, m, first))], [.. columns.Select(c => c.Values)], Decimated: false)
        {
            Unit = by == Calls ? "count" : "bytes", NumberUnit = "ms", IsRelative = row.Anchor is null,
            Missing = buckets.Count > 0 ? null : row.Events == 0 ? "The trace holds no event." : "The trace has no times: what happened when is not known.",
        };
    }

    private static double UnixMs(TraceRow row, long ns, long first) => row.Anchor is { } anchor ? (anchor.WallOf(ns) - DateTimeOffset.UnixEpoch).TotalMilliseconds : (ns - first) * MsPerNs;

    private static List<Column> CallColumns(IReadOnlyList<TimelineBucket> buckets)
    {
        var columns = new List<Column>();
        for (var call = MemoryCall.Mmap; call <= MemoryCall.Other; call++)
        {
            var kind = (int)call;
            if (buckets.Any(b => kind < b.Calls.Count && b.Calls[kind] > 0)) columns.Add(Rate(CallNames.Of(call), CallNames.Of(call), buckets, b => kind < b.Calls.Count ? b.Calls[kind] : 0));
        }
        if (buckets.Any(b => b.FailedCalls > 0)) columns.Add(Rate("failed", "failed", buckets, b => b.FailedCalls));
        return columns;
    }

    private static List<Column> MemoryColumns(TraceRow row, IReadOnlyList<TimelineBucket> buckets, TraceRss rss)
    {
        var columns = new List<Column> { new("outstanding", "outstanding of the trace", [.. buckets.Select(b => (double)b.OutstandingBytes)]) };
        if (row.Anchor is { } anchor && buckets.Select(b => rss.At(anchor.WallOf(b.ToNs))).ToArray() is var values && values.AsSpan().ContainsAnyExcept(double.NaN)) columns.Add(new Column("rss", "RSS of the snapshots", values));
        return columns;
    }

    private static Column Rate(string key, string title, IReadOnlyList<TimelineBucket> buckets, Func<TimelineBucket, long> amount) =>
        new(key, title, [.. buckets.Select(b => b.ToNs > b.FromNs ? amount(b) / ((b.ToNs - b.FromNs) / 1e9) : double.NaN)]);

    private sealed record Column(string Key, string Title, double[] Values);
}

/// <summary>How calls are written.</summary>
internal static class CallNames
{
    /// <summary><c>mmap</c>, <c>munmap</c> …</summary>
    public static string Of(MemoryCall call) => call.ToString().ToLowerInvariant();
}
