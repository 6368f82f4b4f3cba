using System.Collections.Concurrent;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Assesses processes by their richest track with RSS, and remembers it until the process changes: lists show it for every row.</summary>
public sealed class Assessments(TrackCache tracks)
{
    private const int MostKept = 10_000;
    private static readonly AssessedProcess WithoutSnapshots = new(null, new AssessmentWire("unclear", null, null, "No snapshot with resident sizes has come yet."));
    private readonly ConcurrentDictionary<Guid, (long ChangeSeq, int Snapshots, AssessedProcess Process)> _kept = new();

    /// <summary>What the process' snapshots say of it as it stands.</summary>
    internal async Task<AssessedProcess> OfAsync(ProcessRow process, CancellationToken cancel)
    {
        if (process.Tracks.FirstOrDefault(t => t.LastRssBytes is not null) is not { } track) return WithoutSnapshots;
        if (_kept.TryGetValue(process.Id, out var kept) && kept.ChangeSeq == process.ChangeSeq && kept.Snapshots == track.Snapshots) return kept.Process;
        var assessed = await tracks.UseAsync(process, track.Source, Assess, cancel);
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[process.Id] = (process.ChangeSeq, track.Snapshots, assessed);
        return assessed;
    }

    private static AssessedProcess Assess(Track track)
    {
        var assessment = ProcessAssessor.Assess(track).ToWire();
        if (track.Points.Count < 2) return new AssessedProcess(null, assessment);
        var growth = GrowthFit.Measure(TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss));
        return new AssessedProcess(growth.BytesPerSecond, assessment) { Growth = growth, MeasuredTo = track.Points[^1].TakenAt };
    }
}

/// <summary>What a whole track says of its process.</summary>
/// <param name="BytesPerSecond">Least-squares slope of RSS, or null without two snapshots that have RSS.</param>
/// <param name="Assessment">The assessment.</param>
internal sealed record AssessedProcess(double? BytesPerSecond, AssessmentWire Assessment)
{
    /// <summary>Growth of RSS, or null without two snapshots.</summary>
    public GrowthMeasure? Growth { get; init; }

    /// <summary>Time of the last snapshot that it was measured to.</summary>
    public DateTimeOffset? MeasuredTo { get; init; }
}
