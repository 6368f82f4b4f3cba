using System.Security.Cryptography;
using MemScope.Core.Analysis.Findings;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Verdicts;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Has the judge look at all of a process and stores what it says, with all that it was computed from.</summary>
public sealed class VerdictMaker(VerdictStore store, ProcessTracks tracks, FindingAnswers findings, Assessments assessments, TimeProvider time)
{
    /// <summary>How often is asked again while names are looked up; each answer waits for <see cref="Core.Limits.NamingWaitMs"/>.</summary>
    private const int MostRounds = 4;

    /// <summary>
    /// Version of what computes verdicts: the identities of its two assemblies, which differ with every change of their code or cards. A number would have to be raised by hand, and one that
    /// was forgotten would show an old verdict as a new one.
    /// </summary>
    public static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(
        [.. typeof(Judge).Assembly.ManifestModule.ModuleVersionId.ToByteArray(), .. typeof(VerdictMaker).Assembly.ManifestModule.ModuleVersionId.ToByteArray()]).AsSpan(0, 8));

    /// <summary>Computes and stores the verdict of a process unless the stored one holds; false when there was nothing to do.</summary>
    public async Task<bool> MakeAsync(Guid process, CancellationToken cancel)
    {
        if (await tracks.FindAsync(process, cancel) is not { } row) return false;
        if ((await store.FindAsync([process], Version, cancel)).TryGetValue(process, out var stored) && stored.Basis.ChangeSeq == row.ChangeSeq) return false;
        // Read before the answer: what comes meanwhile makes the verdict stale, never the other way round.
        var symbols = row.Traces + row.HeapProfiles > 0 ? await store.SymbolsAsync(Projects.Default, cancel) : "";
        var answer = await AskAsync(row, cancel);
        var assessment = answer?.Assessment ?? (await assessments.ComputeAsync(row, cancel)).Assessment;
        var verdict = new VerdictRow(process, new VerdictBasis(row.ChangeSeq, Version, symbols) { NamesPending = answer?.PendingFrames > 0 }, assessment.Kind, assessment.Summary, time.GetUtcNow())
        {
            InsideMallocHeap = assessment.InsideMallocHeap, Category = assessment.Category, Certainty = assessment.Certainty, Rule = assessment.Rule,
        };
        return await store.StoreAsync(verdict, [.. (answer?.Items ?? []).Select(f => new FindingRow(f.Rule, f.Verdict, f.Kind, f.Category, f.Title, f.Summary, f.RssBytesPerSecond))], cancel);
    }

    private async Task<FindingsWire?> AskAsync(ProcessRow row, CancellationToken cancel)
    {
        if (row.Tracks.FirstOrDefault(t => t.LastRssBytes is not null) is not { } track) return null;
        var window = new WindowState(Core.Model.SnapshotSources.Text(track.Source));
        var answer = await findings.AskAsync(row.Id, window, cancel);
        for (var round = 1; round < MostRounds && answer is { PendingFrames: > 0 }; round++) answer = await findings.AskAsync(row.Id, window, cancel);
        return answer;
    }
}
