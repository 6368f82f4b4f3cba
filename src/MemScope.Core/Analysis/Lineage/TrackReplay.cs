using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>All facts of all regions of a track at one point, moved forward through the logs.</summary>
internal sealed class TrackReplay(Track track)
{
    private readonly LoggedExtent[] _extents = new LoggedExtent[track.Regions.Count];
    private readonly int[] _categories = new int[track.Regions.Count];
    private readonly int[]?[] _numbers = new int[Metrics.Count][];
    private readonly int[] _numbersRead = new int[Metrics.Count];
    private int _extentsRead, _categoriesRead;
    private int _at = -1;

    /// <summary>Goes on to a point that is not before the one reached.</summary>
    public void AdvanceTo(int at)
    {
        _at = at;
        _extentsRead = Apply(track.Extents.Points, _extentsRead, _extents);
        _categoriesRead = Apply(track.CategoryChanges.Points, _categoriesRead, _categories);
        for (var m = 0; m < _numbers.Length; m++)
        {
            var changes = track.NumbersOf((Metric)m).Points;
            if (!changes.IsEmpty) _numbersRead[m] = Apply(changes, _numbersRead[m], _numbers[m] ??= new int[track.Regions.Count]);
        }
    }

    /// <summary>The point as it was appended.</summary>
    public PointView View()
    {
        var ordinals = Rows();
        var rows = Array.ConvertAll(ordinals, o => track.Regions[o]);
        var categories = Array.ConvertAll(ordinals, o => track.AssignmentOf(_categories[o]));
        return new(_at, rows, Table(ordinals), categories);
    }

    /// <summary>The category of a region at the point, or at its last before.</summary>
    public CategoryAssignment CategoryOf(Region region) => track.AssignmentOf(_categories[region.Ordinal]);

    private int Apply<T>(ReadOnlySpan<PointChanges<T>> changes, int read, T[] state)
        where T : struct
    {
        for (; read < changes.Length && changes[read].At <= _at; read++)
        {
            var (ordinals, values) = (changes[read].Ordinals, changes[read].Values);
            for (var i = 0; i < ordinals.Length; i++) state[ordinals[i]] = values[i];
        }
        return read;
    }

    /// <summary>The regions by row: in the order of their starts, or as noted where that does not say it.</summary>
    private int[] Rows()
    {
        var facts = track.FactsAt(_at);
        if (facts.RowOrder is { } noted) return noted;
        var (ordinals, starts, count) = (new int[facts.Rows], new ulong[facts.Rows], 0);
        foreach (var region in track.Regions)
        {
            if (!region.IsAliveAt(_at)) continue;
            (ordinals[count], starts[count]) = (region.Ordinal, _extents[region.Ordinal].Start);
            count++;
        }
        Array.Sort(starts, ordinals);
        return ordinals;
    }

    private VmaTable Table(int[] ordinals)
    {
        var facts = track.FactsAt(_at);
        var extents = Array.ConvertAll(ordinals, o => _extents[o]);
        var lines = Array.ConvertAll(extents, e => track.LineOf(e.Line));
        var metrics = new MetricColumn?[Metrics.Count];
        for (var m = 0; m < metrics.Length; m++)
            if ((facts.Printed >> m & 1) != 0) metrics[m] = new(Numbers((Metric)m, ordinals, extents));
        return VmaTable.FromColumns(new(Array.ConvertAll(extents, e => e.Start), Array.ConvertAll(extents, e => e.End), Array.ConvertAll(lines, l => l.Permissions), Array.ConvertAll(extents, e => e.Offset),
            Array.ConvertAll(lines, l => l.Device), Array.ConvertAll(lines, l => l.Inode), Array.ConvertAll(lines, l => l.Name), facts.HasFlags ? Array.ConvertAll(lines, l => l.Flags) : null, metrics));
    }

    private long[] Numbers(Metric metric, int[] ordinals, LoggedExtent[] extents)
    {
        var numbers = new long[ordinals.Length];
        var log = track.NumbersOf(metric);
        if (_numbers[(int)metric] is { } stored)
            for (var row = 0; row < numbers.Length; row++) numbers[row] = log.Number(stored[ordinals[row]]);
        if (metric == Metric.Size)
            for (var row = 0; row < numbers.Length; row++) numbers[row] = unchecked(numbers[row] + LoggedExtent.ExpectedSizeKiB(extents[row].Start, extents[row].End));
        return numbers;
    }
}
