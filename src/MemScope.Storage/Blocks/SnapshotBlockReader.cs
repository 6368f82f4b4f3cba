using System.Runtime.InteropServices;
using System.Text;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Storage.Blocks;

/// <summary>
/// Reads a block of version 2 snapshot by snapshot; see <see cref="SnapshotBlockCodec"/>. A snapshot shares with the one before every column in which it is equal. Trusts nothing: no number that is
/// read decides an allocation that the bytes at hand do not back. Damage gives <see cref="InvalidDataException"/>, nothing else.
/// </summary>
internal sealed class SnapshotBlockReader : IDisposable
{
    private const int MostShift = 16;

    private readonly MemoryBudget _budget;
    private readonly string[] _strings;
    private readonly BlockRows _rows = new();
    private readonly BlockColumn[] _coded = new BlockColumn[BlockColumns.Count], _raw = new BlockColumn[BlockColumns.Count];
    private readonly BlockCursor[] _columns = new BlockCursor[BlockColumns.Count];
    private readonly bool[] _differs = new bool[BlockColumns.Count];
    private readonly BlockColumn _lengths = new();
    private readonly int _shift;
    private BlockCursor _times, _runs, _startChanges, _endChanges, _fresh;
    private BlockColumn _spare = new();
    private VmaTable _table = VmaTable.Empty;
    private long _number, _ticks;
    private bool _addressesDiffer;

    private SnapshotBlockReader(byte[] block, int firstNumber, StringPool pool, long budgetBytes)
    {
        (_budget, _number) = (new MemoryBudget(budgetBytes), firstNumber);
        var content = BlockPacking.Unpack(block, _budget);
        var cursor = new BlockCursor(content, 0, content.Length);
        Left = cursor.Count(SnapshotBlockCodec.MostSnapshots);
        _shift = cursor.Count(MostShift);
        _strings = Strings(cursor.Count(cursor.Remaining), Part(ref cursor), pool);
        (_times, _runs, _startChanges, _endChanges, _fresh) = (Part(ref cursor), Part(ref cursor), Part(ref cursor), Part(ref cursor), Part(ref cursor));
        foreach (var c in BlockColumns.Order) _columns[c] = Part(ref cursor);
        cursor.End();
        for (var c = 0; c < BlockColumns.Count; c++)
        {
            _coded[c] = new BlockColumn();
            _raw[c] = HasExpectation(c) ? new BlockColumn() : _coded[c];
        }
    }

    /// <summary>Snapshots not read yet.</summary>
    public int Left { get; private set; }

    /// <summary>Opens a block.</summary>
    /// <param name="block">What <see cref="SnapshotBlockCodec.Encode"/> returned.</param>
    /// <param name="firstNumber">The least number of its snapshots.</param>
    /// <param name="pool">Gives equal names of several blocks one object.</param>
    /// <param name="budgetBytes">Memory that all of its tables together may take.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static SnapshotBlockReader Open(byte[] block, int firstNumber, StringPool pool, long budgetBytes = SnapshotBlockCodec.DefaultBudgetBytes) => new(block, firstNumber, pool, budgetBytes);

    /// <summary>The next snapshot; <see cref="Left"/> says whether there is one.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or ask for more than the budget.</exception>
    public TrackPoint Read()
    {
        _number = unchecked(_number + _times.Signed());
        _ticks = unchecked(_ticks + _times.Signed());
        if (_number is < int.MinValue or > int.MaxValue || _ticks < 0 || _ticks > DateTimeOffset.MaxValue.UtcTicks) throw new InvalidDataException("number or time out of range");
        var count = ReadRuns(_table.Count);
        var (starts, ends) = ReadAddresses(count);
        foreach (var c in BlockColumns.Order) ReadColumn(c, count);
        _table = Table(starts, ends, count);
        if (--Left == 0) End();
        return new TrackPoint((int)_number, new DateTimeOffset(_ticks, TimeSpan.Zero), _table);
    }

