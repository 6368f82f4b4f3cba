using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Storage.Blocks;

/// <summary>A snapshot's mappings as version 1 of the block codec has them: addresses, then every other field as a column of numbers; strings are numbers of the block's table.</summary>
internal sealed class BlockV1Frame(ulong[] starts, ulong[] ends, long[]?[] columns)
{
    /// <summary>The frame before the first: every row of a first snapshot is an inserted one.</summary>
    public static BlockV1Frame Empty { get; } = new([], [], new long[]?[BlockColumns.Count]);

    public ulong[] Starts { get; } = starts;
    public ulong[] Ends { get; } = ends;
    public long[]?[] Columns { get; } = columns;
    public int Count => Starts.Length;

    /// <summary>What a value most likely is in a row without a predecessor: what the row before holds, the mapping's size, or 0.</summary>
    public static long Guess(int column, int row, ReadOnlySpan<long> values, ulong[] starts, ulong[] ends) => column switch
    {
        BlockColumns.Device or BlockColumns.Inode or BlockColumns.Name or BlockColumns.Flags or BlockColumns.FirstMetric + (int)Metric.KernelPageSize
            or BlockColumns.FirstMetric + (int)Metric.MmuPageSize => row > 0 ? values[row - 1] : 0,
        BlockColumns.FirstMetric + (int)Metric.Size => (long)((ends[row] - starts[row]) / 1024),
        _ => 0,
    };

    /// <summary>Puts the table together. Columns that the frame shares with <paramref name="before"/> stay shared.</summary>
    public VmaTable ToTable(BlockV1Frame before, VmaTable beforeTable, IReadOnlyList<string> strings)
    {
        var known = beforeTable.Columns;
        var metrics = new MetricColumn?[Metrics.Count];
        for (var m = 0; m < metrics.Length; m++)
            metrics[m] = Same(BlockColumns.FirstMetric + m) ? known.Metrics[m] : Columns[BlockColumns.FirstMetric + m] is { } numbers ? new MetricColumn(numbers) : null;
        var parts = new VmaColumns(Starts, Ends,
            Same(BlockColumns.Permissions) ? known.Permissions : Fill(Count, i => PermissionsOf(Columns[BlockColumns.Permissions]![i])),
            Same(BlockColumns.Offset) ? known.Offsets : Fill(Count, i => (ulong)Columns[BlockColumns.Offset]![i]),
            Same(BlockColumns.Device) ? known.Devices : Fill(Count, i => (ulong)Columns[BlockColumns.Device]![i]),
            Same(BlockColumns.Inode) ? known.Inodes : Fill(Count, i => (ulong)Columns[BlockColumns.Inode]![i]),
            Same(BlockColumns.Name) ? known.Names : Fill(Count, i => StringOf(Columns[BlockColumns.Name]![i], strings) ?? throw new InvalidDataException("name missing")),
            Same(BlockColumns.Flags) ? known.Flags : Columns[BlockColumns.Flags] is { } flags ? Fill(Count, i => StringOf(flags[i], strings)) : null, metrics);
        try { return VmaTable.FromColumns(parts); }
        catch (ArgumentException e) { throw new InvalidDataException(e.Message, e); }

        bool Same(int column) => Columns[column] is not null && ReferenceEquals(Columns[column], before.Columns[column]);
    }

    private static T[] Fill<T>(int count, Func<int, T> value)
    {
        var result = new T[count];
        for (var i = 0; i < count; i++) result[i] = value(i);
        return result;
    }

    private static string? StringOf(long number, IReadOnlyList<string> strings) => number switch
    {
        0 => null,
        > 0 when number <= strings.Count => strings[(int)number - 1],
        _ => throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"string {number} of {strings.Count}")),
    };

    private static VmaPermissions PermissionsOf(long value) =>
        value is >= 0 and <= byte.MaxValue ? (VmaPermissions)value : throw new InvalidDataException("permissions above a byte");
}
