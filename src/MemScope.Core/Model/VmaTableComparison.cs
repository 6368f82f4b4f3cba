using System.Globalization;

namespace MemScope.Core.Model;

/// <summary>Compares tables of mappings in everything that they hold: the proof that one can stand for the other.</summary>
public static class VmaTableComparison
{
    /// <summary>The first thing in which two tables differ, in words, or null when every address, number, flag and name is the same. An absent number differs from 0.</summary>
    public static string? FirstDifference(VmaTable a, VmaTable b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Count != b.Count) return Words($"{a.Count} mappings, not {b.Count}");
        for (var row = 0; row < a.Count; row++)
            if (InRow(a[row], b[row]) is { } difference) return difference;
        for (var m = 0; m < Metrics.Count; m++)
            if (InColumn(a, b, (Metric)m) is { } difference) return difference;
        return null;
    }

    private static string? InRow(Vma a, Vma b)
    {
        if (a.Range != b.Range) return Words($"range {a.Range}, not {b.Range}");
        if (a.Permissions != b.Permissions) return Words($"permissions {a.Permissions.Text()}, not {b.Permissions.Text()}, of {a.Range}");
        if (a.Offset != b.Offset) return Words($"offset {a.Offset:x}, not {b.Offset:x}, of {a.Range}");
        if (a.DeviceMajor != b.DeviceMajor || a.DeviceMinor != b.DeviceMinor) return Words($"device of {a.Range}");
        if (a.Inode != b.Inode) return Words($"inode {a.Inode}, not {b.Inode}, of {a.Range}");
        if (a.Name != b.Name) return Words($"name of {a.Range}");
        return a.Flags != b.Flags ? Words($"VmFlags of {a.Range}") : null;
    }

    private static string? InColumn(VmaTable a, VmaTable b, Metric metric)
    {
        if (!a.Has(metric) && !b.Has(metric)) return null;
        for (var row = 0; row < a.Count; row++)
            if (a[row][metric] != b[row][metric]) return Words($"{metric.SmapsName()} {Number(a[row][metric])}, not {Number(b[row][metric])}, of {a[row].Range}");
        return null;
    }

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "missing";

    private static string Words(FormattableString text) => FormattableString.Invariant(text);
}