    public void Dispose()
    {
        foreach (var column in _coded) column.Dispose();
        for (var c = 0; c < _raw.Length; c++)
            if (HasExpectation(c)) _raw[c].Dispose();
        _lengths.Dispose();
        _spare.Dispose();
    }

    private static bool HasExpectation(int column) => BlockColumns.IsLength(column) || BlockColumns.Expected(column) >= 0;

    private static BlockCursor Part(ref BlockCursor cursor) => cursor.Take(cursor.CountOf(1));

    private string[] Strings(int count, BlockCursor from, StringPool pool)
    {
        if (count > from.Remaining) throw new InvalidDataException("cut off");
        var strings = new string[_budget.Take(count, IntPtr.Size)];
        for (var i = 0; i < count; i++)
        {
            var length = from.CountOf(1);
            _budget.Take(2L * length);
            strings[i] = pool.Share(Encoding.UTF8.GetString(from.Bytes(length)));
        }
        from.End();
        return strings;
    }

    private void End()
    {
        foreach (var cursor in (ReadOnlySpan<BlockCursor>)[_times, _runs, _startChanges, _endChanges, _fresh, .. _columns]) cursor.End();
    }

    private int ReadRuns(int before)
    {
        _rows.Clear();
        int i = 0, count = 0;
        for (var left = _runs.CountOf(3); left > 0; left--)
        {
            // An inserted row takes two bytes at least; a kept one exists already: no count here can outgrow what is at hand.
            var run = new RowRun(_runs.Count(before - i), _runs.Count(before), _runs.Count((_fresh.Remaining / 2) - _rows.Inserted));
            i += run.Kept + run.Dropped;
            if (i > before) throw new InvalidDataException("rows do not fit");
            count += run.Kept + run.Inserted;
            _rows.Add(run);
        }
        return i == before ? count : throw new InvalidDataException("rows do not fit");
    }

    private (ulong[] Starts, ulong[] Ends) ReadAddresses(int count)
    {
        int startChanges = _startChanges.CountOf(2), endChanges = _endChanges.CountOf(2);
        _addressesDiffer = !_rows.IsIdentity || startChanges + endChanges > 0;
        if (!_addressesDiffer) return count > 0 ? (_table.Columns.Starts, _table.Columns.Ends) : ([], []);
        _budget.Take(count * 2L * sizeof(ulong));
        var starts = KeptRows(_table.StartColumn, count);
        var ends = KeptRows(_table.EndColumn, count);
        Change(ref _startChanges, startChanges, starts);
        Change(ref _endChanges, endChanges, ends);
        var at = 0;
        foreach (var (kept, _, inserted) in _rows.Runs)
        {
            at += kept;
            for (var left = inserted; left > 0; left--, at++)
            {
                starts[at] = unchecked((at > 0 ? ends[at - 1] : 0) + (ulong)(_fresh.Signed() << _shift));
                ends[at] = unchecked(starts[at] + (_fresh.Number() << _shift));
            }
        }
        var lengths = _lengths.Fill(Budgeted(count));
        for (var i = 0; i < lengths.Length; i++) lengths[i] = BlockColumns.LengthOf(starts[i], ends[i]);
        return (starts, ends);
    }

    private ulong[] KeptRows(ReadOnlySpan<ulong> before, int count)
    {
        if (_rows.IsIdentity) return before.ToArray();
        var rows = GC.AllocateUninitializedArray<ulong>(count);
        int i = 0, j = 0;
        foreach (var (kept, dropped, inserted) in _rows.Runs)
        {
            before.Slice(i, kept).CopyTo(rows.AsSpan(j));
            i += kept + dropped;
            j += kept + inserted;
        }
        return rows;
    }

    private void Change(ref BlockCursor from, int changes, ulong[] values)
    {
        for (var row = 0; changes > 0; changes--, row++)
        {
            row += from.Count(values.Length - 1 - row);
            values[row] = unchecked(values[row] + (ulong)(from.Signed() << _shift));
        }
    }

