using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>What became of a region between base and current. On the wire in lower case.</summary>
public enum DiffState : byte
{
    /// <summary>Same range, permissions and RSS. PSS may differ: it moves whenever another process maps or leaves the same pages.</summary>
    Unchanged,
    /// <summary>More RSS, or more addresses at equal RSS.</summary>
    Grown,
    /// <summary>Less RSS, or fewer addresses at equal RSS.</summary>
    Shrunk,
    /// <summary>Only in current.</summary>
    Born,
    /// <summary>Only in base.</summary>
    Gone,
    /// <summary>Lies elsewhere, larger or not.</summary>
    Moved,
    /// <summary>Only in current: cut off a region that base has.</summary>
    Split,
    /// <summary>Only in base: joined into a region that current has.</summary>
    Merged,
    /// <summary>Other permissions.</summary>
    Reprotected,
}

/// <summary>Sizes of one side. PSS is null where the source prints none.</summary>
public readonly record struct DiffSizes(long RssBytes, long? PssBytes, long VirtualBytes)
{
    /// <summary>Sum; PSS stays null only while both sides are null.</summary>
    public static DiffSizes operator +(DiffSizes a, DiffSizes b) =>
        new(a.RssBytes + b.RssBytes, a.PssBytes is null && b.PssBytes is null ? null : (a.PssBytes ?? 0) + (b.PssBytes ?? 0), a.VirtualBytes + b.VirtualBytes);

    /// <summary>Difference.</summary>
    public static DiffSizes operator -(DiffSizes a, DiffSizes b) =>
        new(a.RssBytes - b.RssBytes, a.PssBytes is null && b.PssBytes is null ? null : (a.PssBytes ?? 0) - (b.PssBytes ?? 0), a.VirtualBytes - b.VirtualBytes);
}

/// <summary>One region's part of the difference.</summary>
/// <param name="State">What became of it.</param>
/// <param name="Region">The region.</param>
/// <param name="Category">Its category.</param>
/// <param name="BaseVma">Its mapping in base, or null.</param>
/// <param name="CurrentVma">Its mapping in current, or null.</param>
/// <param name="Base">Sizes in base, 0 when absent.</param>
/// <param name="Current">Sizes in current, 0 when absent.</param>
public sealed record DiffRow(DiffState State, Region Region, Category Category, Vma? BaseVma, Vma? CurrentVma, DiffSizes Base, DiffSizes Current)
{
    /// <summary>Current minus base.</summary>
    public DiffSizes Delta => Current - Base;

    /// <summary>What changed in words: <c>end fixed, start down by 9,620 KiB</c>; empty for an unchanged row.</summary>
    public string Words { get; init; } = "";
}

/// <summary>The difference of two snapshots of one track. The rows' deltas add up to the difference of the totals.</summary>
public sealed record SnapshotDiff(TrackPoint Base, TrackPoint Current, DiffSizes BaseTotal, DiffSizes CurrentTotal, IReadOnlyList<DiffRow> Rows);
