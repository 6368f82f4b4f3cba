namespace MemScope.Core.Analysis.Lineage;

public sealed partial class Track
{
    /// <summary>Mappings that are put together again in memory for a late snapshot; over more of them the track is built anew, one table at a time.</summary>
    private const long MostRewoundRows = 300_000;

    /// <summary>How many earlier snapshots of the process are not in the track, because memory would not hold them: whoever shows figures of the track must say so.</summary>
    public int LeftOut { get; init; }

    /// <summary>
    /// The track with snapshots from any time that it does not have: this one where they lie at its end or not far before, else another. The result is that of <see cref="Build"/> over all; this one must not
    /// be used any more.
    /// </summary>
    public Track With(IReadOnlyList<TrackPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var known = _instants.Select(i => i.Number).ToHashSet();
        var ordered = points.Where(p => known.Add(p.Number)).OrderBy(p => p.TakenAt).ThenBy(p => p.Number).ToList();
        var first = ordered.Count == 0 ? _instants.Count : FirstBehind(ordered[0]);
        long rows = 0;
        for (var at = first; at < _points.Count; at++) rows += _points[at].Rows;
        if (rows > MostRewoundRows) return Again(Tables(), ordered, Evidence);
        var tail = Tables(first).ToList();
        Rewind(first);
        foreach (var point in Merged(tail, ordered)) Append(point);
        return this;
    }

    /// <summary>The same snapshots linked with other evidence.</summary>
    public Track With(MoveEvidence evidence) => Again(Tables(), [], evidence);

    private Track Again(IEnumerable<TrackPoint> tables, List<TrackPoint> more, MoveEvidence evidence)
    {
        var track = new Track(ProcessId, Source) { Evidence = evidence, LeftOut = LeftOut };
        foreach (var point in Merged(tables, more)) track.Append(point);
        return track;
    }

    /// <summary>Index of the first point that stands behind a snapshot.</summary>
    private int FirstBehind(TrackPoint point)
    {
        var at = _instants.Count;
        while (at > 0 && IsBehind(_instants[at - 1], point)) at--;
        return at;
    }

    private static bool IsBehind(TrackInstant a, TrackPoint b) => a.TakenAt != b.TakenAt ? a.TakenAt > b.TakenAt : a.Number > b.Number;

    /// <summary>Two lists in time order as one.</summary>
    private static IEnumerable<TrackPoint> Merged(IEnumerable<TrackPoint> known, List<TrackPoint> more)
    {
        var next = 0;
        foreach (var point in known)
        {
            while (next < more.Count && IsBehind(new(point.Number, point.TakenAt), more[next])) yield return more[next++];
            yield return point;
        }
        while (next < more.Count) yield return more[next++];
    }

    /// <summary>Takes back the points from <paramref name="at"/> on, as if they had never been appended.</summary>
    private void Rewind(int at)
    {
        if (at == _points.Count) return;
        var replay = new TrackReplay(this);
        if (at > 0) replay.AdvanceTo(at - 1);
        var view = at > 0 ? replay.View() : new PointView(-1, [], Model.VmaTable.Empty, []);

        _extents.RemoveFrom(at);
        _categories.RemoveFrom(at);
        _owners.RemoveFrom(at);
        _virtualBytes.RemoveFrom(at);
        foreach (var log in _numbers) log.RemoveFrom(at);
        for (var i = at; i < _points.Count; i++) _orderBytes -= sizeof(int) * (_points[i].RowOrder?.Length ?? 0);
        _points.RemoveRange(at, _points.Count - at);
        _instants.RemoveRange(at, _instants.Count - at);

        var born = _regions.FindIndex(r => r.BornAt >= at);
        for (var i = Math.Max(born, 0); born >= 0 && i < _regions.Count; i++) Forget(_regions[i], 0);
        if (born >= 0) _regions.RemoveRange(born, _regions.Count - born);
        foreach (var region in _regions) TakeBack(region, at, replay);

        (_last, _lastRows, _lastCategories, _runs, _views) = (view.Vmas, view.Rows, view.Categories, MemoryRuns.Of(view.Vmas), []);
    }

    private void Forget(Region region, int changes)
    {
        _changes -= region.ChangeList.Count - changes;
        if (changes == 0) _byId.Remove(region.Id);
    }

    private void TakeBack(Region region, int at, TrackReplay replay)
    {
        if (region.LastAt < at - 1) return;
        var kept = region.ChangeList.Count;
        while (kept > 0 && region.ChangeList[kept - 1].At >= at) kept--;
        Forget(region, kept);
        region.ChangeList.RemoveRange(kept, region.ChangeList.Count - kept);
        region.LastAt = at - 1;
        if (region.MovedAt >= at) region.MovedAt = Region.Never;
        region.Assignment = replay.CategoryOf(region);
        region.OwnerId = _owners.Find(region.Ordinal, region.BornAt, at - 1) is { } owner ? _regions[owner].Id : null;
    }
}
