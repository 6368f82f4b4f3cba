using System.Numerics;
using System.Runtime.CompilerServices;

namespace MemScope.Core.Model;

/// <summary>The columns of a <see cref="VmaTable"/>, for whoever reads one back from storage.</summary>
/// <param name="Starts">First addresses, ascending.</param>
/// <param name="Ends">First addresses behind.</param>
/// <param name="Permissions">Permissions.</param>
/// <param name="Offsets">File offsets, bytes.</param>
/// <param name="Devices">Major in the upper, minor in the lower 32 bits.</param>
/// <param name="Inodes">Inodes.</param>
/// <param name="Names">Names, empty when unnamed.</param>
/// <param name="Flags">VmFlags, or null when the source has none.</param>
/// <param name="Metrics">A column per <see cref="Metric"/>, null where the source does not print it.</param>
public sealed record VmaColumns(ulong[] Starts, ulong[] Ends, VmaPermissions[] Permissions, ulong[] Offsets, ulong[] Devices, ulong[] Inodes, string[] Names,
    string?[]? Flags, MetricColumn?[] Metrics);

/// <summary>
/// The mappings of one snapshot in address order, held as columns: one array per field, so that a snapshot of 20,000 mappings is a few dozen allocations.
/// A number that the source did not print is absent, never 0. Immutable once built.
/// </summary>
public sealed partial class VmaTable
{
    /// <summary>Marks an absent number inside a column.</summary>
    public const long Absent = -1;

    private readonly MetricColumn?[] _metrics;

    internal VmaTable(int count, ulong[] starts, ulong[] ends, VmaPermissions[] permissions, ulong[] offsets, ulong[] devices, ulong[] inodes, string[] names,
        string?[]? flags, MetricColumn?[] metrics)
    {
        Count = count;
        Starts = starts;
        Ends = ends;
        Permissions = permissions;
        Offsets = offsets;
        Devices = devices;
        Inodes = inodes;
        Names = names;
        Flags = flags;
        _metrics = metrics;
    }

    /// <summary>A table without a mapping.</summary>
    public static VmaTable Empty { get; } = new Builder().Build();

    /// <summary>How many mappings there are.</summary>
    public int Count { get; }

    internal ulong[] Starts { get; }
    internal ulong[] Ends { get; }
    internal VmaPermissions[] Permissions { get; }
    internal ulong[] Offsets { get; }

    /// <summary>Major in the upper, minor in the lower 32 bits.</summary>
    internal ulong[] Devices { get; }
    internal ulong[] Inodes { get; }
    internal string[] Names { get; }
    internal string?[]? Flags { get; }

    /// <summary>First address of each mapping, ascending.</summary>
    public ReadOnlySpan<ulong> StartColumn => Starts.AsSpan(0, Count);

    /// <summary>First address behind each mapping.</summary>
    public ReadOnlySpan<ulong> EndColumn => Ends.AsSpan(0, Count);

    /// <summary>Permissions of each mapping.</summary>
    public ReadOnlySpan<VmaPermissions> PermissionColumn => Permissions.AsSpan(0, Count);

    /// <summary>File offset of each mapping, bytes.</summary>
    public ReadOnlySpan<ulong> OffsetColumn => Offsets.AsSpan(0, Count);

    /// <summary>Device of each mapping: major in the upper, minor in the lower 32 bits.</summary>
    public ReadOnlySpan<ulong> DeviceColumn => Devices.AsSpan(0, Count);

    /// <summary>Inode of each mapping.</summary>
    public ReadOnlySpan<ulong> InodeColumn => Inodes.AsSpan(0, Count);

    /// <summary>Name of each mapping, empty when unnamed.</summary>
    public ReadOnlySpan<string> NameColumn => Names.AsSpan(0, Count);

    /// <summary>VmFlags of each mapping, null where not printed; an empty span when the source has none.</summary>
    public ReadOnlySpan<string?> FlagsColumn => Flags is null ? default : Flags.AsSpan(0, Count);

    /// <summary>The columns themselves, for whoever stores the table or shares them with another; they may be longer than <see cref="Count"/> and must not be changed.</summary>
    public VmaColumns Columns => new(Starts, Ends, Permissions, Offsets, Devices, Inodes, Names, Flags, _metrics);

    /// <summary>A table over columns of equal length, which are not copied: whoever made them must not change them any more.</summary>
    /// <exception cref="ArgumentException">The columns differ in length or the addresses do not ascend.</exception>
    public static VmaTable FromColumns(VmaColumns columns)
    {
        var count = columns.Starts.Length;
        var equal = columns.Ends.Length == count && columns.Permissions.Length == count && columns.Offsets.Length == count && columns.Devices.Length == count
            && columns.Inodes.Length == count && columns.Names.Length == count && (columns.Flags is null || columns.Flags.Length == count)
            && columns.Metrics.Length == Metrics.Count && Array.TrueForAll(columns.Metrics, m => m is null || m.Count == count);
        if (!equal) throw new ArgumentException("columns differ in length", nameof(columns));
        for (var i = 1; i < count; i++)
            if (columns.Starts[i - 1] > columns.Starts[i]) throw new ArgumentException("addresses do not ascend", nameof(columns));
        return new VmaTable(count, columns.Starts, columns.Ends, columns.Permissions, columns.Offsets, columns.Devices, columns.Inodes, columns.Names, columns.Flags, columns.Metrics);
    }

    /// <summary>The mapping at <paramref name="index"/>.</summary>
    public Vma this[int index] => (uint)index < (uint)Count ? new Vma(this, index) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Whether the source printed <paramref name="metric"/> for any mapping.</summary>
    public bool Has(Metric metric) => _metrics[(int)metric] is not null;

    /// <summary>One metric of all mappings (<see cref="Absent"/> where not printed), or an empty column when the source has none.</summary>
    public MetricColumn Column(Metric metric) => _metrics[(int)metric] ?? MetricColumn.None;

    /// <summary>Sum of a metric over all mappings in bytes, or null when the source does not print it.</summary>
    public long? SumBytes(Metric metric) => _metrics[(int)metric]?.Sum() * 1024;

    /// <summary>Index of the mapping that holds <paramref name="address"/>, or -1.</summary>
    public int IndexOf(ulong address)
    {
        var i = Array.BinarySearch(Starts, 0, Count, address);
        if (i < 0) i = ~i - 1;
        return i >= 0 && address < Ends[i] ? i : -1;
    }
}
