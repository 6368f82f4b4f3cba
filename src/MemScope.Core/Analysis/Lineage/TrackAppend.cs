using System.Runtime.InteropServices;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

public sealed partial class Track
{
    private readonly BackingKeys _keys = new();
    private MemoryRuns _runs = MemoryRuns.None;
    private VmaTable _last = VmaTable.Empty;
    private Region[] _lastRows = [];
    private CategoryAssignment[] _lastCategories = [];
    private long _changes, _orderBytes;

    /// <summary>
    /// A track of points in any order, which are all held until it is built. Ids of regions follow from the points and from what traces tell of moves; late snapshots and late traces
    /// are taken in by <see cref="With(IReadOnlyList{TrackPoint})"/> and <see cref="With(MoveEvidence)"/>, with the same result.
    /// </summary>
    public static Track Build(Guid processId, SnapshotSource source, IEnumerable<TrackPoint> points, MoveEvidence? evidence = null)
    {
        var track = new Track(processId, source) { Evidence = evidence ?? MoveEvidence.None };
        foreach (var point in points.OrderBy(p => p.TakenAt).ThenBy(p => p.Number)) track.Append(point);
        return track;
    }

    /// <summary>
    /// Adds a snapshot at the end in O(its rows), so that live captures cost what they bring. False, with nothing changed, when it stands before the last point: see <see cref="With(IReadOnlyList{TrackPoint})"/>.
    /// </summary>
    public bool TryAppend(TrackPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        if (_instants.Count > 0 && IsBehind(_instants[^1], point)) return false;
        Append(point);
        return true;
    }

    private void Append(TrackPoint point)
    {
        var at = _instants.Count;
        var vmas = point.Vmas;
        var rows = new Region[vmas.Count];
        var runs = MemoryRuns.Of(vmas);
        var links = SnapshotLinks.Between(_last, vmas, _keys, StepTo(point, at, runs));
        ContinueRegions(point, at, links, rows);
        foreach (var region in rows) region.LastAt = at;

        var changes = new RowChanges(_last, _lastRows, vmas, rows, links.EarlierOf, links.LaterOf);
        changes.LogExtents(at, _extents, _lines);
        changes.LogVirtualBytes(at, _virtualBytes);
        for (var m = 0; m < _numbers.Length; m++) changes.LogNumbers(at, (Metric)m, _numbers[m]);
        Categorize(at, vmas, rows, changes);
        NoteOwners(at, rows, runs);

        _instants.Add(new(point.Number, point.TakenAt));
        _points.Add(new(rows.Length, PrintedBy(vmas), vmas.Flags is not null, RowOrder(vmas, rows)));
        _orderBytes += sizeof(int) * (_points[^1].RowOrder?.Length ?? 0);
        (_last, _lastRows, _runs) = (vmas, rows, runs);
    }

    private void ContinueRegions(TrackPoint point, int at, SnapshotLinks links, Region[] into)
    {
        for (var row = 0; row < into.Length; row++)
        {
            if (links.EarlierOf[row] < 0) continue;
            into[row] = _lastRows[links.EarlierOf[row]];
            if (links.Kinds[row] != LinkKind.Same) NoteContinuation(into[row], at, _last[links.EarlierOf[row]], point.Vmas[row], links.Kinds[row], !links.AfterSilence || !BackingKeys.IsAnonymous(point.Vmas, row));
        }
        BearNew(point, at, links, into);
        EndOld(at, links, into, point.Vmas);
    }

    private LinkStep StepTo(TrackPoint point, int at, MemoryRuns runs)
    {
        var last = at > 0 ? _instants[^1].TakenAt : point.TakenAt;
        return new LinkStep(last, point.TakenAt, HistoryOf(_lastRows, at))
        {
            Evidence = Evidence,
            EarlierRuns = _runs,
            LaterRuns = runs,
            AfterSilence = at > 0 && LinkStep.IsSilence(point.TakenAt - last, last - _instants[0].TakenAt, at - 1),
        };
    }

    private static MoveHistory HistoryOf(Region[] regions, int at) =>
        new(Array.ConvertAll(regions, r => r.HasMoved), Array.ConvertAll(regions, r => at - r.BornAt));

    private Region Bear(TrackPoint point, int row, int at, Region? origin)
    {
        var vma = point.Vmas[row];
        var id = RegionIds.Derive(ProcessId, point.Number, vma.Start, vma.Name, 0);
        for (var ordinal = row + 1; _byId.ContainsKey(id); ordinal++) id = RegionIds.Derive(ProcessId, point.Number, vma.Start, vma.Name, ordinal);
        var region = new Region(id, vma.Name, _regions.Count, at);
        Note(region, new(origin is null ? RegionChangeKind.Born : RegionChangeKind.Split, at, default, vma.Range, origin?.Id));
        _regions.Add(region);
        _byId.Add(id, region);
        return region;
    }

