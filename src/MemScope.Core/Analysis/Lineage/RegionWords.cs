using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>Texts on how regions change, for people.</summary>
public static class RegionWords
{
    /// <summary>What two ranges of one region say: <c>end fixed, start down by 9,620 KiB</c>; empty when they are equal.</summary>
    public static string Change(AddressRange before, AddressRange after)
    {
        if (before == after) return "";
        if (before.IsEmpty) return $"{Size(after.Length)} at {after.Start:x}";
        if (after.IsEmpty) return $"was {Size(before.Length)} at {before.Start:x}";
        if (before.End == after.End) return $"end fixed, start {Shift(before.Start, after.Start)}";
        if (before.Start == after.Start) return $"start fixed, end {Shift(before.End, after.End)}";
        if (before.Overlap(after) == 0) return Moved(before, after);
        return $"start {Shift(before.Start, after.Start)}, end {Shift(before.End, after.End)}";
    }

    /// <summary>A size with thousands separators in KiB: <c>9,620 KiB</c>; bytes where it is no whole number of KiB.</summary>
    public static string Size(ulong bytes) =>
        bytes % 1024 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:N0} KiB") : string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes");

    private static string Moved(AddressRange before, AddressRange after)
    {
        var where = $"moved from {before.Start:x} to {after.Start:x}";
        if (after.Length == before.Length) return where;
        return after.Length > before.Length ? $"{where}, {Size(after.Length - before.Length)} larger" : $"{where}, {Size(before.Length - after.Length)} smaller";
    }

    private static string Shift(ulong before, ulong after) => after > before ? $"up by {Size(after - before)}" : $"down by {Size(before - after)}";
}
