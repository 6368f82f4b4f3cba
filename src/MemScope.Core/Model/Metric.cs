namespace MemScope.Core.Model;

/// <summary>
/// A number that smaps prints per mapping. All are KiB (the kernel's "kB") but <see cref="ThpEligible"/> and <see cref="ProtectionKey"/>.
/// The order is part of the stored block format: append only.
/// </summary>
public enum Metric : byte
{
    /// <summary>Size: virtual size.</summary>
    Size,
    /// <summary>KernelPageSize.</summary>
    KernelPageSize,
    /// <summary>MMUPageSize.</summary>
    MmuPageSize,
    /// <summary>Rss: pages in RAM, hugetlb excluded.</summary>
    Rss,
    /// <summary>Pss: Rss with each page divided by the number of processes that map it.</summary>
    Pss,
    /// <summary>Pss_Dirty (6.0).</summary>
    PssDirty,
    /// <summary>Shared_Clean.</summary>
    SharedClean,
    /// <summary>Shared_Dirty.</summary>
    SharedDirty,
    /// <summary>Private_Clean.</summary>
    PrivateClean,
    /// <summary>Private_Dirty.</summary>
    PrivateDirty,
    /// <summary>Referenced: reset by clear_refs.</summary>
    Referenced,
    /// <summary>Anonymous: pages without a file behind them, copies of file pages included.</summary>
    Anonymous,
    /// <summary>KSM (6.7).</summary>
    Ksm,
    /// <summary>LazyFree (4.12): given back by MADV_FREE, still counted in Rss.</summary>
    LazyFree,
    /// <summary>AnonHugePages.</summary>
    AnonHugePages,
    /// <summary>ShmemPmdMapped.</summary>
    ShmemPmdMapped,
    /// <summary>FilePmdMapped.</summary>
    FilePmdMapped,
    /// <summary>Shared_Hugetlb: outside Rss.</summary>
    SharedHugetlb,
    /// <summary>Private_Hugetlb: outside Rss.</summary>
    PrivateHugetlb,
    /// <summary>Swap.</summary>
    Swap,
    /// <summary>SwapPss.</summary>
    SwapPss,
    /// <summary>Locked: Pss of locked pages.</summary>
    Locked,
    /// <summary>Nonlinear (3.6 to 3.19).</summary>
    Nonlinear,
    /// <summary>THPeligible: 0 or 1, no unit.</summary>
    ThpEligible,
    /// <summary>ProtectionKey: no unit.</summary>
    ProtectionKey,
    /// <summary>pmap -x "Dirty": Private_Dirty + Shared_Dirty; only that source has it.</summary>
    Dirty,
}

/// <summary>Names of <see cref="Metric"/>.</summary>
public static class Metrics
{
    private static readonly string[] SmapsNames =
    [
        "Size", "KernelPageSize", "MMUPageSize", "Rss", "Pss", "Pss_Dirty", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "Referenced",
        "Anonymous", "KSM", "LazyFree", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb", "Swap", "SwapPss", "Locked",
        "Nonlinear", "THPeligible", "ProtectionKey", "Dirty",
    ];

    /// <summary>How many metrics there are.</summary>
    public static int Count => SmapsNames.Length;

    /// <summary>The key as smaps and <c>pmap -X</c> spell it.</summary>
    public static string SmapsName(this Metric metric) => SmapsNames[(int)metric];

    /// <summary>The metric of a smaps key, or null for one that is not known.</summary>
    public static Metric? Parse(string key)
    {
        var i = Array.IndexOf(SmapsNames, key);
        return i < 0 ? null : (Metric)i;
    }
}
