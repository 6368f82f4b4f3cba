using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>The regions of which something changed at one point, and what it is from there on.</summary>
/// <param name="At">Index of the point.</param>
/// <param name="Ordinals">The regions, each once.</param>
/// <param name="Values">By place in <paramref name="Ordinals"/>, what they have now.</param>
internal readonly record struct PointChanges<T>(int At, int[] Ordinals, T[] Values);

/// <summary>One fact of all regions of a track over time: only its changes, grouped by the point that shows them first. A pass over it is sequential and costs what changed.</summary>
internal sealed class ChangeLog<T>
    where T : struct
{
    /// <summary>Two arrays with their headers and lengths, and the entry that holds them.</summary>
    private const int BytesPerPoint = 72;

    private readonly List<PointChanges<T>> _points = [];

    /// <summary>The points that have changes, earliest first.</summary>
    public ReadOnlySpan<PointChanges<T>> Points => CollectionsMarshal.AsSpan(_points);

    /// <summary>About how much memory it takes.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>Adds the changes of a point behind all that have some; none is no entry.</summary>
    public void Add(int at, ReadOnlySpan<int> ordinals, ReadOnlySpan<T> values)
    {
        if (ordinals.IsEmpty) return;
        _points.Add(new(at, ordinals.ToArray(), values.ToArray()));
        MemoryBytes += BytesOf(ordinals.Length);
    }

    /// <summary>Takes the changes of a point and all behind back.</summary>
    public void RemoveFrom(int at)
    {
        var kept = CountUpTo(at - 1);
        foreach (var point in Points[kept..]) MemoryBytes -= BytesOf(point.Ordinals.Length);
        _points.RemoveRange(kept, _points.Count - kept);
    }

    /// <summary>What a region has at <paramref name="at"/>: its last change from <paramref name="born"/> on, or null without one.</summary>
    public T? Find(int ordinal, int born, int at)
    {
        var points = Points;
        for (var i = CountUpTo(at) - 1; i >= 0 && points[i].At >= born; i--)
        {
            var found = points[i].Ordinals.AsSpan().IndexOf(ordinal);
            if (found >= 0) return points[i].Values[found];
        }
        return null;
    }

    private static long BytesOf(int entries) => BytesPerPoint + ((long)entries * (sizeof(int) + Unsafe.SizeOf<T>()));

    /// <summary>How many of <see cref="Points"/> lie at or before a point of the track.</summary>
    public int CountUpTo(int at)
    {
        var points = Points;
        int low = 0, high = points.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (points[middle].At <= at) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
