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

    /// <summary>One change in a region's history: <c>start down by 148 KiB</c>, <c>moved from … to … (inferred)</c>.</summary>
    public static string Describe(RegionChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var shift = change.Kind == RegionChangeKind.Moved ? Moved(change.Before, change.After) : Change(change.Before, change.After);
        return change.Kind switch
        {
            RegionChangeKind.Born => $"first seen with {Size(change.After.Length)}",
            RegionChangeKind.Gone => $"gone, was {Size(change.Before.Length)}",
            RegionChangeKind.Reprotected => "permissions changed",
            RegionChangeKind.Split when change.Before.IsEmpty => $"cut off another mapping with {Size(change.After.Length)}",
            RegionChangeKind.Split => "a part became a mapping of its own",
            RegionChangeKind.Merged => $"{Size(change.Before.Length)} joined into {change.After}",
            _ => change.Exact ? shift : $"{shift} (inferred)",
        };
    }

    /// <summary>
    /// How a region changes as a rule: <c>end fixed, start slides down</c>, <c>start fixed, end moves up</c>, <c>moves</c>; empty when it stays or does several things equally.
    /// </summary>
    public static string Anchor(Region region)
    {
        ArgumentNullException.ThrowIfNull(region);
        int endFixed = 0, startFixed = 0, moved = 0;
        foreach (var change in region.Changes)
        {
            if (change.Before.IsEmpty || change.After.IsEmpty || change.Kind == RegionChangeKind.Split) continue;
            if (change.Kind == RegionChangeKind.Moved) moved++;
            else if (change.Before.End == change.After.End && change.After.Start < change.Before.Start) endFixed++;
            else if (change.Before.Start == change.After.Start && change.After.End > change.Before.End) startFixed++;
        }
        var most = Math.Max(moved, Math.Max(endFixed, startFixed));
        if (most == 0 || most * 2 <= moved + endFixed + startFixed) return "";
        if (most == moved) return moved == 1 ? "moved once" : "moves as it grows";
        return most == endFixed ? "end fixed, start slides down" : "start fixed, end moves up";
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
