using System.Collections.Concurrent;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;
using MemScope.Storage.Verdicts;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>
/// What lists and the heads of pages say of a process: the stored verdict of the judge while it holds, else what its snapshots say alone. Those are assessed by the richest track with RSS, and
/// remembered until the process changes.
/// </summary>
public sealed class Assessments(TrackCache tracks, VerdictStore verdicts)
{
    private const int MostKept = 10_000;

    /// <summary>While uploads come faster than verdicts, the last certainty is told with its time for so long.</summary>
    private static readonly TimeSpan LongestAgo = TimeSpan.FromMinutes(10);

    private static readonly AssessedProcess WithoutSnapshots = new(null, new AssessmentWire("unclear", null, null, "No snapshot with resident sizes has come yet."));
    private readonly ConcurrentDictionary<Guid, (long ChangeSeq, int Snapshots, AssessedProcess Process)> _kept = new();

    /// <summary>What is known of a process as it stands.</summary>
    internal async Task<AssessedProcess> OfAsync(ProcessRow process, CancellationToken cancel) => (await OfAsync([process], cancel))[0];

    /// <summary>The same for the rows of a list, in their order; their verdicts are read together.</summary>
    internal async Task<IReadOnlyList<AssessedProcess>> OfAsync(IReadOnlyList<ProcessRow> processes, CancellationToken cancel)
    {
        var stored = await verdicts.FindAsync([.. processes.Select(p => p.Id)], VerdictMaker.Version, cancel);
        var assessed = new List<AssessedProcess>(processes.Count);
        foreach (var process in processes) assessed.Add(With(stored.GetValueOrDefault(process.Id), process, await ComputeAsync(process, cancel)));
        return assessed;
    }

    /// <summary>A verdict that was computed at another change is not shown for this one. Of one that said the same, how sure it was is told with its time.</summary>
    internal static AssessedProcess With(VerdictRow? verdict, ProcessRow process, AssessedProcess assessed)
    {
        if (verdict is null) return assessed;
        if (verdict.Basis.ChangeSeq == process.ChangeSeq)
        {
            var known = new AssessmentWire(verdict.Kind, verdict.InsideMallocHeap, verdict.Category, verdict.Summary) { Certainty = verdict.Certainty, Rule = verdict.Rule, IsJudged = true };
            return assessed with { Assessment = known };
        }
        var same = verdict.Kind == assessed.Assessment.Kind && verdict.Category == assessed.Assessment.Category && verdict.Certainty is not null;
        return !same || verdict.Basis.ChangeSeq > process.ChangeSeq || process.LastUploadAt - verdict.ComputedAt > LongestAgo ? assessed
            : assessed with { Assessment = assessed.Assessment with { Certainty = verdict.Certainty, Rule = verdict.Rule, CertaintyAt = verdict.ComputedAt } };
    }

    /// <summary>What the process' snapshots say of it alone.</summary>
    internal async Task<AssessedProcess> ComputeAsync(ProcessRow process, CancellationToken cancel)
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
