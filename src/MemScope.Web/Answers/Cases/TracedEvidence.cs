using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What traces say in a case.</summary>
/// <param name="Sites">Callchains that mapped memory.</param>
/// <param name="Traces">The traces, oldest first.</param>
/// <param name="Growth">The split of the growth, or null.</param>
internal sealed record TracedCase(IReadOnlyList<TracedSite> Sites, IReadOnlyList<TraceFacts> Traces, TracedGrowth? Growth)
{
    /// <summary>Frames whose names are still being looked up.</summary>
    public int PendingFrames { get; init; }

    /// <summary>Blocks alive at the window's last snapshot.</summary>
    public IReadOnlyList<SiteBlock> Blocks { get; init; } = [];

    /// <summary>Blocks alive at its first.</summary>
    public IReadOnlyList<SiteBlock> BlocksBefore { get; init; } = [];

    /// <summary>Of a process without traces.</summary>
    public static TracedCase None { get; } = new([], [], null);
}

/// <summary>Gathers what the traces of a process say.</summary>
public sealed class TracedEvidence(StackAnswers stacks, TraceQuery traces, TraceCache cache)
{
    /// <summary>Callchains of a case, the heaviest: a cause is among them or it is none.</summary>
    private const int MostSites = 300;

    /// <summary>Gathers.</summary>
    internal async Task<TracedCase> OfAsync(ProcessRow process, WindowState window, CancellationToken cancel)
    {
        if (process.Traces == 0) return TracedCase.None;
        // A trace before the window mapped what is in it as well: growth is split over all of them.
        var grown = await stacks.AskAsync(new StackQuestion(process.Id, window, CallchainWeight.Growth), cancel);
        var answer = grown?.Head.Growth is not null ? grown : await stacks.AskAsync(new StackQuestion(process.Id, window with { FromTime = null, From = null }, CallchainWeight.Resident), cancel);
        if (answer is null) return TracedCase.None;
        var facts = new List<TraceFacts>();
        foreach (var row in await traces.ListAsync(process.Id, cancel))
            if (await cache.FindAsync(row, cancel) is { } replayed) facts.Add(Facts(replayed));
        var growth = answer.Head.Growth is { } g ? new TracedGrowth(g.RssBytes, g.TracedBytes, g.BeforeTraceBytes, g.NotSeenBytes) : null;
        List<TraceFacts> ordered = [.. facts.OrderBy(f => f.From)];
        var kept = Heaviest(answer);
        var places = new Dictionary<int, int>(kept.Count);
        for (var i = 0; i < kept.Count; i++) places[kept[i]] = i;
        return new TracedCase([.. kept.Select(chain => Site(answer, chain))], ordered, growth) { PendingFrames = answer.Head.PendingFrames, Blocks = Placed(answer.Blocks), BlocksBefore = Placed(answer.BlocksBefore) };

        List<SiteBlock> Placed(IReadOnlyList<SiteBlock> blocks) => [.. blocks.Select(b => b with
        {
            Site = b.Site < 0 ? b.Site : places.GetValueOrDefault(b.Site, int.MaxValue), Trace = ordered.FindIndex(f => f.Id == answer.Asked[b.Trace]),
        })];
    }

    /// <summary>Which callchains a case holds: by what they hold, and where traces hold nothing by what they mapped, since the busiest mapper is a suspect to be cleared.</summary>
    private static List<int> Heaviest(StackAnswer answer)
    {
        var (figures, chains) = (answer.Figures, Enumerable.Range(0, answer.Samples.Count));
        var holding = chains.OrderByDescending(i => figures[i].ResidentBytes ?? 0).ThenByDescending(i => figures[i].OutstandingBytes).ThenByDescending(i => figures[i].MappedBytes).Take(MostSites);
        return [.. holding.Union(chains.OrderByDescending(i => figures[i].MappedBytes).Take(MostSites / 10))];
    }

    private static TracedSite Site(StackAnswer answer, int chain)
    {
        var figures = answer.Figures[chain];
        var frames = Array.ConvertAll(answer.Samples.FramesOf(chain).ToArray(), f => answer.Frames[f]);
        var resident = figures.ResidentBytes ?? 0;
        return new TracedSite([.. frames.Select(SiteFrames.Of)], resident, figures.OutstandingBytes, figures.MappedBytes, figures.Calls)
        {
            GrownBytes = figures.ResidentBeforeBytes is { } before ? Saturating.Add(resident, -before) : 0,
            Blocks = figures.Blocks,
            BlockBytes = figures.BlockBytes,
            Motifs = figures.MappedBytes > 0 ? Motifs.In([.. frames.Select(StackEvidence.Neutral)]) : [],
        };
    }

    private static TraceFacts Facts(ReplayedTrace replayed)
    {
        var (row, total) = (replayed.Row, replayed.Outstanding.Total);
        var hasTime = TraceWires.MeasuresTime(row.Clock);
        var unmaps = 0L;
        var lengths = new Dictionary<ulong, long>();
        foreach (var e in replayed.Trace.Events)
        {
            if (e.Failed) continue;
            if (e.Call == MemoryCall.Munmap) unmaps++;
            else if (e.Call == MemoryCall.Mmap) lengths[e.Length] = lengths.GetValueOrDefault(e.Length) + 1;
        }
        return new TraceFacts(row.Id, row.Tool, hasTime && replayed.Outstanding.Observed is { } span ? span.Ns / 1e9 : 0, total.MappingCalls, unmaps)
        {
            From = row.From,
            To = row.To,
            MappedBytes = total.MappedBytes,
            MedianLifeNs = hasTime ? total.Lifetimes.MedianNs : null,
            CommonLength = lengths.Count == 0 ? null : lengths.MaxBy(l => l.Value) is var most ? ((long)Math.Min(most.Key, long.MaxValue), most.Value) : null,
            Losses = [.. row.Losses.Select(l => l.Text)],
        };
    }
}

/// <summary>Frames of answers as cases have them.</summary>
internal static class SiteFrames
{
    /// <summary>The frame.</summary>
    public static SiteFrame Of(FrameWire frame) => new(frame.Function, frame.Module, frame.File, frame.Line) { Inlined = frame.Inlined, GapAfter = frame.GapAfter, Offset = frame.Offset };
}
