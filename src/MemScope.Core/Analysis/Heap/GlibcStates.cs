using MemScope.Core.Analysis.Findings;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Heap;

/// <summary>What glibc says of its malloc (malloc/malloc.c, __malloc_info and __malloc_stats). Chunks in a thread's cache (tcache) count as in use there: at most seven of each size up to 1,032 bytes per thread.</summary>
internal static class GlibcStates
{
    private const string Name = "glibc malloc";

    /// <summary>
    /// malloc_info: <c>system</c> is what the arenas took, of which <c>fast</c> (fastbins) and <c>rest</c> (all other free chunks, the top one included) are free; <c>mmap</c> are blocks that have a mapping of their own, all in
    /// use, and are not part of <c>system</c>. Null without the sums over the arenas.
    /// </summary>
    public static AllocatorState? OfMallocInfo(IReadOnlyList<SideFacts> figures)
    {
        if (figures.LastOrDefault(f => f.Label is null) is not { } total || total.Key("system") is not { } system) return null;
        var mapped = total.Key("mmap");
        var free = total.Key("fast").Plus(total.Key("rest"));
        return new AllocatorState(total.Kind, Name, total.At)
        {
            InUseBytes = ((long?)system).Less(free).Plus(mapped),
            HeldBytes = ((long?)system).Plus(mapped),
            FreeBytes = free <= system ? free : null,
            Keys = [.. total.Keys("system", "fast", "rest", "mmap", "aspace"), .. OfArenas(figures, "rest")],
        };
    }

    /// <summary>
    /// malloc_stats: the sums hold mappings of single blocks. It prints 32-bit numbers, which begin at 0 again above 4 GiB: where an arena holds more than all of them, or more is in use than held, the sums say nothing.
    /// </summary>
    public static AllocatorState? OfMallocStats(IReadOnlyList<SideFacts> figures)
    {
        if (figures.LastOrDefault(f => f.Label is null) is not { } total || total.Key("system") is not { } system || total.Key("in use") is not { } inUse) return null;
        // A log may hold several reports without a time of their own: the arenas of the last stand in front of the last sums.
        var arenas = figures.Where(f => f.Label is not null).GroupBy(f => f.Label, StringComparer.Ordinal).SumOf(a => a.Last().Key("system") ?? 0);
        if (inUse > system || arenas > system) return null;
        return new AllocatorState(total.Kind, Name, total.At)
        {
            InUseBytes = inUse, HeldBytes = system, FreeBytes = system - inUse, Keys = [.. total.Keys("system", "in use", "mmap max"), .. OfArenas(figures, "system")],
        };
    }

    /// <summary>The arenas that hold most by a key: <c>heap 3 rest</c>. An arena is told once, as the last dump of the moment has it.</summary>
    private static IEnumerable<KeyValuePair<string, long>> OfArenas(IReadOnlyList<SideFacts> figures, string key)
    {
        const int most = 8; // glibc's arenas per CPU
        return figures.Where(f => f.Label is not null).GroupBy(f => f.Label, StringComparer.Ordinal).Select(a => new KeyValuePair<string, long>(a.Key + " " + key, a.Last().Key(key) ?? 0)).Where(a => a.Value > 0)
            .OrderByDescending(a => a.Value).Take(most);
    }
}
