using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>
/// What traces say of where the memory of a process moved, ready to be asked for each pair of neighbouring snapshots. A link follows a piece of memory from the place that the
/// earlier snapshot shows to the one that the later shows, over any number of moves between them: a to b to c is one move from a to c. Immutable.
/// </summary>
public sealed class MoveEvidence
{
    /// <summary>How far a place's time may lie beside a snapshot's: reading a large smaps takes up to a second, and dates in logs are whole seconds.</summary>
    private static readonly long SlackTicks = TimeSpan.FromSeconds(1).Ticks;

    /// <summary>Places that are looked at for one row, and steps that are followed back from each.</summary>
    private const int MostPlaces = 256, MostSteps = 4096;

    private readonly MovedPlace[] _places;
    private readonly int[] _byStart;
    private readonly (ulong Start, long Since)[] _keys;

    private MoveEvidence(MovedPlace[] places)
    {
        _places = places;
        _byStart = [.. Enumerable.Range(0, places.Length).OrderBy(i => places[i].Range.Start).ThenBy(i => places[i].Since)];
        _keys = Array.ConvertAll(_byStart, i => (places[i].Range.Start, places[i].Since));
    }

    /// <summary>No trace says anything.</summary>
    public static MoveEvidence None { get; } = new([]);

    /// <summary>Whether no trace says anything.</summary>
    public bool IsEmpty => _places.Length == 0;

    /// <summary>Evidence of traces, each for itself and in its order.</summary>
    public static MoveEvidence Of(IEnumerable<IReadOnlyList<TracedMove>> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        var places = new List<MovedPlace>();
        foreach (var trace in traces) MovedPlace.Chain(trace, places);
        return places.Count == 0 ? None : new MoveEvidence([.. places]);
    }

    /// <summary>
    /// The row of the earlier snapshot whose memory lies in a range of the later one after one or more moves, or -1. Within the slack of times, and without times, only rows that
    /// are exactly the places of the piece count, since the hole that it left is soon filled, and without times there may be but one such row. At the very time, a row may hold
    /// neighbours beside the piece, but no more than that: a small piece that moves into a large region does not carry that one's identity.
    /// </summary>
    internal int SourceOf(AddressRange later, DateTimeOffset laterAt, VmaTable earlier, DateTimeOffset earlierAt)
    {
        var (source, least, rivals) = (-1, (IsNear: true, Inexact: true, Ticks: long.MaxValue), false);
        foreach (var index in PlacesIn(later, earlierAt))
        {
            var (piece, off) = (_places[index], _places[index].Off(laterAt));
            if (off > SlackTicks || !MakesUp(piece.Range, piece.Range.Length, later)) continue;
            var carried = piece.Range.Length;
            for (var (i, steps) = (index, 0); _places[i].Follows && steps < MostSteps; steps++)
            {
                var place = _places[--i];
                carried = Math.Min(carried, place.Range.Length);
                if (place.Until < earlierAt.UtcTicks - SlackTicks) break;
                var inPlace = place.Range.Start == piece.Range.Start;
                var row = place.Off(earlierAt) <= SlackTicks ? earlier.IndexOf(place.Range.Start) : -1;
                if (inPlace && row >= 0 && place.IsTimed && place.Off(earlierAt) == 0) (source, least) = (-1, (false, false, 0)); // it lay there then: no move brought it
                if (row < 0 || !MakesUp(place.Range, carried, earlier[row].Range)) continue;
                // Of several places within the slack: the one at the very time, then one that the row shows exactly, then the nearest.
                var fit = (IsNear: off + place.Off(earlierAt) > 0, Inexact: earlier[row].Range != place.Range || piece.Range != later, Ticks: off + place.Off(earlierAt));
                if (fit.Inexact && (!place.IsTimed || fit.IsNear) && !inPlace) continue;
                rivals |= !place.IsTimed && source >= 0 && row != source;
                if (fit.CompareTo(least) < 0) (source, least) = (inPlace ? -1 : row, fit);
            }
        }
        return rivals ? -1 : source;
    }

