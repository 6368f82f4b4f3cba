namespace MemScope.Core.Formats.Kernel;

/// <summary>Which numbers of a cgroup's and the machine's files are bytes, which are pages and which are events (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst, mm/vmstat.c).</summary>
internal static class CgroupKeys
{
    /// <summary>Keys that only memory.stat has; the first line of one is such a key in most kernels.</summary>
    private static readonly HashSet<string> StatKeys = new(StringComparer.Ordinal)
    {
        "anon", "file", "kernel", "kernel_stack", "pagetables", "sec_pagetables", "percpu", "sock", "vmalloc", "shmem", "zswap", "zswapped", "file_mapped", "file_dirty", "file_writeback",
        "swapcached", "anon_thp", "file_thp", "shmem_thp", "inactive_anon", "active_anon", "inactive_file", "active_file", "unevictable", "slab_reclaimable", "slab_unreclaimable", "slab",
        "hugetlb", "cache", "rss", "rss_huge", "mapped_file", "total_cache", "total_rss", "hierarchical_memory_limit",
    };

    private static readonly HashSet<string> EventKeys = new(StringComparer.Ordinal)
    {
        "low", "high", "max", "oom", "oom_kill", "oom_group_kill", "sock_throttled",
    };

    private static readonly string[] Events = ["workingset_", "pg", "psw", "zswp", "swpin_zero", "swpout_zero", "numa_", "thp_"];

    /// <summary>Files of one number that counts something else than bytes.</summary>
    private static readonly string[] CountFiles = ["failcnt", "swappiness", "use_hierarchy", "move_charge_at_immigrate", "oom.group", "zswap.writeback"];

    /// <summary>nr_ lines of vmstat that are no pages in use: what was ever written or pinned, and huge pages, which are counted one by one.</summary>
    private static readonly string[] NoPages = ["nr_dirtied", "nr_written", "nr_throttled_written", "nr_vmscan_", "nr_foll_pin_", "nr_tlb_", "nr_anon_transparent_hugepages", "hugepages", "pmdmapped"];

    /// <summary>The file that a line without heading comes from, by its key; null when none of this controller has such a key.</summary>
    public static string? FileOf(string key) => StatKeys.Contains(key) ? "memory.stat" : EventKeys.Contains(key) ? "memory.events" : null;

    /// <summary>Whether a key begins memory.stat of cgroup v2 or v1.</summary>
    public static bool BeginsStat(ReadOnlySpan<byte> key) => key.SequenceEqual("anon"u8) || key.SequenceEqual("cache"u8);

    /// <summary>Whether a number of memory.stat counts events; all others are bytes.</summary>
    public static bool IsEvent(string key)
    {
        var own = key.StartsWith("total_", StringComparison.Ordinal) ? key.AsSpan("total_".Length) : key;
        foreach (var start in Events)
            if (own.StartsWith(start, StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>Whether a file that holds one number holds bytes.</summary>
    public static bool IsByteFile(string name) => !Array.Exists(CountFiles, f => name.EndsWith(f, StringComparison.Ordinal));

    /// <summary>How many bytes one of a line of vmstat is; null when it counts events.</summary>
    public static long? UnitBytes(string key, long pageBytes)
    {
        if (!key.StartsWith("nr_", StringComparison.Ordinal)) return null;
        if (key is "nr_kernel_stack" or "nr_shadow_call_stack") return 1024;
        return Array.Exists(NoPages, n => key.Contains(n, StringComparison.Ordinal)) ? null : pageBytes;
    }
}
