using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MemScope.Storage.Blocks;

/// <summary>The numbers of one column in one snapshot, in pooled memory: none, one for all rows, or one a row.</summary>
internal sealed class BlockColumn : IDisposable
{
    private long[] _values = [];

    /// <summary>The source prints the column.</summary>
    public bool IsPresent { get; private set; }

    /// <summary>All rows hold <see cref="Value"/>.</summary>
    public bool IsSame { get; private set; }

    public long Value { get; private set; }

    public void SetAbsent() => (IsPresent, IsSame) = (false, false);

    public void SetSame(long value) => (IsPresent, IsSame, Value) = (true, true, value);

    /// <summary>Room for the numbers of so many rows, to be written.</summary>
    public Span<long> Fill(int count)
    {
        if (_values.Length < count)
        {
            if (_values.Length > 0) ArrayPool<long>.Shared.Return(_values);
            _values = ArrayPool<long>.Shared.Rent(count);
        }
        (IsPresent, IsSame) = (true, false);
        return _values.AsSpan(0, count);
    }

    /// <summary>The numbers of a column that is neither absent nor the same in all rows.</summary>
    public Span<long> Values(int count) => _values.AsSpan(0, count);

    /// <summary>The number of a row of a column that is present.</summary>
    public long this[int row] => IsSame ? Value : _values[row];

    /// <summary>Notes that all rows hold one number, where they do.</summary>
    public void Settle(int count)
    {
        if (!IsSame && count > 0 && Values(count).IndexOfAnyExcept(_values[0]) < 0) SetSame(_values[0]);
    }

    /// <summary>Writes the numbers of all rows one by one, if they are not so yet.</summary>
    public Span<long> Spread(int count)
    {
        if (!IsSame) return Values(count);
        var values = Fill(count);
        values.Fill(Value);
        return values;
    }

    /// <summary>Adds another column's numbers (<paramref name="sign"/> 1) or takes them away (-1), where that is present.</summary>
    public void Add(BlockColumn other, int sign, int count)
    {
        if (!other.IsPresent || (other.IsSame && other.Value == 0)) return;
        if (IsSame && other.IsSame) SetSame(unchecked(Value + (sign * other.Value)));
        else if (other.IsSame) Add(Spread(count), sign * other.Value);
        else Add(Spread(count), other.Values(count), sign);
    }

    /// <summary>The same for numbers that stand elsewhere.</summary>
    public void Add(ReadOnlySpan<long> numbers, int sign, int count) => Add(Spread(count), numbers, sign);

    public void Dispose()
    {
        if (_values.Length > 0) ArrayPool<long>.Shared.Return(_values);
        _values = [];
    }

    private static void Add(Span<long> values, long number)
    {
        foreach (ref var value in values) value = unchecked(value + number);
    }

    private static void Add(Span<long> values, ReadOnlySpan<long> numbers, int sign)
    {
        var to = MemoryMarshal.Cast<long, Vector<long>>(values);
        var from = MemoryMarshal.Cast<long, Vector<long>>(numbers);
        if (sign > 0)
            for (var i = 0; i < to.Length; i++) to[i] += from[i];
        else
            for (var i = 0; i < to.Length; i++) to[i] -= from[i];
        for (var i = to.Length * Vector<long>.Count; i < values.Length; i++) values[i] = unchecked(values[i] + (sign * numbers[i]));
    }
}
