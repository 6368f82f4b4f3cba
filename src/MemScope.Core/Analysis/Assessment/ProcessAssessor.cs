using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Assessment;

/// <summary>Judges a process by its snapshots.</summary>
public static class ProcessAssessor
{
    /// <summary>The judgement over the whole track. Never throws; a track that cannot tell is <c>unclear</c> and says what would help.</summary>
    public static ProcessAssessment Assess(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        if (track.Points.Count < 5) return new("unclear", null, null, "Too few snapshots to tell growth from a step.");
        var seconds = TrackSeries.Seconds(track);
        var total = GrowthFit.Measure(seconds, TrackSeries.Total(track, Metric.Rss));
        var first = TrackSeries.ByCategory(track, Metric.Rss).MaxBy(c => GrowthFit.Slope(seconds, c.Value)).Key;
        return total.Shape == GrowthShape.Linear
            ? new("leak", first.IsMallocHeap(), first, "Memory grows in a straight line.")
            : new("healthy", null, null, "Nothing grows.");
    }
}
