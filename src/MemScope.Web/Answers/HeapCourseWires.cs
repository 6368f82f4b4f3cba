using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Courses of heaps for the wire.</summary>
internal static class HeapCourseWires
{
    /// <summary>The slug of a tie.</summary>
    public static string Slug(this HeapTie tie) => tie switch { HeapTie.WallTime => "wall-time", HeapTie.ProcessStart => "process-start", HeapTie.ResidentSize => "resident-size", _ => "file-time" };

    /// <summary>A course over the window of a case, with <paramref name="points"/> moments at most.</summary>
    public static HeapCourseWire Of(HeapCourse course, CaseFile over, HeapProfileRow? row, int points)
    {
        var (from, to) = (over.Track.Points[over.From].TakenAt, over.Track.Points[over.To].TakenAt);
        // The last moment before the window still holds at its begin, and the one behind it ends the line at its edge.
        var moments = course.Moments.Where(m => from - m.At <= course.Slack && m.At - to <= course.Slack).ToArray();
        var live = Array.ConvertAll(moments, m => (double)m.LiveBytes);
        var kept = Decimation.Pick(live, [], points);
        return new HeapCourseWire(course.Profile, course.Tool, course.Tie.Slug(), course.TieWords, [.. kept.Select(i => moments[i].At)], [.. kept.Select(i => moments[i].LiveBytes)])
        {
            FileName = row?.FileName ?? "",
            WithinMs = course.WithinMs,
            IsComplete = course.IsComplete,
            FirstAt = course.Moments[0].At,
            LastAt = course.Moments[^1].At,
            Decimated = kept.Length < moments.Length,
            OverheadBytes = moments.Any(m => m.OverheadBytes is not null) ? [.. kept.Select(i => moments[i].OverheadBytes)] : [],
            LiveAtEndBytes = course.LiveAt(to),
            MostLiveBytes = moments.Length == 0 ? null : moments.Max(m => m.LiveBytes),
            Residual = Residual.Of(over, course)?.ToWire(),
        };
    }

    /// <summary>What a profile leaves of the growth of RSS.</summary>
    public static ResidualWire ToWire(this Residual residual) => new(residual.Course.Profile, residual.Course.Tool, residual.From, residual.To, residual.RssBytes, residual.LiveBytes, residual.FileBytes, residual.Bytes, residual.Share);
}
