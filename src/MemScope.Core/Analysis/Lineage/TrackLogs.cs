using System.Numerics;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

public sealed partial class Track
{
    /// <summary>Tables kept beside the logs: the last point's and <see cref="MostViews"/> others.</summary>
    private const int MostViews = 2;

    private readonly MappingLines _lines = new();
    private readonly ChangeLog<LoggedExtent> _extents = new();
    private readonly ValueLog _virtualBytes = new(inBytes: true);
    private readonly ValueLog[] _numbers = [.. Enumerable.Range(0, Metrics.Count).Select(_ => new ValueLog(inBytes: false))];
    private readonly ChangeLog<int> _categories = new();
    private readonly ChangeLog<int> _owners = new();
    private readonly List<CategoryAssignment> _assignments = [];
    private readonly Dictionary<CategoryAssignment, int> _assignmentNumbers = [];
    private PointView[] _views = [];

    /// <summary>Changes of addresses and lines; a region has an entry at its birth.</summary>
    internal ChangeLog<LoggedExtent> Extents => _extents;

    /// <summary>Changes of categories, as numbers for <see cref="AssignmentOf"/>; a region has an entry at its birth and keeps its last one behind its end.</summary>
    internal ChangeLog<int> CategoryChanges => _categories;

    /// <summary>What is known of a point beside the logs.</summary>
    internal PointFacts FactsAt(int at) => _points[at];

    /// <summary>The part of a line that stays as a rule.</summary>
    internal MappingLine LineOf(int number) => _lines[number];

    /// <summary>The category of a number of <see cref="CategoryChanges"/>.</summary>
    internal CategoryAssignment AssignmentOf(int number) => _assignments[number];

    /// <summary>Changes of a size in bytes; <see cref="Metric.Size"/> is the length of the range, so that every source has it.</summary>
    internal ValueLog LogOf(Metric metric) => metric == Metric.Size ? _virtualBytes : _numbers[(int)metric];

    /// <summary>Changes of a number as printed; of <see cref="Metric.Size"/> those of what it differs by from the length of the range in KiB, which it never does in a kernel's text.</summary>
    internal ValueLog NumbersOf(Metric metric) => _numbers[(int)metric];

    /// <summary>About how much memory the track takes, in bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            const int perPoint = 64, perRegion = 250, perChange = 110;
            long bytes = (perPoint * _points.Count) + (perRegion * (long)_regions.Count) + (perChange * _changes) + _orderBytes + _lines.MemoryBytes + _extents.MemoryBytes + _categories.MemoryBytes + _owners.MemoryBytes + _virtualBytes.MemoryBytes;
            foreach (var log in _numbers) bytes += log.MemoryBytes;
            // Addresses, line, region and category of a row, and its numbers.
            var perRow = 100 + (sizeof(long) * (_points.Count > 0 ? BitOperations.PopCount(_points[^1].Printed) : 0));
            return bytes + ((1 + MostViews) * (long)_lastRows.Length * perRow);
        }
    }

    private PointView ViewOf(int at)
    {
        if (at == _points.Count - 1) return new(at, _lastRows, _last, _lastCategories);
        // Answers may share a track that nobody appends to: the array is replaced, never changed.
        var views = _views;
        foreach (var view in views) if (view.At == at) return view;
        var replay = new TrackReplay(this);
        replay.AdvanceTo(at);
        var made = replay.View();
        _views = [made, .. views.Take(MostViews - 1)];
        return made;
    }
}

/// <summary>A point put together again.</summary>
/// <param name="At">Its index.</param>
/// <param name="Rows">The region of each row.</param>
/// <param name="Vmas">The mappings.</param>
/// <param name="Categories">The category of each row.</param>
internal sealed record PointView(int At, Region[] Rows, VmaTable Vmas, CategoryAssignment[] Categories);
