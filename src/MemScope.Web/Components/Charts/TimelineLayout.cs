namespace MemScope.Web.Components.Charts;

/// <summary>
/// Puts the marks of a lane side by side. Bars that overlap go into rows below one another; what finds no place of its own joins its neighbour, so that no two marks of a row lie on one another.
/// </summary>
public static class TimelineLayout
{
    /// <summary>Least distance of two beginnings in a row, percent: a mark stays as wide as a finger on a page and as a pointer on a telephone.</summary>
    private const double Apart = 3.6;

    /// <summary>Least length of a bar, percent.</summary>
    private const double Least = 0.9;

    /// <summary>Space behind a bar, percent.</summary>
    private const double Gap = 0.3;

    /// <summary>Room that a label needs to be worth showing, percent.</summary>
    private const double Label = 11;

    /// <summary>Places of a lane's marks, row by row and from left to right; marks that lie outside the time line are left out.</summary>
    public static IReadOnlyList<TimelinePlace> Of(TimelineLane lane, DateTimeOffset from, DateTimeOffset to)
    {
        ArgumentNullException.ThrowIfNull(lane);
        if (to <= from) return [];
        var rows = new List<List<TimelinePlace>>();
        foreach (var mark in lane.Marks.Where(m => m.To >= from && m.From <= to).OrderBy(m => m.From).ThenByDescending(m => m.To))
        {
            var (left, right) = Ends(mark, from, to);
            if (lane.HasMoments) right = left;
            var row = rows.FindIndex(r => IsFree(r[^1], left));
            if (row >= 0) rows[row].Add(new TimelinePlace(row, left, right, [mark]));
            else if (rows.Count < lane.Rows) rows.Add([new TimelinePlace(rows.Count, left, right, [mark])]);
            else Join(rows, left, right, mark);
        }
        return [.. rows.SelectMany(Labelled)];
    }

    /// <summary>Both ends of a mark in percent of the time line; a bar is never too short to be seen.</summary>
    public static (double From, double To) Ends(TimelineMark mark, DateTimeOffset from, DateTimeOffset to)
    {
        ArgumentNullException.ThrowIfNull(mark);
        var (left, right) = (Percent(mark.From), Percent(mark.To));
        return right - left >= Least ? (left, right) : (Math.Min(left, 100 - Least), Math.Min(left, 100 - Least) + Least);

        double Percent(DateTimeOffset at) => Math.Clamp(100 * ((at - from) / (to - from)), 0, 100);
    }

    private static bool IsFree(TimelinePlace last, double left) => left >= last.To + Gap && left - last.From >= Apart;

    // The neighbour whose end is nearest takes it in.
    private static void Join(List<List<TimelinePlace>> rows, double left, double right, TimelineMark mark)
    {
        var row = rows.MinBy(r => Math.Abs(r[^1].To - left))!;
        row[^1] = row[^1] with { To = Math.Max(row[^1].To, right), Marks = [.. row[^1].Marks, mark] };
    }

    private static IEnumerable<TimelinePlace> Labelled(List<TimelinePlace> row)
    {
        for (var i = 0; i < row.Count; i++)
        {
            var place = row[i];
            var end = i + 1 < row.Count ? row[i + 1].From : 100;
            if (i + 2 == row.Count && IsAtEdge(row[i + 1], place)) end = row[i + 1].To - Label;
            var isBefore = i == row.Count - 1 && IsAtEdge(place, i > 0 ? row[i - 1] : null);
            yield return isBefore
                ? place with { LabelFrom = place.To - Label, LabelTo = place.To, LabelIsBefore = true }
                : place with { LabelFrom = place.From, LabelTo = end };
        }
    }

    private static bool IsAtEdge(TimelinePlace last, TimelinePlace? before) => 100 - last.From < Label && last.To - Label > (before?.From ?? 0) + Apart;
}
