using System.Globalization;
using System.Text;
using MemScope.Core.Model;

namespace MemScope.Benchmarks.Engine;

/// <summary>Writes a <see cref="SyntheticProcess"/> as /proc/PID/smaps does (show_map_vma and __show_smap of fs/proc/task_mmu.c).</summary>
internal static class SyntheticSmaps
{
    private const int NameColumn = 73, FirstBytes = 1 << 20;

    /// <summary>Keys padded to 16 columns, as the kernel has them.</summary>
    private static readonly (Metric Metric, byte[] Key, bool HasUnit)[] Keys =
        [.. SyntheticRegion.Printed.Select(m => (m, Encoding.ASCII.GetBytes((m.SmapsName() + ":").PadRight(16)), m != Metric.ThpEligible))];

    /// <summary>The snapshot as text.</summary>
    public static byte[] Text(SyntheticProcess process)
    {
        var text = new MemoryStream(FirstBytes);
        foreach (var region in process.Regions) Write(text, region);
        return text.ToArray();
    }

    /// <summary>One mapping.</summary>
    public static void Write(Stream text, SyntheticRegion region)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{region.Start:x}-{region.End:x} {region.Permissions.Text()} {region.Offset:x8} {(region.Inode == 0 ? 0 : 0xfe):x2}:00 {region.Inode} ");
        text.Write(Encoding.ASCII.GetBytes(region.Name.Length == 0 ? line : line.PadRight(NameColumn) + region.Name));
        text.WriteByte((byte)'\n');
        Span<byte> digits = stackalloc byte[20];
        foreach (var (metric, key, hasUnit) in Keys)
        {
            text.Write(key);
            region[metric].TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
            for (var blank = length; blank < 8; blank++) text.WriteByte((byte)' ');
            text.Write(digits[..length]);
            text.Write(hasUnit ? " kB\n"u8 : "\n"u8);
        }
        text.Write("VmFlags: "u8);
        text.Write(Encoding.ASCII.GetBytes(region.Flags));
        text.Write(" \n"u8);
    }
}
