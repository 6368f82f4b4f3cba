namespace MemScope.Core.Model;

/// <summary>What the codes of the VmFlags line of smaps mean. Source: Documentation/filesystems/proc.rst and show_smap_vma_flags in fs/proc/task_mmu.c of the kernel.</summary>
public static class VmFlags
{
    private static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["rd"] = "readable",
        ["wr"] = "writable",
        ["ex"] = "executable",
        ["sh"] = "shared",
        ["mr"] = "may be made readable",
        ["mw"] = "may be made writable",
        ["me"] = "may be made executable",
        ["ms"] = "may be shared",
        ["gd"] = "grows down by itself, as stacks do",
        ["pf"] = "pages of a device or of physical memory without bookkeeping (pure PFN range)",
        ["dw"] = "writes to the mapped file were refused (old kernels)",
        ["lo"] = "locked in RAM (mlock)",
        ["io"] = "memory of a device (memory-mapped I/O)",
        ["sr"] = "advised: will be read in order",
        ["rr"] = "advised: will be read at random",
        ["dc"] = "not copied on fork",
        ["de"] = "cannot be enlarged by mremap",
        ["ac"] = "counted against the commit limit",
        ["nr"] = "no swap space is reserved for it",
        ["ht"] = "pages of hugetlb: outside RSS",
        ["sf"] = "faults write the file's data out first (DAX)",
        ["nl"] = "non-linear file mapping (old kernels)",
        ["ar"] = "specific to the processor",
        ["wf"] = "empty in the child after fork",
        ["dd"] = "left out of core dumps",
        ["sd"] = "written since soft-dirty marks were cleared",
        ["mm"] = "mixes pages with and without bookkeeping, as drivers do",
        ["hg"] = "advised: huge pages wanted (MADV_HUGEPAGE)",
        ["nh"] = "advised: no huge pages",
        ["mg"] = "advised: equal pages may be merged (KSM)",
        ["bt"] = "guarded branch targets (arm64 BTI)",
        ["mt"] = "memory tags are on (arm64 MTE)",
        ["um"] = "userfaultfd is told of missing pages",
        ["uw"] = "userfaultfd is told of writes",
        ["ui"] = "userfaultfd is told of minor faults",
        ["ss"] = "shadow stack",
        ["sl"] = "sealed: its mapping cannot be changed",
        ["lf"] = "pages are locked as they are touched (mlock on fault)",
        ["dp"] = "pages may always be dropped when memory is short",
        ["gu"] = "may hold guard pages made by madvise",
    };

    /// <summary>What a code means; null for one that is not known.</summary>
    public static string? Meaning(string code) => Meanings.GetValueOrDefault(code);
}
