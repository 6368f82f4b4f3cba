using MemScope.Core.Model;

namespace MemScope.Core.Formats.Heaptrack;

/// <summary>
/// The course of the heap from the times that heaptrack writes every ten milliseconds. Up to 16,384 are kept as they are; a longer run is thinned, so that its memory does not grow with the file: of each stretch the least
/// and the greatest live bytes and the greatest resident bytes stay, and the last point.
/// </summary>
internal sealed class HeaptrackTimeline
{
    private const int MaxPoints = 16 << 10;
    private List<HeapPoint> _points = [];
    private Stretch _stretch;
    private HeapPoint? _last, _latest;
    private long _stretchLength = 1;

    /// <summary>Times that were read.</summary>
    public long Count { get; private set; }

    /// <summary>Greatest resident bytes, or null where the file has none.</summary>
    public long? PeakResidentBytes { get; private set; }

    /// <summary>Whether points were left out.</summary>
    public bool IsThinned => _stretchLength > 1;

    /// <summary>A time was read.</summary>
    public void Begin(long time, long liveBytes)
    {
        End();
        _last = new HeapPoint(time, liveBytes);
        Count++;
    }

    /// <summary>The resident bytes of the last time; those before the first belong to the beginning.</summary>
    public void SetResident(long bytes)
    {
        _last = (_last ?? new HeapPoint(0, 0)) with { ResidentBytes = bytes };
        PeakResidentBytes = Math.Max(PeakResidentBytes ?? 0, bytes);
    }

    /// <summary>The points, oldest first.</summary>
    public IReadOnlyList<HeapPoint> Finish()
    {
        End();
        _stretch.MoveTo(_points);
        if (_latest is { } latest && _points[^1] != latest) _points.Add(latest);
        return _points;
    }

    private void End()
    {
        if (_last is not { } point) return;
        (_last, _latest) = (null, point);
        _stretch.Add(point);
        if (_stretch.Length >= _stretchLength) _stretch.MoveTo(_points);
        if (_points.Count >= MaxPoints) Thin();
    }

    private void Thin()
    {
        const int joined = 8, keptOfStretch = 3;
        var thinned = new List<HeapPoint>(_points.Count);
        var stretch = default(Stretch);
        foreach (var point in _points)
        {
            stretch.Add(point);
            if (stretch.Length == joined) stretch.MoveTo(thinned);
        }
        stretch.MoveTo(thinned);
        _points = thinned;
        _stretchLength = _stretchLength == 1 ? joined : _stretchLength * joined / keptOfStretch;
    }

    /// <summary>Points one behind the other, of which the extremes stay.</summary>
    private struct Stretch
    {
        private HeapPoint _least, _most, _resident;

        public int Length { get; private set; }

        public void Add(HeapPoint point)
        {
            if (Length == 0) _least = _most = _resident = point;
            if (point.LiveBytes < _least.LiveBytes) _least = point;
            if (point.LiveBytes > _most.LiveBytes) _most = point;
            if (point.ResidentBytes > (_resident.ResidentBytes ?? -1)) _resident = point;
            Length++;
        }

        /// <summary>Appends the extremes in the order of time and begins anew.</summary>
        public void MoveTo(List<HeapPoint> points)
        {
            if (Length == 0) return;
            Span<HeapPoint> kept = [_least, _most, _resident];
            kept.Sort(static (a, b) => a.Time.CompareTo(b.Time));
            for (var i = 0; i < kept.Length; i++)
                if (i == 0 || kept[i] != kept[i - 1]) points.Add(kept[i]);
            this = default;
        }
    }
}
