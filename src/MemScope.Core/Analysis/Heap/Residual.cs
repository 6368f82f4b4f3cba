using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Heap;

/// <summary>What of the growth of RSS a heap profiler does not explain.</summary>
/// <param name="Course">The profile.</param>
/// <param name="From">Begin of the part of the window that both cover (UTC): a snapshot's time.</param>
/// <param name="To">Its end: a snapshot's time.</param>
/// <param name="RssBytes">Growth of RSS in it.</param>
/// <param name="LiveBytes">Growth of live bytes in it.</param>
/// <param name="FileBytes">Growth of file and shared mappings in it, which no heap profiler is meant to see.</param>
public sealed record Residual(HeapCourse Course, DateTimeOffset From, DateTimeOffset To, long RssBytes, long LiveBytes, long FileBytes)
{
    /// <summary>What is left: growth of RSS less that of live bytes, files and shared memory.</summary>
    public long Bytes => Saturating.Subtract(Saturating.Subtract(RssBytes, LiveBytes), FileBytes);

    /// <summary>Its share of the growth of RSS, clamped to 0 … 1; null when RSS did not grow.</summary>
    public double? Share => RssBytes > 0 ? Math.Clamp((double)Bytes / RssBytes, 0, 1) : null;

    /// <summary>
    /// A snapshot and a moment of the profile may lie this part of the time that both cover apart and still count as one moment: growth over that time is then off by no more.
    /// </summary>
    private const int MostApartOfCovered = 10;

    /// <summary>
    /// The residual of a profile over the window of a case; null when they do not overlap in two moments or the source prints no RSS. Nothing is drawn out beyond what was seen: at each end of the time that both cover stand the
    /// snapshot and the moment of the profile that are nearest to each other there.
    /// </summary>
    public static Residual? Of(CaseFile file, HeapCourse course)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(course);
        if (course.Moments.Count < 2) return null;
        var totals = TrackSeries.Total(file.Track, Metric.Rss);
        var snapshots = Enumerable.Range(file.From, Math.Max(file.To - file.From + 1, 0)).Where(i => !double.IsNaN(totals[i])).Select(i => (Index: i, At: file.Track.Points[i].TakenAt)).ToArray();
        if (snapshots.Length < 2) return null;
        var (from, to) = (Later(snapshots[0].At, course.Moments[0].At), Earlier(snapshots[^1].At, course.Moments[^1].At));
        if (from >= to) return null;
        var begin = Pair(snapshots.First(s => s.At >= from || s.Index == snapshots[^1].Index), course.Moments.First(m => m.At >= from));
        var end = Pair(snapshots.Last(s => s.At <= to || s.Index == snapshots[0].Index), course.Moments.Last(m => m.At <= to));
        var apart = (to - from) / MostApartOfCovered;
        if (begin.Index >= end.Index || begin.Moment.At >= end.Moment.At || begin.Apart > apart || end.Apart > apart) return null;
        var files = TrackSeries.ByCategory(file.Track, Metric.Rss, file.Overrides).Where(c => c.Key is Category.FileData or Category.FileText or Category.Shared).Sum(c => c.Value[end.Index] - c.Value[begin.Index]);
        var live = Saturating.Subtract(end.Moment.LiveBytes, begin.Moment.LiveBytes);
        return new Residual(course, file.Track.Points[begin.Index].TakenAt, file.Track.Points[end.Index].TakenAt, (long)(totals[end.Index] - totals[begin.Index]), live, (long)files);

        // Either the snapshot with the moment nearest to it, or the moment with the snapshot nearest to it: where one of the two is rare, the other has a reading close by.
        (int Index, HeapMoment Moment, TimeSpan Apart) Pair((int Index, DateTimeOffset At) snapshot, HeapMoment moment)
        {
            var (near, taken) = (course.NearestTo(snapshot.At), snapshots.MinBy(s => (s.At - moment.At).Duration()));
            var (byMoment, bySnapshot) = ((near.At - snapshot.At).Duration(), (taken.At - moment.At).Duration());
            return byMoment <= bySnapshot ? (snapshot.Index, near, byMoment) : (taken.Index, moment, bySnapshot);
        }
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