    private void Note(Region region, RegionChange change)
    {
        region.ChangeList.Add(change);
        _changes++;
    }

    private void NoteContinuation(Region region, int at, Vma before, Vma after, LinkKind kind, bool exact)
    {
        if (before.Permissions != after.Permissions) Note(region, new(RegionChangeKind.Reprotected, at, before.Range, after.Range));
        if (before.Range == after.Range) return;
        if (SnapshotLinks.IsMove(kind) || before.VirtualBytes == after.VirtualBytes)
        {
            if (SnapshotLinks.IsMove(kind) && !region.HasMoved) region.MovedAt = at;
            Note(region, new(RegionChangeKind.Moved, at, before.Range, after.Range, Exact: kind == LinkKind.TracedMove));
            return;
        }
        var grown = after.VirtualBytes > before.VirtualBytes;
        Note(region, new(grown ? RegionChangeKind.Grown : RegionChangeKind.Shrunk, at, before.Range, after.Range, Exact: exact));
    }

    private void BearNew(TrackPoint point, int at, SnapshotLinks links, Region[] into)
    {
        for (var row = 0; row < into.Length; row++)
        {
            if (links.EarlierOf[row] >= 0) continue;
            var from = links.SplitFrom[row];
            var origin = from >= 0 ? _lastRows[from] : null;
            into[row] = Bear(point, row, at, origin);
            if (origin is not null) Note(origin, new(RegionChangeKind.Split, at, _last[from].Range, point.Vmas[links.LaterOf[from]].Range, into[row].Id));
        }
    }

    private void EndOld(int at, SnapshotLinks links, Region[] into, VmaTable later)
    {
        for (var row = 0; row < _lastRows.Length; row++)
        {
            if (links.LaterOf[row] >= 0) continue;
            var (region, range, target) = (_lastRows[row], _last[row].Range, links.MergedInto[row]);
            if (target < 0)
            {
                Note(region, new(RegionChangeKind.Gone, at, range, default));
                continue;
            }
            Note(region, new(RegionChangeKind.Merged, at, range, later[target].Range, into[target].Id));
            Note(into[target], new(RegionChangeKind.Merged, at, range, later[target].Range, region.Id));
        }
    }

    /// <summary>Categories cost a walk over the address space with strings: they are asked for again only when something that they follow from has changed.</summary>
    private void Categorize(int at, VmaTable vmas, Region[] rows, RowChanges changes)
    {
        if (at > 0 && changes.IsSameLayout && CategoryInputs.SameNumbers(_last, vmas)) return;
        var categories = Categorizer.Classify(vmas);
        changes.LogCategories(at, _categories, categories, _lastCategories, NumberOf);
        for (var row = 0; row < rows.Length; row++) rows[row].Assignment = categories[row];
        _lastCategories = categories;
    }

    private void NoteOwners(int at, Region[] rows, MemoryRuns runs)
    {
        var (ordinals, owners) = (new List<int>(), new List<int>());
        foreach (var (companion, owner) in runs.Owners)
        {
            if (rows[companion].OwnerId == rows[owner].Id) continue;
            rows[companion].OwnerId = rows[owner].Id;
            ordinals.Add(rows[companion].Ordinal);
            owners.Add(rows[owner].Ordinal);
        }
        _owners.Add(at, CollectionsMarshal.AsSpan(ordinals), CollectionsMarshal.AsSpan(owners));
    }

    private int NumberOf(CategoryAssignment assignment)
    {
        if (_assignmentNumbers.TryGetValue(assignment, out var number)) return number;
        _assignmentNumbers.Add(assignment, _assignments.Count);
        _assignments.Add(assignment);
        return _assignments.Count - 1;
    }

    private static ulong PrintedBy(VmaTable vmas)
    {
        var printed = 0UL;
        for (var m = 0; m < Metrics.Count; m++) if (vmas.Has((Metric)m)) printed |= 1UL << m;
        return printed;
    }

    /// <summary>The order of the rows where starts do not say it.</summary>
    private static int[]? RowOrder(VmaTable vmas, Region[] rows)
    {
        for (var row = 1; row < rows.Length; row++)
            if (vmas.Starts[row] == vmas.Starts[row - 1]) return Array.ConvertAll(rows, r => r.Ordinal);
        return null;
    }
}
