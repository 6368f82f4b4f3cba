using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemScope.Core.Model;

/// <summary>
/// One metric of all mappings of a snapshot, in the metric's unit (KiB for sizes); <see cref="VmaTable.Absent"/> where it was not printed. Most columns hold one number over and over,
/// and nearly all fit 32 bits: they take as little memory as that needs. Immutable.
/// </summary>
public sealed class MetricColumn
{
    private readonly int[]? _narrow;
    private readonly long[]? _wide;
    private readonly long _constant;

    private MetricColumn(int count, int[]? narrow, long[]? wide, long constant) => (Count, _narrow, _wide, _constant) = (count, narrow, wide, constant);

    /// <summary>A column over an array, which is not copied.</summary>
    public MetricColumn(long[] values) : this(values.Length, null, values, 0)
    {
    }

    /// <summary>The column of a metric that the source does not print.</summary>
    public static MetricColumn None { get; } = new([]);

    /// <summary>How many mappings.</summary>
    public int Count { get; }

    /// <summary>Whether it has no mapping at all.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The number of a mapping.</summary>
    public long this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _narrow is { } narrow ? narrow[index] : _wide is { } wide ? wide[index] : _constant;
        }
    }

    /// <summary>A column that holds one number in every row.</summary>
    public static MetricColumn Same(int count, long value) => new(count, null, null, value);

    /// <summary>A column of these numbers, which are copied, as narrow as they allow.</summary>
    public static MetricColumn Of(ReadOnlySpan<long> values)
    {
        if (values.IsEmpty || values.IndexOfAnyExcept(values[0]) < 0) return Same(values.Length, values.IsEmpty ? VmaTable.Absent : values[0]);
        var narrow = GC.AllocateUninitializedArray<int>(values.Length);
        return TryNarrow(values, narrow) ? new MetricColumn(values.Length, narrow, null, 0) : new MetricColumn(values.ToArray());
    }

    /// <summary>Whether every row holds one number, and which: told without looking at the rows, so a column may hold one number and not know it.</summary>
    public bool TryGetSame(out long value)
    {
        value = _constant;
        return _narrow is null && _wide is null && Count > 0;
    }

    /// <summary>Copies the numbers into <paramref name="values"/>, which is as long as the column.</summary>
    public void CopyTo(Span<long> values)
    {
        if (_wide is not null) _wide.AsSpan(0, Count).CopyTo(values);
        else if (_narrow is null) values[..Count].Fill(_constant);
        else Widen(_narrow.AsSpan(0, Count), values);
    }

    /// <summary>The sum, in which absent numbers are none.</summary>
    public long Sum()
    {
        long sum = 0;
        if (_narrow is { } narrow)
            foreach (var value in narrow.AsSpan(0, Count)) sum += Math.Max(value, 0);
        else if (_wide is { } wide)
            foreach (var value in wide.AsSpan(0, Count)) sum += Math.Max(value, 0);
        else sum = Math.Max(_constant, 0) * Count;
        return sum;
    }

    /// <summary>The numbers in an array of their own.</summary>
    public long[] ToArray()
    {
        var values = new long[Count];
        for (var i = 0; i < values.Length; i++) values[i] = this[i];
        return values;
    }

    /// <summary>Whether two columns hold the same numbers.</summary>
    public bool SequenceEqual(MetricColumn other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other)) return true;
        if (Count != other.Count) return false;
        if (TryGetSame(out var value) && other.TryGetSame(out var otherValue)) return value == otherValue;
        return CommonLength(0, other, 0, Count) == Count;
    }

    /// <summary>How many of the numbers from row <paramref name="from"/> on equal those of another column from <paramref name="otherFrom"/> on, at most <paramref name="most"/>, which both must have.</summary>
    internal int CommonLength(int from, MetricColumn other, int otherFrom, int most)
    {
        if (_narrow is { } a && other._narrow is { } b) return a.AsSpan(from, most).CommonPrefixLength(b.AsSpan(otherFrom, most));
        if (_wide is { } c && other._wide is { } d) return c.AsSpan(from, most).CommonPrefixLength(d.AsSpan(otherFrom, most));
        var same = 0;
        while (same < most && this[from + same] == other[otherFrom + same]) same++;
        return same;
    }

    private static bool TryNarrow(ReadOnlySpan<long> values, Span<int> narrow)
    {
        var vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        var pairs = MemoryMarshal.Cast<int, Vector<int>>(narrow)[..(vectors.Length / 2)];
        var lost = Vector<long>.Zero;
        for (var i = 0; i < pairs.Length; i++)
        {
            var (a, b) = (vectors[2 * i], vectors[(2 * i) + 1]);
            pairs[i] = Vector.Narrow(a, b);
            lost |= (a ^ Vector.WidenLower(pairs[i])) | (b ^ Vector.WidenUpper(pairs[i]));
        }
        var rest = 0L;
        for (var i = pairs.Length * Vector<int>.Count; i < values.Length; i++)
        {
            narrow[i] = unchecked((int)values[i]);
            rest |= values[i] ^ narrow[i];
        }
        return rest == 0 && Vector.EqualsAll(lost, Vector<long>.Zero);
    }

    private static void Widen(ReadOnlySpan<int> narrow, Span<long> values)
    {
        var from = MemoryMarshal.Cast<int, Vector<int>>(narrow);
        var to = MemoryMarshal.Cast<long, Vector<long>>(values);
        for (var i = 0; i < from.Length; i++) Vector.Widen(from[i], out to[2 * i], out to[(2 * i) + 1]);
        for (var i = from.Length * Vector<int>.Count; i < narrow.Length; i++) values[i] = narrow[i];
    }

    /// <summary>Collects a column row by row: a constant until a number differs, then 32 bits wide until one does not fit.</summary>
    internal struct Builder()
    {
        private int[]? _narrow;
        private long[]? _wide;
        private long _constant = VmaTable.Absent;

        /// <summary>Sets row <paramref name="row"/>; all rows before it were set. <paramref name="capacity"/> is how many rows an array gets.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Set(int row, long value, int capacity)
        {
            if (_narrow is { } narrow && value <= int.MaxValue) narrow[row] = (int)value;
            else if (_narrow is null && _wide is null && value == _constant) return;
            else SetOther(row, value, capacity);
        }

        private void SetOther(int row, long value, int capacity)
        {
            if (row == 0 && _narrow is null && _wide is null)
            {
                _constant = value;
                return;
            }
            if (_wide is null && value > int.MaxValue)
            {
                var wide = new long[capacity];
                for (var i = 0; i < row; i++) wide[i] = Get(i);
                (_wide, _narrow) = (wide, null);
            }
            else if (_wide is null && _constant > int.MaxValue)
            {
                _wide = new long[capacity];
                Array.Fill(_wide, _constant, 0, row);
            }
            else if (_wide is null)
            {
                _narrow = new int[capacity];
                Array.Fill(_narrow, (int)_constant, 0, row);
            }
            if (_wide is not null) _wide[row] = value;
            else _narrow![row] = (int)value;
        }

        /// <summary>The number of a row that was set.</summary>
        public readonly long Get(int row) => _narrow is { } narrow ? narrow[row] : _wide is { } wide ? wide[row] : _constant;

        /// <summary>Whether each row has to be set; a constant only where it differs.</summary>
        public readonly bool IsArray => _narrow is not null || _wide is not null;

        /// <summary>Makes room.</summary>
        public void Resize(int capacity)
        {
            if (_narrow is not null) Array.Resize(ref _narrow, capacity);
            if (_wide is not null) Array.Resize(ref _wide, capacity);
        }

        /// <summary>Puts the rows in the order of <paramref name="order"/>.</summary>
        public void Reorder(int[] order)
        {
            if (_narrow is { } narrow) _narrow = Array.ConvertAll(order, i => narrow[i]);
            if (_wide is { } wide) _wide = Array.ConvertAll(order, i => wide[i]);
        }

        /// <summary>The column, or null when it holds no number.</summary>
        public readonly MetricColumn? Build(int count) => count == 0 || (_narrow is null && _wide is null && _constant == VmaTable.Absent) ? null : new MetricColumn(count, _narrow, _wide, _constant);
    }
}
