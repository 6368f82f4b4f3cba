namespace MemScope.Core.Formats.Jemalloc;

/// <summary>What jemalloc writes: heap profiles and its own statistics.</summary>
internal static class JemallocFormats
{
    /// <summary>Heap profiles of jemalloc 4 and later.</summary>
    public static InputFormat Heap { get; } = new("jemalloc-heap", "jemalloc heap profile (heap_v2)",
        "MALLOC_CONF=prof:true,prof_final:true LD_PRELOAD=libjemalloc.so.2 app", head => head.StartsWith("heap_v2/"u8), JemallocHeapParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>malloc_stats_print, as JSON or as text.</summary>
    public static InputFormat Stats { get; } = new("jemalloc-stats", "jemalloc statistics (JSON or text)",
        "MALLOC_CONF=stats_print:true,stats_print_opts:J LD_PRELOAD=libjemalloc.so.2 app 2> stats.json", SniffStats, JemallocStatsParser.Parse) { Family = FormatFamily.Figures };

    // Behind a quote it is what a tracer prints of a write.
    private static bool SniffStats(ReadOnlySpan<byte> head) =>
        (head.IndexOf(JemallocStatsText.Begin) is >= 0 and var text && (text == 0 || head[text - 1] != '"')) || JemallocStatsJson.IndexOf(head) >= 0;
}
