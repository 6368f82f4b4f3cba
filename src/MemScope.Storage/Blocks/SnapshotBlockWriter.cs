using System.Buffers;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Storage.Blocks;

/// <summary>Writes one block of version 2; see <see cref="SnapshotBlockCodec"/>. All it needs meanwhile is pooled.</summary>
internal sealed class SnapshotBlockWriter : IDisposable
{
    private const int DenseFrom = 3; // a third of the rows differ: then a number for each row is shorter than their places

    private readonly BlockRows _rows = new();
    private readonly BlockColumn[] _now = new BlockColumn[BlockColumns.Count], _before = new BlockColumn[BlockColumns.Count], _raw = new BlockColumn[BlockColumns.Count];
    private readonly BlockBuffer[] _columns = new BlockBuffer[BlockColumns.Count];
    private readonly BlockBuffer _times = new(), _runs = new(), _starts = new(), _ends = new(), _fresh = new(), _strings = new();
    private readonly BlockColumn _lengths = new();
    private readonly Dictionary<string, int> _byObject = new(ReferenceEqualityComparer.Instance), _byText = new(StringComparer.Ordinal);
    private int[] _changedRows = [];
    private long[] _changes = [];
    private int _changed;
    private VmaTable _table = VmaTable.Empty;
    private int _shift;

    private SnapshotBlockWriter()
    {
        for (var c = 0; c < BlockColumns.Count; c++) (_now[c], _before[c], _raw[c], _columns[c]) = (new(), new(), new(), new());
    }

    public static byte[] Write(IReadOnlyList<TrackPoint> points, int firstNumber, CompressionLevel level)
    {
        using var writer = new SnapshotBlockWriter();
        writer._shift = ShiftOf(points);
        long number = firstNumber, ticks = 0;
        foreach (var point in points)
        {
            writer._times.Signed(point.Number - number);
            writer._times.Signed(unchecked(point.TakenAt.UtcTicks - ticks));
            (number, ticks) = (point.Number, point.TakenAt.UtcTicks);
            writer.Add(point.Vmas);
        }
        return writer.Finish(points.Count, level);
    }

    public void Dispose()
    {
        GiveBack();
        foreach (var column in (BlockColumn[])[.. _now, .. _before, .. _raw, _lengths]) column.Dispose();
        foreach (var buffer in (BlockBuffer[])[.. _columns, _times, _runs, _starts, _ends, _fresh, _strings]) buffer.Dispose();
    }

    /// <summary>How many low bits all addresses have in common as zeros: 12 on most machines, whose pages are of 4 KiB.</summary>
    private static int ShiftOf(IReadOnlyList<TrackPoint> points)
    {
        ulong bits = 1UL << 16;
        foreach (var point in points)
        {
            foreach (var start in point.Vmas.StartColumn) bits |= start;
            foreach (var end in point.Vmas.EndColumn) bits |= end;
        }
        return BitOperations.TrailingZeroCount(bits);
    }

    private void Add(VmaTable table)
    {
        MakeRoom(table.Count);
        _rows.Align(_table.StartColumn, _table.EndColumn, table.StartColumn, table.EndColumn);
        WriteRuns();
        WriteAddresses(table);
        Load(table);
        foreach (var c in BlockColumns.Order) WriteColumn(c, table.Count);
        for (var c = 0; c < BlockColumns.Count; c++) (_now[c], _before[c]) = (_before[c], _now[c]);
        _table = table;
    }

    private void WriteRuns()
    {
        _runs.Count(_rows.Runs.Length);
        foreach (var (kept, dropped, inserted) in _rows.Runs)
        {
            _runs.Count(kept);
            _runs.Count(dropped);
            _runs.Count(inserted);
        }
    }

    private void WriteAddresses(VmaTable table)
    {
        WriteChanges(_starts, MemoryMarshal.Cast<ulong, long>(_table.StartColumn), MemoryMarshal.Cast<ulong, long>(table.StartColumn), _shift);
        WriteChanges(_ends, MemoryMarshal.Cast<ulong, long>(_table.EndColumn), MemoryMarshal.Cast<ulong, long>(table.EndColumn), _shift);
        var at = 0;
        foreach (var (kept, _, inserted) in _rows.Runs)
        {
            at += kept;
            for (var left = inserted; left > 0; left--, at++)
            {
                var (start, end) = (table.StartColumn[at], table.EndColumn[at]);
                _fresh.Signed(unchecked((long)(start - (at > 0 ? table.EndColumn[at - 1] : 0))) >> _shift);
                _fresh.Number(unchecked(end - start) >> _shift);
            }
        }
    }