    private void ReadColumn(int c, int count)
    {
        ref var from = ref _columns[c];
        var column = _coded[c];
        var mode = from.Count(BlockMode.Sparse + count);
        var differs = true;
        if (mode == BlockMode.Absent)
        {
            differs = column.IsPresent;
            column.SetAbsent();
        }
        else if (mode == BlockMode.Same)
        {
            var value = from.Signed();
            differs = !column.IsPresent || !column.IsSame || column.Value != value;
            column.SetSame(value);
        }
        else if (_rows.IsIdentity && column.IsPresent)
        {
            differs = mode != BlockMode.AsExpected;
            if (differs) ChangeInPlace(ref from, mode, column.Spread(Budgeted(count)));
        }
        else
        {
            Rebuild(ref from, mode, column, _spare.Fill(Budgeted(count)), BlockColumns.GoesOnFromAbove(c));
            (_coded[c], _spare) = (_spare, column);
            if (!HasExpectation(c)) _raw[c] = _coded[c];
        }
        _differs[c] = differs || !_rows.IsIdentity;
        if (HasExpectation(c)) AddExpectation(c, count);
    }

    private int Budgeted(int count) => _budget.Take(count, sizeof(long));

    private static void ChangeInPlace(ref BlockCursor from, int mode, Span<long> values)
    {
        if (mode == BlockMode.Dense)
        {
            foreach (ref var value in values) value = unchecked(value + from.Signed());
            return;
        }
        for (int left = mode - BlockMode.Sparse, row = 0; left > 0; left--, row++)
        {
            row += from.Count(values.Length - 1 - row);
            values[row] = unchecked(values[row] + from.Signed());
        }
    }

    private void Rebuild(ref BlockCursor from, int mode, BlockColumn before, Span<long> values, bool above)
    {
        var left = Math.Max(mode - BlockMode.Sparse, 0);
        var next = left > 0 ? from.Count(values.Length - 1) : -1;
        int i = 0, row = 0;
        foreach (var (kept, dropped, inserted) in _rows.Runs)
        {
            if (before.IsPresent && before.IsSame) values.Slice(row, kept).Fill(before.Value);
            else if (before.IsPresent) before.Values(i + kept)[i..].CopyTo(values[row..]);
            var known = before.IsPresent ? row + kept : row;
            i += kept + dropped;
            if (mode == BlockMode.Dense)
                for (; row < known; row++) values[row] = unchecked(values[row] + from.Signed());
            while (next >= 0 && next < known) next = Step(ref from, ref left, values, next);
            row = known;
            for (var end = known + inserted + (before.IsPresent ? 0 : kept); row < end; row++)
            {
                values[row] = above && row > 0 ? values[row - 1] : 0;
                if (mode == BlockMode.Dense) values[row] = unchecked(values[row] + from.Signed());
                else if (row == next) next = Step(ref from, ref left, values, next);
            }
        }
        if (left > 0) throw new InvalidDataException("change behind the last row");
    }

    /// <summary>Changes the row <paramref name="row"/> and returns the next one to change, -1 behind the last.</summary>
    private static int Step(ref BlockCursor from, ref int left, Span<long> values, int row)
    {
        values[row] = unchecked(values[row] + from.Signed());
        return --left > 0 ? row + 1 + from.Count(values.Length - 2 - row) : -1;
    }

    private void AddExpectation(int c, int count)
    {
        var (coded, raw, expected) = (_coded[c], _raw[c], BlockColumns.Expected(c));
        var differs = _differs[c] || (BlockColumns.IsLength(c) && _addressesDiffer) || (expected >= 0 && _differs[expected]);
        foreach (var less in BlockColumns.ExpectedLess(c)) differs |= _differs[less];
        _differs[c] = differs && (coded.IsPresent || raw.IsPresent);
        if (!differs) return;
        if (!coded.IsPresent)
        {
            raw.SetAbsent();
            return;
        }
        if (coded.IsSame) raw.SetSame(coded.Value);
        else coded.Values(count).CopyTo(raw.Fill(Budgeted(count)));
        if (BlockColumns.IsLength(c)) raw.Add(_lengths, 1, count);
        if (expected >= 0) raw.Add(_raw[expected], 1, count);
        foreach (var less in BlockColumns.ExpectedLess(c)) raw.Add(_raw[less], -1, count);
    }

