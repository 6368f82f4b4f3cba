using System.Numerics;
using System.Runtime.CompilerServices;

namespace MemScope.Core.Model;

public sealed partial class VmaTable
{
    /// <summary>Collects rows in the order of the text; <see cref="Build"/> sorts by address when needed.</summary>
    public sealed class Builder
    {
        private const int ManyRows = 1024, MostAhead = 64;
        private readonly int _expected;
        private readonly MetricColumn.Builder[] _metrics = new MetricColumn.Builder[Metrics.Count];
        private readonly long[] _row = new long[Metrics.Count];
        private ulong[] _starts, _ends, _offsets, _devices, _inodes;
        private VmaPermissions[] _permissions;
        private string[] _names;
        private string?[]? _flags;
        private int _capacity;
        private bool _rowIsOpen;

        /// <summary>By metric a bit: which of the last row were written since the row before, and which columns are arrays.</summary>
        private ulong _written, _arrays;

        /// <summary>A builder that grows; <paramref name="expected"/> is how many rows there may be, as a hint.</summary>
        public Builder(int expected = 0)
        {
            _expected = expected;
            _capacity = 64;
            _starts = new ulong[_capacity];
            _ends = new ulong[_capacity];
            _offsets = new ulong[_capacity];
            _devices = new ulong[_capacity];
            _inodes = new ulong[_capacity];
            _permissions = new VmaPermissions[_capacity];
            _names = new string[_capacity];
            for (var m = 0; m < _metrics.Length; m++) _metrics[m] = new MetricColumn.Builder();
        }

        /// <summary>Rows added so far.</summary>
        public int Count { get; private set; }

        /// <summary>End of the last mapping, 0 without one.</summary>
        public ulong LastEnd => Count > 0 ? _ends[Count - 1] : 0;

        /// <summary>Adds a mapping; the numbers that follow by <see cref="Set"/> and <see cref="SetFlags"/> belong to it.</summary>
        public void Add(ulong start, ulong end, VmaPermissions permissions, ulong offset, uint deviceMajor, uint deviceMinor, ulong inode, string name)
        {
            AddKeepingRow(start, end, permissions, offset, deviceMajor, deviceMinor, inode, name);
            ClearRow();
        }

        /// <summary>The same, but the mapping has the numbers of the one before it until they are set, or cleared by <see cref="ClearRow"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal void AddKeepingRow(ulong start, ulong end, VmaPermissions permissions, ulong offset, uint deviceMajor, uint deviceMinor, ulong inode, string name)
        {
            CloseRow();
            if (Count == _capacity) Grow();
            var i = Count++;
            _starts[i] = start;
            _ends[i] = end;
            _permissions[i] = permissions;
            _offsets[i] = offset;
            _devices[i] = ((ulong)deviceMajor << 32) | deviceMinor;
            _inodes[i] = inode;
            _names[i] = name;
            _rowIsOpen = true;
        }

        /// <summary>Takes all numbers from the last mapping.</summary>
        internal void ClearRow()
        {
            Array.Fill(_row, Absent);
            _written = ulong.MaxValue;
        }

        /// <summary>Sets a number of the last mapping.</summary>
        public void Set(Metric metric, long value)
        {
            _row[(int)metric] = value;
            _written |= 1UL << (int)metric;
        }

        /// <summary>A number of the last mapping, or <see cref="Absent"/>.</summary>
        public long Get(Metric metric) => Count > 0 ? _row[(int)metric] : Absent;

        /// <summary>The numbers of the last mapping by metric, to be set at once; <see cref="Written"/> says which.</summary>
        internal Span<long> Row => _row;

        /// <summary>Numbers of <see cref="Row"/> were set, by metric a bit.</summary>
        internal void Written(ulong metrics) => _written |= metrics;

        /// <summary>Sets the VmFlags of the last mapping as printed, without the trailing blank.</summary>
        public void SetFlags(string flags) => (_flags ??= new string?[_capacity])[Count - 1] = flags;

        /// <summary>
        /// Takes back the last mappings as long as <paramref name="range"/> covers them, and says how many. The kernel prints smaps page by page: a mapping that
        /// grew or merged between two pages is printed again, whole, from where the reading stood; counted twice it would be a spike of RSS that never was.
        /// </summary>
        public int RemoveCoveredBy(AddressRange range)
        {
            if (!CoversLast(range)) return 0;
            CloseRow();
            var removed = 0;
            for (; CoversLast(range); removed++)
            {
                Count--;
                if (_flags is not null) _flags[Count] = null;
            }
            for (var m = 0; m < _row.Length; m++) _row[m] = Count > 0 ? _metrics[m].Get(Count - 1) : Absent;
            _written = ulong.MaxValue;
            _rowIsOpen = Count > 0;
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
            CloseRow();
            // What was made for many rows and has few does not keep the memory.
            if (_capacity > ManyRows && Count < _capacity / 2) Resize(Count);
            SortIfNeeded();
            var metrics = new MetricColumn?[_metrics.Length];
            for (var m = 0; m < metrics.Length; m++) metrics[m] = _metrics[m].Build(Count);
            return new VmaTable(Count, _starts, _ends, _permissions, _offsets, _devices, _inodes, _names, _flags, metrics);
        }

        private bool CoversLast(AddressRange range) => Count > 0 && _starts[Count - 1] >= range.Start && _ends[Count - 1] <= range.End && !range.IsEmpty;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void CloseRow()
        {
            if (!_rowIsOpen) return;
            _rowIsOpen = false;
            var (metrics, row, i) = (_metrics, _row, Count - 1);
            var open = (_written | _arrays) & ((1UL << metrics.Length) - 1);
            for (; open != 0; open &= open - 1)
            {
                var m = BitOperations.TrailingZeroCount(open);
                metrics[m].Set(i, row[m], _capacity);
                if (metrics[m].IsArray) _arrays |= 1UL << m;
            }
            _written = 0;
        }

        /// <summary>Doubles, or more where more rows are expected. Only a table that has many rows is given room for all of them: a file of many small blocks behind a large one must not pay for that in each.</summary>
        private void Grow() => Resize(Math.Max(_capacity * 2, Math.Min(_expected, _capacity < ManyRows ? _capacity * 4 : _capacity * MostAhead)));

        private void Resize(int capacity)
        {
            _capacity = capacity;
            Array.Resize(ref _starts, capacity);
            Array.Resize(ref _ends, capacity);
            Array.Resize(ref _offsets, capacity);
            Array.Resize(ref _devices, capacity);
            Array.Resize(ref _inodes, capacity);
            Array.Resize(ref _permissions, capacity);
            Array.Resize(ref _names, capacity);
            if (_flags is not null) Array.Resize(ref _flags, capacity);
            for (var m = 0; m < _metrics.Length; m++) _metrics[m].Resize(capacity);
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
            for (var m = 0; m < _metrics.Length; m++) _metrics[m].Reorder(order);
        }

        private static void Reorder<T>(ref T[] column, int[] order)
        {
            var result = new T[column.Length];
            for (var i = 0; i < order.Length; i++) result[i] = column[order[i]];
            column = result;
        }
    }
}