    /// <summary>Writes how the rows that go on differ: count, then gap and difference of each.</summary>
    private void WriteChanges(BlockBuffer to, ReadOnlySpan<long> before, ReadOnlySpan<long> now, int shift)
    {
        FindChanges(before, now);
        to.Count(_changed);
        for (int i = 0, at = 0; i < _changed; i++)
        {
            to.Count(_changedRows[i] - at);
            to.Signed(_changes[i] >> shift);
            at = _changedRows[i] + 1;
        }
    }

    private void FindChanges(ReadOnlySpan<long> before, ReadOnlySpan<long> now)
    {
        _changed = 0;
        int i = 0, j = 0;
        foreach (var (kept, dropped, inserted) in _rows.Runs)
        {
            FindChanges(before.Slice(i, kept), now.Slice(j, kept), j);
            i += kept + dropped;
            j += kept + inserted;
        }
    }

    private void FindChanges(ReadOnlySpan<long> before, ReadOnlySpan<long> now, int firstRow)
    {
        for (var at = 0; ; at++)
        {
            at += now[at..].CommonPrefixLength(before[at..]);
            if (at == now.Length) return;
            Note(firstRow + at, unchecked(now[at] - before[at]));
        }
    }

    private void Note(int row, long change)
    {
        _changedRows[_changed] = row;
        _changes[_changed++] = change;
    }

    /// <summary>No more rows than there are can differ.</summary>
    private void MakeRoom(int rows)
    {
        if (Math.Min(_changes.Length, _changedRows.Length) >= rows) return;
        GiveBack();
        (_changedRows, _changes) = (ArrayPool<int>.Shared.Rent(rows), ArrayPool<long>.Shared.Rent(rows));
    }

    private void GiveBack()
    {
        if (_changes.Length == 0) return;
        ArrayPool<int>.Shared.Return(_changedRows);
        ArrayPool<long>.Shared.Return(_changes);
    }

    /// <summary>Takes a table's columns and what they are expected to hold apart.</summary>
    private void Load(VmaTable table)
    {
        var count = table.Count;
        var permissions = _raw[BlockColumns.Permissions].Fill(count);
        for (var i = 0; i < count; i++) permissions[i] = (long)table.PermissionColumn[i];
        MemoryMarshal.Cast<ulong, long>(table.OffsetColumn).CopyTo(_raw[BlockColumns.Offset].Fill(count));
        MemoryMarshal.Cast<ulong, long>(table.DeviceColumn).CopyTo(_raw[BlockColumns.Device].Fill(count));
        MemoryMarshal.Cast<ulong, long>(table.InodeColumn).CopyTo(_raw[BlockColumns.Inode].Fill(count));
        LoadStrings(table.NameColumn, _raw[BlockColumns.Name].Fill(count));
        if (table.Columns.Flags is null) _raw[BlockColumns.Flags].SetAbsent();
        else LoadStrings(table.FlagsColumn, _raw[BlockColumns.Flags].Fill(count));
        var lengths = _lengths.Fill(count);
        for (var i = 0; i < count; i++) lengths[i] = BlockColumns.LengthOf(table.StartColumn[i], table.EndColumn[i]);
        for (var m = 0; m < Metrics.Count; m++)
        {
            var raw = _raw[BlockColumns.FirstMetric + m];
            if (!table.Has((Metric)m)) raw.SetAbsent();
            else if (table.Column((Metric)m) is var column && column.TryGetSame(out var value)) raw.SetSame(value);
            else column.CopyTo(raw.Fill(count));
        }
        for (var c = 0; c < BlockColumns.Count; c++)
        {
            var (now, raw) = (_now[c], _raw[c]);
            if (!raw.IsPresent) now.SetAbsent();
            else if (raw.IsSame) now.SetSame(raw.Value);
            else raw.Values(count).CopyTo(now.Fill(count));
            if (!now.IsPresent) continue;
            if (BlockColumns.IsLength(c)) now.Add(_lengths, -1, count);
            if (BlockColumns.Expected(c) is >= 0 and var expected) now.Add(_raw[expected], -1, count);
            foreach (var less in BlockColumns.ExpectedLess(c)) now.Add(_raw[less], 1, count);
            now.Settle(count);
        }
    }

