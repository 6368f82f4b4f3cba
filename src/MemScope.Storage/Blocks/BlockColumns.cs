using MemScope.Core.Model;

namespace MemScope.Storage.Blocks;

/// <summary>
/// The columns of a block besides addresses, and what each is expected to hold, of which only the difference is stored. The kernel counts a page in several figures at once (smaps_account() in
/// fs/proc/task_mmu.c): a page that comes adds as much to Rss, to Pss and to one of the four kinds, so with the right expectation most of what changes is written once.
/// </summary>
internal static class BlockColumns
{
    public const int Permissions = 0;
    public const int Offset = 1;
    public const int Device = 2;
    public const int Inode = 3;
    public const int Name = 4;
    public const int Flags = 5;

    /// <summary>The metrics follow from here, in the order of <see cref="Metric"/>.</summary>
    public const int FirstMetric = 6;

    private const int Size = FirstMetric + (int)Metric.Size, KernelPageSize = FirstMetric + (int)Metric.KernelPageSize, MmuPageSize = FirstMetric + (int)Metric.MmuPageSize,
        Rss = FirstMetric + (int)Metric.Rss, Pss = FirstMetric + (int)Metric.Pss, PssDirty = FirstMetric + (int)Metric.PssDirty, SharedClean = FirstMetric + (int)Metric.SharedClean,
        SharedDirty = FirstMetric + (int)Metric.SharedDirty, PrivateClean = FirstMetric + (int)Metric.PrivateClean, PrivateDirty = FirstMetric + (int)Metric.PrivateDirty,
        Referenced = FirstMetric + (int)Metric.Referenced, Anonymous = FirstMetric + (int)Metric.Anonymous, Swap = FirstMetric + (int)Metric.Swap, SwapPss = FirstMetric + (int)Metric.SwapPss,
        Dirty = FirstMetric + (int)Metric.Dirty;

    private static readonly int[] PrivateDirtyIsLess = [SharedClean, SharedDirty, PrivateClean];

    /// <summary>How many columns there are.</summary>
    public static int Count => FirstMetric + Metrics.Count;

    /// <summary>Whether a row without a predecessor is expected to hold what the row above holds; else 0, both besides the expectation of the column.</summary>
    public static bool GoesOnFromAbove(int column) => column is Device or Inode or Name or Flags or KernelPageSize;

    /// <summary>Whether the column is expected to hold the mapping's length in KiB.</summary>
    public static bool IsLength(int column) => column == Size;

    /// <summary>A mapping's length in KiB.</summary>
    public static long LengthOf(ulong start, ulong end) => (long)(unchecked(end - start) / 1024);

    /// <summary>The column that a column is expected to equal in each row, or -1. Always one that stands before it in <see cref="Order"/>.</summary>
    public static int Expected(int column) => column switch
    {
        MmuPageSize => KernelPageSize,
        Pss or Referenced or PrivateDirty or Dirty => Rss,
        PssDirty or Anonymous => PrivateDirty,
        SwapPss => Swap,
        _ => -1,
    };

    /// <summary>Columns that lessen the expectation: Rss is the sum of the four kinds.</summary>
    public static ReadOnlySpan<int> ExpectedLess(int column) => column == PrivateDirty ? PrivateDirtyIsLess : default;

    /// <summary>The order in which columns are written: as they are numbered, but what others are expected by before these.</summary>
    public static ReadOnlySpan<int> Order => Ordered;

    private static readonly int[] Ordered = [.. Enumerable.Range(0, Count).Where(c => c != PssDirty), PssDirty];
}
