using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Storage.Blocks;

/// <summary>A snapshot's mappings as the block codec handles them: addresses, then every other field as a column of numbers; strings are numbers of the block's table.</summary>
internal sealed class BlockFrame(ulong[] starts, ulong[] ends, long[]?[] columns)
{
    public const int Permissions = 0;
    public const int Offset = 1;
    public const int Device = 2;
    public const int Inode = 3;
    public const int Name = 4;
    public const int Flags = 5;

    /// <summary>The metrics follow from here, in the order of <see cref="Metric"/>.</summary>
    public const int FirstMetric = 6;

    /// <summary>The frame before the first: every row of a first snapshot is an inserted one.</summary>
    public static BlockFrame Empty { get; } = new([], [], new long[]?[ColumnCount]);

    public static int ColumnCount => FirstMetric + Metrics.Count;

    public ulong[] Starts { get; } = starts;
    public ulong[] Ends { get; } = ends;
    public long[]?[] Columns { get; } = columns;
    public int Count => Starts.Length;

    /// <summary>What a value most likely is in a row without a predecessor: what the row before holds, the mapping's size, or 0.</summary>
    public static long Guess(int column, int row, ReadOnlySpan<long> values, ulong[] starts, ulong[] ends) => column switch
    {
        Device or Inode or Name or Flags or FirstMetric + (int)Metric.KernelPageSize or FirstMetric + (int)Metric.MmuPageSize => row > 0 ? values[row - 1] : 0,
        FirstMetric + (int)Metric.Size => (long)((ends[row] - starts[row]) / 1024),
        _ => 0,
    };

    /// <summary>Takes a table apart. New strings go to <paramref name="strings"/>, whose numbers begin with 1.</summary>
    public static BlockFrame Of(VmaTable table, Dictionary<string, int> strings)
    {
        var columns = new long[]?[ColumnCount];
        columns[Permissions] = Fill(table.Count, i => (long)table.PermissionColumn[i]);
        columns[Offset] = Fill(table.Count, i => (long)table.OffsetColumn[i]);
        columns[Device] = Fill(table.Count, i => (long)table.DeviceColumn[i]);
        columns[Inode] = Fill(table.Count, i => (long)table.InodeColumn[i]);
        columns[Name] = Fill(table.Count, i => (long)NumberOf(table.NameColumn[i], strings));
        if (table.Count > 0 && !table.FlagsColumn.IsEmpty) columns[Flags] = Fill(table.Count, i => table.FlagsColumn[i] is { } flags ? NumberOf(flags, strings) : 0L);
        for (var m = 0; m < Metrics.Count; m++)
            if (table.Has((Metric)m)) columns[FirstMetric + m] = table.Column((Metric)m).ToArray();
        return new BlockFrame(table.StartColumn.ToArray(), table.EndColumn.ToArray(), columns);
    }

    /// <summary>Puts the table together. Columns that the frame shares with <paramref name="before"/> stay shared.</summary>
    public VmaTable ToTable(BlockFrame before, VmaTable beforeTable, IReadOnlyList<string> strings)
    {
        var known = beforeTable.Columns;
        var metrics = new MetricColumn?[Metrics.Count];
        for (var m = 0; m < metrics.Length; m++) metrics[m] = Same(FirstMetric + m) ? known.Metrics[m] : Columns[FirstMetric + m] is { } numbers ? new MetricColumn(numbers) : null;
        var parts = new VmaColumns(Starts, Ends,
            Same(Permissions) ? known.Permissions : Fill(Count, i => PermissionsOf(Columns[Permissions]![i])),
            Same(Offset) ? known.Offsets : Fill(Count, i => (ulong)Columns[Offset]![i]),
            Same(Device) ? known.Devices : Fill(Count, i => (ulong)Columns[Device]![i]),
            Same(Inode) ? known.Inodes : Fill(Count, i => (ulong)Columns[Inode]![i]),
            Same(Name) ? known.Names : Fill(Count, i => StringOf(Columns[Name]![i], strings) ?? throw new InvalidDataException("name missing")),
            Same(Flags) ? known.Flags : Columns[Flags] is { } flags ? Fill(Count, i => StringOf(flags[i], strings)) : null, metrics);
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

    private static int NumberOf(string text, Dictionary<string, int> strings)
    {
        if (strings.TryGetValue(text, out var number)) return number;
        strings.Add(text, strings.Count + 1);
        return strings.Count;
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