    private void LoadStrings(ReadOnlySpan<string?> texts, Span<long> numbers)
    {
        for (var i = 0; i < texts.Length; i++) numbers[i] = texts[i] is not { } text ? 0 : i > 0 && ReferenceEquals(text, texts[i - 1]) ? numbers[i - 1] : NumberOf(text);
    }

    /// <summary>Parsers give equal names one object, so most are found without looking at their letters.</summary>
    private int NumberOf(string text)
    {
        if (_byObject.TryGetValue(text, out var number)) return number;
        if (!_byText.TryGetValue(text, out number))
        {
            _byText.Add(text, number = _byText.Count + 1);
            _strings.Count(System.Text.Encoding.UTF8.GetByteCount(text));
            _strings.Utf8(text);
        }
        _byObject.Add(text, number);
        return number;
    }

    private void WriteColumn(int c, int count)
    {
        var (to, now, before) = (_columns[c], _now[c], _before[c]);
        if (!now.IsPresent) to.Count(BlockMode.Absent);
        else if (now.IsSame && before is { IsPresent: true, IsSame: true } && before.Value == now.Value && _rows.IsIdentity) to.Count(BlockMode.AsExpected);
        else if (now.IsSame)
        {
            to.Count(BlockMode.Same);
            to.Signed(now.Value);
        }
        else
        {
            FindChanges(c, count);
            WriteChanges(to, count);
        }
    }

    private void FindChanges(int c, int count)
    {
        var now = _now[c].Values(count);
        _changed = 0;
        int i = 0, j = 0;
        var (before, above) = (_before[c], BlockColumns.GoesOnFromAbove(c));
        foreach (var (kept, dropped, inserted) in _rows.Runs)
        {
            if (!before.IsPresent) Fresh(now, j, kept, above);
            else if (!before.IsSame) FindChanges(before.Values(i + kept)[i..], now.Slice(j, kept), j);
            else FindChanges(before.Value, now.Slice(j, kept), j);
            i += kept + dropped;
            j += kept;
            Fresh(now, j, inserted, above);
            j += inserted;
        }
    }

    private void FindChanges(long before, ReadOnlySpan<long> now, int firstRow)
    {
        for (var at = 0; at < now.Length; at++)
            if (now[at] != before) Note(firstRow + at, unchecked(now[at] - before));
    }

    /// <summary>Rows without a predecessor.</summary>
    private void Fresh(ReadOnlySpan<long> now, int from, int rows, bool above)
    {
        for (var row = from; row < from + rows; row++)
            if ((above && row > 0 ? now[row - 1] : 0) is var expected && now[row] != expected) Note(row, unchecked(now[row] - expected));
    }

    private void WriteChanges(BlockBuffer to, int count)
    {
        if (_changed == 0) to.Count(BlockMode.AsExpected);
        else if (_changed >= count / DenseFrom)
        {
            to.Count(BlockMode.Dense);
            for (int row = 0, i = 0; row < count; row++) to.Signed(i < _changed && _changedRows[i] == row ? _changes[i++] : 0);
        }
        else
        {
            to.Count(BlockMode.Sparse + _changed);
            for (int i = 0, at = 0; i < _changed; i++)
            {
                to.Count(_changedRows[i] - at);
                to.Signed(_changes[i]);
                at = _changedRows[i] + 1;
            }
        }
    }

    private byte[] Finish(int snapshots, CompressionLevel level)
    {
        using var content = new BlockBuffer();
        content.Count(snapshots);
        content.Count(_shift);
        content.Count(_byText.Count);
        foreach (var part in (BlockBuffer[])[_strings, _times, _runs, _starts, _ends, _fresh]) Append(content, part);
        foreach (var c in BlockColumns.Order) Append(content, _columns[c]);
        return BlockPacking.Pack(SnapshotBlockCodec.Version, content.Written, level);
    }

    private static void Append(BlockBuffer to, BlockBuffer part)
    {
        to.Count(part.Length);
        to.Bytes(part.Written);
    }
}
