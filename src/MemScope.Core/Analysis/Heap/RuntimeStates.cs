using MemScope.Core.Analysis.Findings;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Heap;

/// <summary>What jemalloc, a JVM and Go say of their own memory.</summary>
internal static class RuntimeStates
{
    /// <summary>
    /// jemalloc (jemalloc(3), stats.*): <c>resident</c> is metadata, active and dirty pages; muzzy pages (given up with MADV_FREE, which RSS counts until the kernel takes them) are not in it. What of both is neither allocated nor
    /// metadata is free. <c>retained</c> is address space without pages. <c>mapped</c> holds neither dirty pages nor retained ones.
    /// </summary>
    public static AllocatorState? OfJemalloc(SideFacts figures)
    {
        if (figures.Key("allocated") is not { } allocated) return null;
        var (metadata, muzzy) = (figures.Key("metadata"), figures.Key("muzzy"));
        var held = muzzy is null ? figures.Key("resident") : figures.Key("resident").Plus(muzzy);
        return new AllocatorState(figures.Kind, "jemalloc", figures.At)
        {
            InUseBytes = allocated,
            HeldBytes = held,
            FreeBytes = held.Less(((long?)allocated).Plus(metadata)),
            DecayingBytes = figures.Key("dirty") is { } dirty ? Saturating.Add(dirty, muzzy ?? 0) : muzzy,
            RetainedBytes = figures.Key("retained"),
            MetadataBytes = metadata,
            Keys = figures.Keys("allocated", "active", "metadata", "resident", "mapped", "retained", "dirty", "muzzy"),
        };
    }

    /// <summary>
    /// HotSpot's native memory tracking: <c>committed</c> is what may hold pages, <c>reserved</c> the address space. It tells neither what of the Java heap is in use nor what malloc keeps, so nothing stands for these. Its
    /// <c>malloc</c> (in the sums of newer versions) is what HotSpot itself has from malloc.
    /// </summary>
    public static AllocatorState? OfNativeMemoryTracking(IReadOnlyList<SideFacts> figures)
    {
        if (figures.LastOrDefault(f => f.Label == "Total") is not { } total || total.Key("committed") is not { } committed) return null;
        var ofCategories = figures.Where(f => f.Label is not (null or "Total")).GroupBy(f => f.Label, StringComparer.Ordinal).Select(c => new KeyValuePair<string, long>(c.Key + " committed", c.Last().Key("committed") ?? 0));
        return new AllocatorState(total.Kind, "JVM native memory", total.At)
        {
            HeldBytes = committed,
            RetainedBytes = total.Key("reserved").Less(committed),
            Keys = [.. total.Keys("reserved", "committed", "malloc", "mmap"), .. ofCategories.Where(c => c.Value > 0).OrderByDescending(c => c.Value)],
        };
    }

    /// <summary>
    /// Go (runtime.MemStats): <c>Sys</c> is all address space taken, <c>HeapReleased</c> the part without pages. <c>HeapAlloc</c> holds what is dead and not swept yet. Free are the spans that are idle and were not released, which
    /// the scavenger gives back in time, and the unused rest of spans in use.
    /// </summary>
    public static AllocatorState? OfGo(SideFacts figures)
    {
        if (figures.Key("HeapAlloc") is not { } allocated) return null;
        var idle = figures.Key("HeapIdle").Less(figures.Key("HeapReleased"));
        string[] own = ["MSpanSys", "MCacheSys", "BuckHashSys", "GCSys", "OtherSys"];
        return new AllocatorState(figures.Kind, "Go runtime", figures.At)
        {
            InUseBytes = allocated,
            HeldBytes = figures.Key("Sys").Less(figures.Key("HeapReleased")),
            FreeBytes = idle.Plus(figures.Key("HeapInuse").Less(allocated)),
            DecayingBytes = idle,
            RetainedBytes = figures.Key("HeapReleased"),
            MetadataBytes = own.SumOfKnown(figures.Key),
            Keys = figures.Keys("HeapAlloc", "HeapInuse", "HeapIdle", "HeapReleased", "HeapSys", "StackInuse", "StackSys", "Sys", "MSpanSys", "MCacheSys", "BuckHashSys", "GCSys", "OtherSys", "NextGC"),
        };
    }
}
