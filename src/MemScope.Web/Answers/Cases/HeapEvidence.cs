using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Web.Answers;

/// <summary>What heap profiles say in a case.</summary>
/// <param name="Profiles">The profiles, newest first.</param>
/// <param name="Sites">Callchains of the newest one that counts bytes.</param>
internal sealed record HeapCase(IReadOnlyList<(HeapProfileRow Row, HeapProfile Profile)> Profiles, IReadOnlyList<HeapSiteFacts> Sites)
{
    /// <summary>Frames whose names are still being looked up.</summary>
    public int PendingFrames { get; init; }

    /// <summary>Of a process without heap profiles.</summary>
    public static HeapCase None { get; } = new([], []);
}

/// <summary>Gathers what the heap profiles of a process say.</summary>
public sealed class HeapEvidence(HeapProfileQuery profiles, HeapProfileCache cache, HeapProfileAnswers answers)
{
    /// <summary>Profiles that are looked at, the newest: a program that dumps one a minute leaves hundreds.</summary>
    private const int MostProfiles = 16;

    private const int MostSites = 100;

    /// <summary>Gathers.</summary>
    internal async Task<HeapCase> OfAsync(ProcessRow process, CancellationToken cancel)
    {
        if (process.HeapProfiles == 0) return HeapCase.None;
        var found = new List<(HeapProfileRow Row, HeapProfile Profile)>();
        foreach (var row in (await profiles.ListAsync(process.Id, cancel)).Where(p => p.Unit == WeightUnit.Bytes).Take(MostProfiles))
            if (await cache.FindAsync(row, cancel) is { } profile) found.Add((row, profile));
        if (found.Count == 0) return HeapCase.None;
        var (sites, pending) = await SitesAsync(process.Id, (found.Find(p => p.Row.LiveBytes is not null).Row ?? found[0].Row).Id, cancel);
        return new HeapCase(found, sites) { PendingFrames = pending };
    }

    private async Task<(IReadOnlyList<HeapSiteFacts> Sites, int PendingFrames)> SitesAsync(Guid process, Guid profile, CancellationToken cancel)
    {
        var question = new StackQuestion(process, new WindowState(), CallchainWeight.Live) { Trace = profile };
        if (await answers.AskAsync(question, cancel) is not { } answer) return ([], 0);
        var sites = new List<HeapSiteFacts>();
        for (var chain = 0; chain < Math.Min(answer.Samples.Count, MostSites); chain++)
        {
            var frames = Array.ConvertAll(answer.Samples.FramesOf(chain).ToArray(), f => SiteFrames.Of(answer.Frames[f]));
            sites.Add(new HeapSiteFacts(profile, frames, answer.Figures[chain].OutstandingBytes, answer.Figures[chain].Calls));
        }
        return (sites, answer.Head.PendingFrames);
    }
}