    /// <summary>
    /// Whether a trace says that what lies at <paramref name="to"/> in the later snapshot is not what lay at <paramref name="from"/> in the earlier one: it saw what came to the one
    /// be mapped, or lie elsewhere at the earlier time, or what lay at the other be unmapped. A trace may begin and end between the two; what it did not see, it does not say.
    /// </summary>
    internal bool Refutes(AddressRange from, DateTimeOffset earlierAt, AddressRange to, DateTimeOffset laterAt)
    {
        foreach (var index in PlacesIn(to, earlierAt))
        {
            var place = _places[index];
            var came = place.IsTimed ? place.Off(laterAt) == 0 && place.Since >= earlierAt.UtcTicks - SlackTicks && MakesUp(place.Range, place.Range.Length, to) : place.Range == to;
            if (came && CameFromElsewhere(index, from, earlierAt)) return true;
        }
        foreach (var index in PlacesIn(from, earlierAt))
        {
            var place = _places[index];
            var gone = place.Ended && !(index + 1 < _places.Length && _places[index + 1].Follows);
            if (gone && (place.IsTimed ? place.Off(earlierAt) == 0 && place.Until <= laterAt.UtcTicks && MakesUp(place.Range, place.Range.Length, from) : place.Range == from)) return true;
        }
        return false;
    }

    /// <summary>Follows a piece back to where it was mapped, or to where it surely lay at a time.</summary>
    private bool CameFromElsewhere(int index, AddressRange from, DateTimeOffset at)
    {
        for (var steps = 0; steps < MostSteps; steps++, index--)
        {
            var place = _places[index];
            if (steps > 0 && place.Range.Overlap(from) > 0) return false;
            if (place.IsOrigin || (place.Since != long.MinValue && place.Since <= at.UtcTicks)) return true;
            if (!place.Follows) return false;
        }
        return false;
    }

    /// <summary>Mappings inside a range that traces saw made and did not see go, in address order, with their times where known; those of several traces once.</summary>
    internal IEnumerable<(AddressRange Range, DateTimeOffset? At)> MappedIn(AddressRange range)
    {
        var end = range.Start;
        for (var at = LowerBound((range.Start, long.MinValue)); at < _keys.Length && _keys[at].Start < range.End; at++)
        {
            var place = _places[_byStart[at]];
            if (!place.IsMapped || place.Ended || place.Range.Start < end || place.Range.End > range.End) continue;
            end = place.Range.End;
            yield return (place.Range, place.Since == long.MinValue ? null : new DateTimeOffset(place.Since, TimeSpan.Zero));
        }
    }

    private static bool MakesUp(AddressRange piece, ulong bytes, AddressRange row) => piece.Start >= row.Start && piece.End <= row.End && bytes * 2 >= row.Length;

    /// <summary>
    /// Places that start in the lower half of a row, since only those can make it up. A table that goes to and fro has thousands of places of one start: of those, the ones from
    /// shortly before a moment on.
    /// </summary>
    private IEnumerable<int> PlacesIn(AddressRange row, DateTimeOffset since)
    {
        var first = LowerBound((row.Start, long.MinValue));
        if (first + MostPlaces < _keys.Length && _keys[first + MostPlaces].Start == row.Start) first = Math.Max(first, LowerBound((row.Start, since.UtcTicks - SlackTicks)) - 4);
        for (var at = first; at < _keys.Length && at < first + MostPlaces && _keys[at].Start - row.Start <= row.Length / 2; at++) yield return _byStart[at];
    }

    private int LowerBound((ulong Start, long Since) key)
    {
        var at = Array.BinarySearch(_keys, key);
        if (at < 0) return ~at;
        while (at > 0 && _keys[at - 1] == key) at--;
        return at;
    }
}
