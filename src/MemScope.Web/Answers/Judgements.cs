using System.Collections.Concurrent;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Judges processes by their richest track with RSS, and remembers it until the process changes: lists show it for every row.</summary>
public sealed class Judgements(TrackCache tracks)
{
    private const int MostKept = 10_000;
    private static readonly ProcessJudgement WithoutSnapshots = new(null, new AssessmentWire("unclear", null, null, "No snapshot with resident sizes has come yet."));
    private readonly ConcurrentDictionary<Guid, (long ChangeSeq, int Snapshots, ProcessJudgement Judgement)> _kept = new();

    /// <summary>The judgement of a process as it stands.</summary>
    internal async Task<ProcessJudgement> OfAsync(ProcessRow process, CancellationToken cancel)
    {
        if (process.Tracks.FirstOrDefault(t => t.LastRssBytes is not null) is not { } track) return WithoutSnapshots;
        if (_kept.TryGetValue(process.Id, out var kept) && kept.ChangeSeq == process.ChangeSeq && kept.Snapshots == track.Snapshots) return kept.Judgement;
        var judgement = await tracks.UseAsync(process, track.Source, Judge, cancel);
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[process.Id] = (process.ChangeSeq, track.Snapshots, judgement);
        return judgement;
    }

    private static ProcessJudgement Judge(Track track)
    {
        double? slope = track.Points.Count < 2 ? null : GrowthFit.Slope(TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss));
        return new ProcessJudgement(slope, ProcessAssessor.Assess(track).ToWire());
    }
}
