using System.Runtime.InteropServices;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>Finds what differs between two linked snapshots, column by column, and writes it to the logs.</summary>
internal sealed class RowChanges
{
    private readonly VmaTable _earlier, _later;
    private readonly Region[] _earlierRows, _laterRows;
    private readonly int[] _earlierOf;
    private readonly List<RowRun> _runs;
    private readonly List<int> _ended = [];
    private readonly Buffer _found = new();

    /// <summary>Two neighbouring snapshots with their regions by row and, by row, which one continues which (-1: none).</summary>
    public RowChanges(VmaTable earlier, Region[] earlierRows, VmaTable later, Region[] laterRows, int[] earlierOf, int[] laterOf)
    {
        (_earlier, _earlierRows, _later, _laterRows, _earlierOf) = (earlier, earlierRows, later, laterRows, earlierOf);
        _runs = RowRun.Of(earlierOf);
        for (var row = 0; row < laterOf.Length; row++) if (laterOf[row] < 0) _ended.Add(row);
    }

    /// <summary>Whether the snapshots have the same mappings in the same order, with equal numbers or not. Known once <see cref="LogExtents"/> has run.</summary>
    public bool IsSameLayout { get; private set; }

    private bool SameRows => _ended.Count == 0 && (_runs.Count == 0 || (_runs.Count == 1 && _runs[0].Earlier == 0));

    /// <summary>Logs where mappings came or differ in anything but their numbers.</summary>
    public void LogExtents(int at, ChangeLog<LoggedExtent> log, MappingLines lines)
    {
        var (ordinals, extents) = (new List<int>(), new List<LoggedExtent>());
        for (var row = 0; row < _laterRows.Length; row++)
        {
            var before = _earlierOf[row];
            if (before >= 0 && IsSameLine(before, row)) continue;
            ordinals.Add(_laterRows[row].Ordinal);
            extents.Add(new(_later.Starts[row], _later.Ends[row], _later.Offsets[row], lines.NumberOf(_later, row)));
        }
        IsSameLayout = SameRows && ordinals.Count == 0;
        log.Add(at, CollectionsMarshal.AsSpan(ordinals), CollectionsMarshal.AsSpan(extents));
    }

    /// <summary>Logs where lengths of ranges changed.</summary>
    public void LogVirtualBytes(int at, ValueLog log)
    {
        if (IsSameLayout) return;
        _found.Clear();
        for (var row = 0; row < _laterRows.Length; row++)
        {
            var (before, after) = (_earlierOf[row] >= 0 ? LoggedExtent.VirtualBytes(_earlier, _earlierOf[row]) : 0, LoggedExtent.VirtualBytes(_later, row));
            if (before != after) _found.Add(_laterRows[row], after);
        }
        foreach (var row in _ended) if (LoggedExtent.VirtualBytes(_earlier, row) != 0) _found.Add(_earlierRows[row], 0);
        log.Add(at, _found.Ordinals, _found.Values);
    }

    /// <summary>Logs where a number changed. What is not there, or not printed, counts as 0.</summary>
    public void LogNumbers(int at, Metric metric, ValueLog log)
    {
        var (before, after) = (_earlier.Has(metric) ? _earlier.Column(metric) : null, _later.Has(metric) ? _later.Column(metric) : null);
        if ((before is null && after is null) || (ReferenceEquals(before, after) && IsSameLayout)) return;
        _found.Clear();
        foreach (var run in _runs)
        {
            if (metric == Metric.Size) FindSizes(run, before, after);
            else if (run.Earlier >= 0 && before is not null && after is not null) FindDifferent(run, before, after);
            else FindNotZero(run, before, after);
        }
        if (before is not null)
            foreach (var row in _ended) if (Number(_earlier, before, metric, row) != 0) _found.Add(_earlierRows[row], 0);
        log.Add(at, _found.Ordinals, _found.Values);
    }

    /// <summary>Logs where categories changed.</summary>
    public void LogCategories(int at, ChangeLog<int> log, CategoryAssignment[] after, CategoryAssignment[] before, Func<CategoryAssignment, int> number)
    {
        var (ordinals, numbers) = (new List<int>(), new List<int>());
        for (var row = 0; row < after.Length; row++)
        {
            if (_earlierOf[row] >= 0 && before[_earlierOf[row]] == after[row]) continue;
            ordinals.Add(_laterRows[row].Ordinal);
            numbers.Add(number(after[row]));
        }
        log.Add(at, CollectionsMarshal.AsSpan(ordinals), CollectionsMarshal.AsSpan(numbers));
    }

    private bool IsSameLine(int before, int after) =>
        _earlier.Starts[before] == _later.Starts[after] && _earlier.Ends[before] == _later.Ends[after] && _earlier.Permissions[before] == _later.Permissions[after]
        && _earlier.Offsets[before] == _later.Offsets[after] && _earlier.Devices[before] == _later.Devices[after] && _earlier.Inodes[before] == _later.Inodes[after]
        && string.Equals(_earlier.Names[before], _later.Names[after], StringComparison.Ordinal) && string.Equals(_earlier.Flags?[before], _later.Flags?[after], StringComparison.Ordinal);

    private void FindDifferent(RowRun run, MetricColumn before, MetricColumn after)
    {
        for (var i = 0; ; i++)
        {
            i += after.CommonLength(run.Later + i, before, run.Earlier + i, run.Length - i);
            if (i >= run.Length) return;
            _found.Add(_laterRows[run.Later + i], after[run.Later + i]);
        }
    }

    private void FindNotZero(RowRun run, MetricColumn? before, MetricColumn? after)
    {
        for (var i = 0; i < run.Length; i++)
        {
            var number = after?[run.Later + i] ?? 0;
            if (number != (run.Earlier >= 0 ? before?[run.Earlier + i] ?? 0 : 0)) _found.Add(_laterRows[run.Later + i], number);
        }
    }

    private void FindSizes(RowRun run, MetricColumn? before, MetricColumn? after)
    {
        for (var i = 0; i < run.Length; i++)
        {
            var number = Number(_later, after, Metric.Size, run.Later + i);
            if (number != (run.Earlier >= 0 ? Number(_earlier, before, Metric.Size, run.Earlier + i) : 0)) _found.Add(_laterRows[run.Later + i], number);
        }
    }

    /// <summary>A number as it is logged: that of Size is what it differs by from the length of the range.</summary>
    private static long Number(VmaTable vmas, MetricColumn? column, Metric metric, int row) =>
        column is null ? 0 : metric == Metric.Size ? unchecked(column[row] - LoggedExtent.ExpectedSizeKiB(vmas.Starts[row], vmas.Ends[row])) : column[row];

    /// <summary>Changes of one log, reused for the next.</summary>
    private sealed class Buffer
    {
        private readonly List<int> _ordinals = [];
        private readonly List<long> _values = [];

        public ReadOnlySpan<int> Ordinals => CollectionsMarshal.AsSpan(_ordinals);
        public ReadOnlySpan<long> Values => CollectionsMarshal.AsSpan(_values);

        public void Clear()
        {
            _ordinals.Clear();
            _values.Clear();
        }

        public void Add(Region region, long value)
        {
            _ordinals.Add(region.Ordinal);
            _values.Add(value);
        }
    }
}
