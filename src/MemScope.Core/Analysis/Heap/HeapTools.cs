using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Heap;

/// <summary>What is known of the tools that write heap profiles: whose bytes are live bytes, who counts every block, and whose clock begins with the process. Slugs are those of the formats.</summary>
internal static class HeapTools
{
    // A heap profile lists other things than live blocks under these labels: memory taken from the kernel (gperftools' growth), holes (fragmentation).
    private static readonly string[] OtherLabels = ["growth", "fragmentation"];

    /// <summary>
    /// Whether the profile counts bytes that the program holds. Not so massif with --pages-as-heap=yes, whose bytes are address space, and the profiles of gperftools that list what was taken from the kernel or lies idle.
    /// </summary>
    public static bool HasLiveBytes(HeapProfile profile) => profile.Unit == WeightUnit.Bytes && !HasLoss(profile, "virtual-bytes") && !(profile.Dumps.Count > 0 && OtherLabels.Contains(profile.Dumps[^1].Label, StringComparer.Ordinal));

    /// <summary>
    /// Whether every block of the process was counted, and that at the moments told.
    /// heaptrack and massif intercept every allocation; so does DHAT. heaptrack that was attached knows nothing from before. memcheck's LEAK SUMMARY holds what is still reachable and so all blocks; its list of leaks and its XML do not.
    /// The texts of gperftools and jemalloc are whole where their header gives no sampling rate. A pprof without a period does not say whether it was sampled. LeakSanitizer lists lost blocks only, bcc's memleak what was allocated
    /// since it was attached, exports of memray do not say of which moment they are, and tracemalloc, guppy, a histogram of the JVM, its native memory tracking and Go's gctrace see one runtime's memory.
    /// </summary>
    public static bool CountsAll(HeapProfile profile) => profile.Tool switch
    {
        "heaptrack" => !HasLoss(profile, "began-late") && !HasLoss(profile, "lost-events"),
        "massif" or "dhat" => true,
        "memcheck" or "memcheck-xml" => profile.Dumps.Count > 0 && (profile.Dumps[^1].AllocatedBytes is not null || profile.Dumps[^1].Sites.Any(s => s.Kind == "still reachable")),
        "heap-profile" or "jemalloc-heap" => profile.SamplePeriodBytes is null && !HasLoss(profile, "dropped-rows"),
        _ => false,
    };

    /// <summary>
    /// Whether its clock begins when the process does: heaptrack that was preloaded, valgrind's tools (milliseconds of massif, time stamps of memcheck), gctrace (runtime/mgc.go: since the program began). Not so heaptrack that was
    /// attached, and Rust's dhat, whose clock begins with its Profiler.
    /// </summary>
    public static bool CountsFromStart(HeapProfile profile) => profile.Clock == ClockDomain.Relative && profile.Tool switch
    {
        "heaptrack" => !HasLoss(profile, "began-late"),
        "massif" or "memcheck" or "memcheck-xml" or "go-memstats" => true,
        _ => false,
    };

    private static bool HasLoss(HeapProfile profile, string kind) => profile.Losses.Any(l => l.Kind == kind);
}
