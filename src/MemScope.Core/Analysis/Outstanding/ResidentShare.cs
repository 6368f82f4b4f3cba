using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>
/// The part of a mapping's Rss that is taken to lie in some of its addresses. A snapshot tells how much of a mapping is resident, not which pages, so the bytes are spread evenly: up to an
/// address lie Rss × (address − start) / size bytes, rounded down, and a range has the difference of its ends. So the parts of a mapping add up to its Rss exactly, and what is said is exact
/// where a mapping is wholly resident or wholly not.
/// </summary>
internal static class ResidentShare
{
    /// <summary>Bytes of the row's Rss in a range, which may reach beyond the row; 0 where the source printed no Rss. Never more than the range's length.</summary>
    public static long Of(in Vma row, AddressRange range)
    {
        var part = row.Range.Intersect(range);
        if (part.IsEmpty) return 0;
        var size = row.VirtualBytes;
        var rss = Math.Min((ulong)Math.Max(0, row.Bytes(Metric.Rss)), size);
        return (long)(UpTo(part.End - row.Start, rss, size) - UpTo(part.Start - row.Start, rss, size));
    }

    /// <summary>Index of the first row that ends behind an address, or their count.</summary>
    public static int FirstEndingBehind(ulong address, VmaTable rows)
    {
        int low = 0, high = rows.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rows.EndColumn[middle] > address) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    private static ulong UpTo(ulong bytes, ulong rss, ulong size) => (ulong)((UInt128)bytes * rss / size);
}
