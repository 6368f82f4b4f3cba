using System.Runtime.CompilerServices;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>
/// A number of all regions over time. A region that is not there has 0, and so has everything where the source does not print the number: whoever sums need not ask. Numbers of
/// 31 bits, as nearly all are, take four bytes; others stand in a list of their own.
/// </summary>
/// <param name="inBytes">Numbers are bytes; KiB otherwise.</param>
internal sealed class ValueLog(bool inBytes)
{
    /// <summary>Stored numbers below are places in <see cref="_wide"/>, counted from <see cref="int.MinValue"/>.</summary>
    private const int LeastNarrow = int.MinValue / 2;

    private readonly ChangeLog<int> _log = new();
    private readonly List<long> _wide = [];
    private int[] _stored = [];

    /// <summary>The points that have changes, earliest first; numbers as stored, for <see cref="Number"/> and <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<PointChanges<int>> Points => _log.Points;

    /// <summary>About how much memory it takes.</summary>
    public long MemoryBytes => _log.MemoryBytes + ((long)_wide.Capacity * sizeof(long));

    /// <summary>Adds the changes of a point behind all that have some.</summary>
    public void Add(int at, ReadOnlySpan<int> ordinals, ReadOnlySpan<long> values)
    {
        if (_stored.Length < values.Length) _stored = new int[values.Length];
        for (var i = 0; i < values.Length; i++) _stored[i] = Store(values[i]);
        _log.Add(at, ordinals, _stored.AsSpan(0, values.Length));
    }

    /// <summary>A stored number as it was added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Number(int stored) => stored >= LeastNarrow ? stored : _wide[stored - int.MinValue];

    /// <summary>A stored number in bytes, 0 when it is absent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Bytes(int stored) => inBytes ? Number(stored) : Math.Max(Number(stored), 0) * 1024;

    /// <summary>Takes the changes of a point and all behind back.</summary>
    public void RemoveFrom(int at)
    {
        var wide = _wide.Count; // those of the points that go were added last
        foreach (var (_, _, values) in _log.Points[_log.CountUpTo(at - 1)..])
            foreach (var stored in values) if (stored < LeastNarrow) wide = Math.Min(wide, stored - int.MinValue);
        _wide.RemoveRange(wide, _wide.Count - wide);
        _log.RemoveFrom(at);
    }

    /// <summary>How many of <see cref="Points"/> lie at or before a point of the track.</summary>
    public int CountUpTo(int at) => _log.CountUpTo(at);

    /// <summary>The number of a region at a point, 0 without one.</summary>
    public long Find(int ordinal, int born, int at) => Number(_log.Find(ordinal, born, at) ?? 0);

    private int Store(long value)
    {
        if (value is >= LeastNarrow and <= int.MaxValue) return (int)value;
        _wide.Add(value);
        return int.MinValue + (_wide.Count - 1);
    }
}
