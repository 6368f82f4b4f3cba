using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

public sealed partial class Track
{
    private readonly BackingKeys _keys = new();
    private MemoryRuns _runs = MemoryRuns.None;

    /// <summary>
    /// A track of points in any order. Late snapshots are taken in by building again: the ids of regions follow from the points and from what traces tell of moves. A trace that
    /// comes later has the track built again too.
    /// </summary>
    public static Track Build(Guid processId, SnapshotSource source, IEnumerable<TrackPoint> points, MoveEvidence? evidence = null)
    {
        var track = new Track(processId, source) { Evidence = evidence ?? MoveEvidence.None };
        foreach (var point in points.OrderBy(p => p.TakenAt).ThenBy(p => p.Number)) track.TryAppend(point);
        return track;
    }

    /// <summary>
    /// Adds a snapshot at the end in O(its rows), so that live captures cost what they bring. False, with nothing changed, when it is earlier than the last point: build again.
    /// </summary>
    public bool TryAppend(TrackPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        if (_points.Count > 0 && point.TakenAt < _points[^1].TakenAt) return false;
        var at = _points.Count;
        var vmas = point.Vmas;
        var rows = new Region[vmas.Count];
        var runs = MemoryRuns.Of(vmas);
        if (at > 0) ContinueRegions(point, at, runs, rows);
        else for (var row = 0; row < rows.Length; row++) rows[row] = Bear(point, row, RegionChangeKind.Born, 0, null);
        var categories = Categorizer.Classify(vmas);
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row].SightingList.Add(new(at, row));
            rows[row].Category = categories[row].Category;
            rows[row].CategoryReason = categories[row].Reason;
        }
        foreach (var (companion, owner) in runs.Owners) rows[companion].OwnerId = rows[owner].Id;
        _runs = runs;
        _points.Add(point);
        _categories.Add(categories);
        _regionsByRow.Add(rows);
        return true;
    }

    private void ContinueRegions(TrackPoint point, int at, MemoryRuns runs, Region[] into)
    {
        var (earlier, later, before) = (_points[^1].Vmas, point.Vmas, _regionsByRow[^1]);
        var links = SnapshotLinks.Between(earlier, later, _keys, StepTo(point, runs, before));
        for (var row = 0; row < into.Length; row++)
        {
            if (links.EarlierOf[row] < 0) continue;
            into[row] = before[links.EarlierOf[row]];
            if (links.Kinds[row] != LinkKind.Same) NoteContinuation(into[row], at, earlier[links.EarlierOf[row]], later[row], links.Kinds[row], !links.AfterSilence || !BackingKeys.IsAnonymous(later, row));
        }
        BearNew(point, at, links, before, into);
        EndOld(at, links, before, into, earlier, later);
    }

    private LinkStep StepTo(TrackPoint point, MemoryRuns runs, Region[] before)
    {
        var last = _points[^1].TakenAt;
        return new LinkStep(last, point.TakenAt, HistoryOf(before))
        {
            Evidence = Evidence,
            EarlierRuns = _runs,
            LaterRuns = runs,
            AfterSilence = LinkStep.IsSilence(point.TakenAt - last, last - _points[0].TakenAt, _points.Count - 1),
        };
    }

    private static MoveHistory HistoryOf(Region[] regions) =>
        new(Array.ConvertAll(regions, r => r.HasMoved), Array.ConvertAll(regions, r => r.SightingList.Count));

    private AddressRange RangeAt(Sighting sighting) => _points[sighting.At].Vmas[sighting.VmaIndex].Range;

    private Region Bear(TrackPoint point, int row, RegionChangeKind kind, int at, Guid? origin)
    {
        var vma = point.Vmas[row];
        var id = RegionIds.Derive(ProcessId, point.Number, vma.Start, vma.Name, 0);
        for (var ordinal = row + 1; _byId.ContainsKey(id); ordinal++) id = RegionIds.Derive(ProcessId, point.Number, vma.Start, vma.Name, ordinal);
        var region = new Region(id, vma.Name, _regions.Count);
        region.ChangeList.Add(new(kind, at, default, vma.Range, origin));
        _regions.Add(region);
        _byId.Add(id, region);
        return region;
    }

    private static void NoteContinuation(Region region, int at, Vma before, Vma after, LinkKind kind, bool exact)
    {
        if (before.Permissions != after.Permissions) region.ChangeList.Add(new(RegionChangeKind.Reprotected, at, before.Range, after.Range));
        if (before.Range == after.Range) return;
        if (SnapshotLinks.IsMove(kind) || before.VirtualBytes == after.VirtualBytes)
        {
            region.HasMoved |= SnapshotLinks.IsMove(kind);
            region.ChangeList.Add(new(RegionChangeKind.Moved, at, before.Range, after.Range, Exact: kind == LinkKind.TracedMove));
            return;
        }
        var grown = after.VirtualBytes > before.VirtualBytes;
        region.ChangeList.Add(new(grown ? RegionChangeKind.Grown : RegionChangeKind.Shrunk, at, before.Range, after.Range, Exact: exact));
    }

    private void BearNew(TrackPoint point, int at, SnapshotLinks links, Region[] before, Region[] into)
    {
        for (var row = 0; row < into.Length; row++)
        {
            if (links.EarlierOf[row] >= 0) continue;
            var origin = links.SplitFrom[row] >= 0 ? before[links.SplitFrom[row]] : null;
            into[row] = Bear(point, row, origin is null ? RegionChangeKind.Born : RegionChangeKind.Split, at, origin?.Id);
            if (origin is null) continue;
            var range = RangeAt(origin.SightingList[^1]);
            origin.ChangeList.Add(new(RegionChangeKind.Split, at, range, point.Vmas[links.LaterOf[links.SplitFrom[row]]].Range, into[row].Id));
        }
    }

    private static void EndOld(int at, SnapshotLinks links, Region[] before, Region[] into, VmaTable earlier, VmaTable later)
    {
        for (var row = 0; row < before.Length; row++)
        {
            if (links.LaterOf[row] >= 0) continue;
            var target = links.MergedInto[row];
            if (target < 0)
            {
                before[row].ChangeList.Add(new(RegionChangeKind.Gone, at, earlier[row].Range, default));
                continue;
            }
            before[row].ChangeList.Add(new(RegionChangeKind.Merged, at, earlier[row].Range, later[target].Range, into[target].Id));
            into[target].ChangeList.Add(new(RegionChangeKind.Merged, at, earlier[row].Range, later[target].Range, before[row].Id));
        }
    }
}
