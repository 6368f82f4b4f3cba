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
    string?[]? Flags, long[]?[] Metrics);

/// <summary>
/// The mappings of one snapshot in address order, held as columns: one array per field, so that a snapshot of 20,000 mappings is a few dozen allocations.
/// A number that the source did not print is absent, never 0. Immutable once built.
/// </summary>
public sealed class VmaTable
{
    /// <summary>Marks an absent number inside a column.</summary>
    public const long Absent = -1;

    private readonly long[]?[] _metrics;

    internal VmaTable(int count, ulong[] starts, ulong[] ends, VmaPermissions[] permissions, ulong[] offsets, ulong[] devices, ulong[] inodes, string[] names,
        string?[]? flags, long[]?[] metrics)
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
            && columns.Metrics.Length == Metrics.Count && Array.TrueForAll(columns.Metrics, m => m is null || m.Length == count);
        if (!equal) throw new ArgumentException("columns differ in length", nameof(columns));
        for (var i = 1; i < count; i++)
            if (columns.Starts[i - 1] > columns.Starts[i]) throw new ArgumentException("addresses do not ascend", nameof(columns));
        return new VmaTable(count, columns.Starts, columns.Ends, columns.Permissions, columns.Offsets, columns.Devices, columns.Inodes, columns.Names, columns.Flags, columns.Metrics);
    }

    /// <summary>The mapping at <paramref name="index"/>.</summary>
    public Vma this[int index] => (uint)index < (uint)Count ? new Vma(this, index) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Whether the source printed <paramref name="metric"/> for any mapping.</summary>
    public bool Has(Metric metric) => _metrics[(int)metric] is not null;

    /// <summary>One metric of all mappings (<see cref="Absent"/> where not printed), or an empty span when the source has none.</summary>
    public ReadOnlySpan<long> Column(Metric metric) => _metrics[(int)metric] is { } column ? column.AsSpan(0, Count) : default;

    /// <summary>Sum of a metric over all mappings in bytes, or null when the source does not print it.</summary>
    public long? SumBytes(Metric metric)
    {
        if (!Has(metric)) return null;
        long sum = 0;
        foreach (var kib in Column(metric)) if (kib > 0) sum += kib;
        return sum * 1024;
    }

    /// <summary>Index of the mapping that holds <paramref name="address"/>, or -1.</summary>
    public int IndexOf(ulong address)
    {
        var i = Array.BinarySearch(Starts, 0, Count, address);
        if (i < 0) i = ~i - 1;
        return i >= 0 && address < Ends[i] ? i : -1;
    }

    /// <summary>Collects rows in the order of the text; <see cref="Build"/> sorts by address when needed.</summary>
    public sealed class Builder
    {
        private ulong[] _starts, _ends, _offsets, _devices, _inodes;
        private VmaPermissions[] _permissions;
        private string[] _names;
        private string?[]? _flags;
        private readonly long[]?[] _metrics = new long[]?[Metrics.Count];
        private int _capacity;

        /// <summary>A builder with room for <paramref name="capacity"/> rows; it grows.</summary>
        public Builder(int capacity = 64)
        {
            _capacity = Math.Max(capacity, 4);
            _starts = new ulong[_capacity];
            _ends = new ulong[_capacity];
            _offsets = new ulong[_capacity];
            _devices = new ulong[_capacity];
            _inodes = new ulong[_capacity];
            _permissions = new VmaPermissions[_capacity];
            _names = new string[_capacity];
        }

        /// <summary>Rows added so far.</summary>
        public int Count { get; private set; }

        /// <summary>End of the last mapping, 0 without one.</summary>
        public ulong LastEnd => Count > 0 ? _ends[Count - 1] : 0;

        /// <summary>Adds a mapping; the numbers that follow by <see cref="Set"/> and <see cref="SetFlags"/> belong to it.</summary>
        public void Add(ulong start, ulong end, VmaPermissions permissions, ulong offset, uint deviceMajor, uint deviceMinor, ulong inode, string name)
        {
            if (Count == _capacity) Grow();
            var i = Count++;
            _starts[i] = start;
            _ends[i] = end;
            _permissions[i] = permissions;
            _offsets[i] = offset;
            _devices[i] = ((ulong)deviceMajor << 32) | deviceMinor;
            _inodes[i] = inode;
            _names[i] = name;
        }

        /// <summary>Sets a number of the last mapping.</summary>
        public void Set(Metric metric, long value)
        {
            var column = _metrics[(int)metric] ??= NewColumn();
            column[Count - 1] = value;
        }

        /// <summary>A number of the last mapping, or <see cref="Absent"/>.</summary>
        public long Get(Metric metric) => _metrics[(int)metric] is { } column && Count > 0 ? column[Count - 1] : Absent;

        /// <summary>Sets the VmFlags of the last mapping as printed, without the trailing blank.</summary>
        public void SetFlags(string flags) => (_flags ??= new string?[_capacity])[Count - 1] = flags;

        /// <summary>
        /// Takes back the last mappings as long as <paramref name="range"/> covers them, and says how many. The kernel prints smaps page by page: a mapping that
        /// grew or merged between two pages is printed again, whole, from where the reading stood; counted twice it would be a spike of RSS that never was.
        /// </summary>
        public int RemoveCoveredBy(AddressRange range)
        {
            var removed = 0;
            for (; Count > 0 && _starts[Count - 1] >= range.Start && _ends[Count - 1] <= range.End && !range.IsEmpty; removed++)
            {
                Count--;
                if (_flags is not null) _flags[Count] = null;
                foreach (var column in _metrics) if (column is not null) column[Count] = Absent;
            }
            return removed;
        }

        /// <summary>Names the last mapping when its first line had no name (Android prints it below).</summary>
        public void SetNameIfNone(string name)
        {
            if (_names[Count - 1].Length == 0) _names[Count - 1] = name;
        }

        /// <summary>The table, in address order. The builder must not be used afterwards.</summary>
        public VmaTable Build()
        {
            SortIfNeeded();
            return new VmaTable(Count, _starts, _ends, _permissions, _offsets, _devices, _inodes, _names, _flags, _metrics);
        }

        private long[] NewColumn()
        {
            var column = new long[_capacity];
            Array.Fill(column, Absent);
            return column;
        }

        private void Grow()
        {
            var old = _capacity;
            _capacity *= 2;
            Array.Resize(ref _starts, _capacity);
            Array.Resize(ref _ends, _capacity);
            Array.Resize(ref _offsets, _capacity);
            Array.Resize(ref _devices, _capacity);
            Array.Resize(ref _inodes, _capacity);
            Array.Resize(ref _permissions, _capacity);
            Array.Resize(ref _names, _capacity);
            if (_flags is not null) Array.Resize(ref _flags, _capacity);
            for (var m = 0; m < _metrics.Length; m++)
            {
                if (_metrics[m] is not { } column) continue;
                Array.Resize(ref column, _capacity);
                Array.Fill(column, Absent, old, _capacity - old);
                _metrics[m] = column;
            }
        }

        private void SortIfNeeded()
        {
            var sorted = true;
            for (var i = 1; i < Count && sorted; i++) sorted = _starts[i - 1] <= _starts[i];
            if (sorted) return;
            var order = Enumerable.Range(0, Count).OrderBy(i => _starts[i]).ToArray();
            Reorder(ref _starts, order);
            Reorder(ref _ends, order);
            Reorder(ref _offsets, order);
            Reorder(ref _devices, order);
            Reorder(ref _inodes, order);
            Reorder(ref _permissions, order);
            Reorder(ref _names, order);
            if (_flags is not null) Reorder(ref _flags, order);
            for (var m = 0; m < _metrics.Length; m++)
            {
                if (_metrics[m] is not { } column) continue;
                Reorder(ref column, order);
                _metrics[m] = column;
            }
        }

        private static void Reorder<T>(ref T[] column, int[] order)
        {
            var result = new T[column.Length];
            for (var i = 0; i < order.Length; i++) result[i] = column[order[i]];
            column = result;
        }
    }
}