    private VmaTable Table(ulong[] starts, ulong[] ends, int count)
    {
        var before = _table.Columns;
        var metrics = new MetricColumn?[Metrics.Count];
        for (var m = 0; m < metrics.Length; m++)
        {
            var c = BlockColumns.FirstMetric + m;
            metrics[m] = _differs[c] ? Metric(_raw[c], count) : before.Metrics[m];
        }
        foreach (var c in (ReadOnlySpan<int>)[BlockColumns.Permissions, BlockColumns.Offset, BlockColumns.Device, BlockColumns.Inode, BlockColumns.Name])
            if (!_raw[c].IsPresent) throw new InvalidDataException("column missing");
        var parts = new VmaColumns(starts, ends,
            _differs[BlockColumns.Permissions] ? Permissions(count) : before.Permissions,
            _differs[BlockColumns.Offset] ? Numbers(BlockColumns.Offset, count) : before.Offsets,
            _differs[BlockColumns.Device] ? Numbers(BlockColumns.Device, count) : before.Devices,
            _differs[BlockColumns.Inode] ? Numbers(BlockColumns.Inode, count) : before.Inodes,
            _differs[BlockColumns.Name] ? Names(count) : before.Names,
            _differs[BlockColumns.Flags] ? FlagTexts(count) : before.Flags, metrics);
        try { return VmaTable.FromColumns(parts); }
        catch (ArgumentException e) { throw new InvalidDataException(e.Message, e); }
    }

    private MetricColumn? Metric(BlockColumn column, int count)
    {
        if (!column.IsPresent) return null;
        if (column.IsSame) return MetricColumn.Same(count, column.Value);
        _budget.Take(count * (long)sizeof(long));
        return MetricColumn.Of(column.Values(count));
    }

    private ulong[] Numbers(int c, int count)
    {
        var numbers = GC.AllocateUninitializedArray<ulong>(_budget.Take(count, sizeof(ulong)));
        if (_raw[c].IsSame) Array.Fill(numbers, (ulong)_raw[c].Value);
        else MemoryMarshal.Cast<long, ulong>(_raw[c].Values(count)).CopyTo(numbers);
        return numbers;
    }

    private VmaPermissions[] Permissions(int count)
    {
        var permissions = GC.AllocateUninitializedArray<VmaPermissions>(_budget.Take(count, 1));
        var numbers = _raw[BlockColumns.Permissions].Spread(count);
        long bits = 0;
        for (var i = 0; i < permissions.Length; i++)
        {
            permissions[i] = (VmaPermissions)numbers[i];
            bits |= numbers[i];
        }
        return bits is >= 0 and <= byte.MaxValue ? permissions : throw new InvalidDataException("permissions above a byte");
    }

    private string[] Names(int count)
    {
        var names = new string[_budget.Take(count, IntPtr.Size)];
        var numbers = _raw[BlockColumns.Name].Spread(count);
        var strings = _strings;
        for (var i = 0; i < names.Length; i++)
            names[i] = (ulong)(numbers[i] - 1) < (ulong)strings.Length ? strings[numbers[i] - 1] : throw new InvalidDataException("no such name");
        return names;
    }

    private string?[]? FlagTexts(int count)
    {
        if (!_raw[BlockColumns.Flags].IsPresent) return null;
        var flags = new string?[_budget.Take(count, IntPtr.Size)];
        var numbers = _raw[BlockColumns.Flags].Spread(count);
        var strings = _strings;
        for (var i = 0; i < flags.Length; i++)
            flags[i] = numbers[i] == 0 ? null : (ulong)(numbers[i] - 1) < (ulong)strings.Length ? strings[numbers[i] - 1] : throw new InvalidDataException("no such flags");
        return flags;
    }
}
