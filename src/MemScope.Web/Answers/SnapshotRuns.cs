using MemScope.Core.Analysis.Lineage;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Finds the stretches of a track in which somebody was taking snapshots.</summary>
internal static class SnapshotRuns
{
    /// <summary>More could not be told apart under a chart.</summary>
    public const int Most = 32;

    /// <summary>A pause of more than this many usual distances ends a run.</summary>
    private const double Pause = 3;

    /// <summary>The time line of a track with at least one point.</summary>
    public static TimelineWire Of(Track track)
    {
        var points = track.Points;
        var gaps = new double[points.Count - 1];
        for (var i = 0; i < gaps.Length; i++) gaps[i] = (points[i + 1].TakenAt - points[i].TakenAt).TotalSeconds;
        var least = gaps.Length == 0 ? 0 : Pause * Median(gaps);
        // The largest pauses end runs, as many as are shown at most.
        var ends = Enumerable.Range(0, gaps.Length).Where(i => gaps[i] > least).OrderByDescending(i => gaps[i]).ThenBy(i => i).Take(Most - 1).Append(points.Count - 1).Order().ToList();
        var (runs, first) = (new List<SnapshotRunWire>(ends.Count), 0);
        foreach (var last in ends)
        {
            runs.Add(new SnapshotRunWire(points[first].Number, points[last].Number, points[first].TakenAt, points[last].TakenAt, last - first + 1));
            first = last + 1;
        }
        return new TimelineWire(points[0].TakenAt, points[^1].TakenAt, runs);
    }

    private static double Median(double[] gaps)
    {
        var sorted = (double[])gaps.Clone();
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }
}
