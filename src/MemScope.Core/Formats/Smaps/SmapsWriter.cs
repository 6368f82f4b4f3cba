using System.Buffers;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Smaps;

/// <summary>
/// Prints mappings as /proc/PID/maps and /proc/PID/smaps do (fs/proc/task_mmu.c: show_map_vma, show_smap, show_smap_vma_flags), with the keys that were read of each mapping and no others:
/// without one it is a line of maps. What the kernel printed comes back byte for byte, but for keys that MemScope does not know and names of bytes that are not UTF-8; a mapping of a source
/// without offset, device or inode has 0 there.
/// </summary>
public static class SmapsWriter
{
    /// <summary>Where names begin on a 64-bit kernel: seq_setwidth(25 + 6 * sizeof(void *) - 1), then a blank.</summary>
    private const int NameColumn = 73;

    /// <summary>Columns of a key with its colon, and of its number: SEQ_PUT_DEC.</summary>
    private const int KeyColumns = 16, NumberColumns = 8;

    private static readonly Metric[] InOrder = [.. Enumerable.Range(0, Metrics.Count).Select(m => (Metric)m)];

    /// <summary>Before 4.19 the page sizes stood behind SwapPss, and Nonlinear behind Locked.</summary>
    private static readonly Metric[] InOldOrder =
    [
        .. InOrder.Where(m => m is not (Metric.KernelPageSize or Metric.MmuPageSize) && m <= Metric.SwapPss), Metric.KernelPageSize, Metric.MmuPageSize,
        .. InOrder.Where(m => m > Metric.SwapPss),
    ];

    /// <summary>Writes all mappings.</summary>
    /// <param name="vmas">The mappings.</param>
    /// <param name="output">Gets the text.</param>
    public static void Write(VmaTable vmas, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(vmas);
        var text = new TextOut(output);
        // THPeligible came with 5.0, one version behind the new order; its number has been right-aligned since 6.5, and KSM has stood since 6.7.
        var metrics = (vmas.Has(Metric.ThpEligible) ? InOrder : InOldOrder).Where(vmas.Has).ToArray();
        var isAligned = vmas.Has(Metric.Ksm);
        for (var row = 0; row < vmas.Count; row++)
        {
            var vma = vmas[row];
            WriteLine(text, vma);
            foreach (var metric in metrics)
                if (vma[metric] is { } number) WriteKey(text, metric, number, isAligned);
            if (vma.Flags is { } flags) WriteFlags(text, flags);
        }
    }

    private static void WriteLine(TextOut text, Vma vma)
    {
        text.Hex(vma.Start, 8);
        text.Put("-"u8);
        text.Hex(vma.End, 8);
        text.Put(" "u8);
        text.Put(vma.Permissions.Text());
        text.Put(" "u8);
        text.Hex(vma.Offset, 8);
        text.Put(" "u8);
        text.Hex(vma.DeviceMajor, 2);
        text.Put(":"u8);
        text.Hex(vma.DeviceMinor, 2);
        text.Put(" "u8);
        text.Decimal(vma.Inode);
        text.Put(" "u8);
        if (vma.Name.Length > 0)
        {
            text.PadTo(NameColumn);
            text.Put(vma.Name);
        }
        text.EndLine();
    }

    private static void WriteKey(TextOut text, Metric metric, long number, bool isAligned)
    {
        text.Put(metric.SmapsName());
        text.Put(":"u8);
        text.PadTo(KeyColumns);
        // "Private_Hugetlb:" takes all columns of a key; its number has one less.
        var width = KeyColumns + NumberColumns - text.Column;
        if (metric is Metric.ThpEligible && !isAligned) width = 1;
        if (text.Column == KeyColumns && metric is Metric.PrivateHugetlb)
        {
            text.Put(" "u8);
            width--;
        }
        text.Decimal((ulong)number, width);
        if (metric is not (Metric.ThpEligible or Metric.ProtectionKey)) text.Put(" kB"u8);
        text.EndLine();
    }

    private static void WriteFlags(TextOut text, string flags)
    {
        text.Put("VmFlags: "u8);
        text.Put(flags);
        if (flags.Length > 0) text.Put(" "u8);
        text.EndLine();
    }
}
