using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about who mapped the memory.</summary>
public sealed class StackAnswers(ProcessTracks tracks, TrackCache trackCache, RegionQuery regions, TraceQuery traces, TraceCache traceCache, HeapProfileAnswers heapProfiles, StackNaming stacks, FrameNaming naming)
{
    private const double LeastGrowthBytes = 64 << 10;
    private const int MostMappers = 5;

    /// <summary>
    /// Callchains by weight, symbolized; null when there is no such process, trace, region or snapshot. A process without traces gives an empty answer with a note. By
    /// <see cref="CallchainWeight.Live"/> the process' heap profiles are asked instead.
    /// </summary>
    public async Task<StackAnswer?> AskAsync(StackQuestion question, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (await tracks.FindAsync(question.Process, cancel) is not { } row) return null;
        if (question.Weight == CallchainWeight.Live) return await heapProfiles.AskAsync(question, cancel);
        var all = await traces.ListAsync(question.Process, cancel);
        var chosen = all.Where(t => question.Trace is { } only ? t.Id == only : t.Id != question.Base).ToList();
        var compared = all.Where(t => t.Id == question.Base && question.Weight != CallchainWeight.Growth).ToList();
        if ((question.Trace is not null && chosen.Count == 0) || (question.Base is { } other && all.All(t => t.Id != other))) return null;

        var (replayed, before) = (await ReplayedAsync(chosen, cancel), await ReplayedAsync(compared, cancel));
        if (await SurroundingsAsync(row, question, replayed, cancel) is not { } around) return null;
        if (await SurroundingsAsync(row, question, before, cancel) is not { } aroundBefore) return null;

        var (merge, evidence) = (new StackMerge(), new StackEvidence());
        var (figures, notes, numbers) = await AddAsync(merge, evidence, question, replayed, around, isBase: false, cancel);
        if (before.Count > 0) notes.AddRange((await AddAsync(merge, null, question, before, aroundBefore, isBase: true, cancel)).Notes);
        notes.InsertRange(0, StackNotes.OfQuestion(question, around));
        if (all.Count == 0) notes.Add("No trace was uploaded for this process: nobody has been seen mapping its memory yet.");

        var answer = merge.Ranked(question.Weight, before.Count > 0, new CallchainsWire(question.Weight.Slug(), 0, Coverage(question, around), Losses(replayed), [])
        {
            Base = before.Count > 0 ? question.Base : null,
            Growth = figures.Growth,
            Traces = [.. all.Select(TraceWires.ToWire)],
            HeapProfiles = await heapProfiles.ListAsync(question.Process, cancel),
            Notes = [.. notes.Distinct(StringComparer.Ordinal)],
            StackQuality = evidence.Traces,
            Motifs = evidence.Motifs,
        });
        if (question is { Region: null, Category: null, Thread: null, Module: null })
            answer = answer with { Asked = [.. replayed.Select(r => r.Row.Id)], Blocks = Owned(figures.Alive), BlocksBefore = Owned(figures.AliveBefore) };
        return answer with { Head = answer.Head with { Modules = await ModuleReport.OfAsync(answer.Frames, naming, cancel) } };

        List<SiteBlock> Owned(IReadOnlyList<TracedBlock> blocks) => [.. blocks.Select(b => new SiteBlock(b.Range, b.Owner.Callchain >= 0 && numbers.TryGetValue(b.Owner, out var number) ? merge.RankOf(number) : -1, b.Owner.Trace))];
    }

    /// <summary>A region with whose its growth in the window is (or, where it did not grow, its resident bytes): in short, and the heaviest callchains; as it came when no trace or snapshot can tell.</summary>
    public async Task<RegionWire> WithMappersAsync(Guid process, WindowState window, RegionWire region, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(region);
        if (await tracks.FindAsync(process, cancel) is not { Traces: > 0 }) return region;
        var weight = region.RssChangeBytes > 0 ? CallchainWeight.Growth : CallchainWeight.Resident;
        var answer = await AskAsync(new StackQuestion(process, window, weight) { Region = region.Id }, cancel);
        if (answer is null) return region;
        return region with
        {
            MappedBy = weight is CallchainWeight.Growth && answer.Head.Growth is { RssBytes: > 0 } growth ? MappedBy(answer, growth) : null,
            Mappers = [.. answer.ToWire(MostMappers).Items.Where(i => i.Bytes > 0)],
            MappersWeight = weight.Slug(),
        };
    }

    private static MappedByWire MappedBy(StackAnswer answer, GrowthByStackWire growth)
    {
        var bytes = Saturating.Add(answer.Samples.Count == 0 ? 0 : answer.Samples.WeightOf(0), answer.Samples.Count == 0 ? 0 : -answer.Samples.BaseOf(0));
        var site = bytes <= 0 ? null : SiteOf(answer);
        return new MappedByWire(growth.RssBytes, growth.TracedBytes, site, site is null ? 0 : bytes);
    }

    /// <summary>Where the heaviest callchain asks for memory: its first frame that is no bare wrapper of a system call.</summary>
    private static FrameWire? SiteOf(StackAnswer answer)
    {
        var frames = answer.Samples.FramesOf(0);
        foreach (var frame in frames)
            if (!FrameRoles.IsWrapper(answer.Frames[frame].Function)) return answer.Frames[frame];
        return frames.IsEmpty ? null : answer.Frames[frames[0]];
    }

    private async Task<List<ReplayedTrace>> ReplayedAsync(List<TraceRow> rows, CancellationToken cancel)
    {
        var replayed = new List<ReplayedTrace>(rows.Count);
        foreach (var row in rows)
            if (await traceCache.FindAsync(row, cancel) is { } one) replayed.Add(one);
        return replayed;
    }

    /// <summary>What the track says around the traces; null when the track, a snapshot of the window or the region does not exist.</summary>
    private async Task<StackSurroundings?> SurroundingsAsync(ProcessRow process, StackQuestion question, List<ReplayedTrace> replayed, CancellationToken cancel)
    {
        if (await tracks.SourceAsync(process, question.Window, cancel) is { } source)
        {
            var asked = question.Region is { } id ? await regions.AskAsync(process.Id, id, cancel) : null;
            var overrides = await tracks.OverridesAsync(process, question.Window.Overrides, cancel);
            return await trackCache.UseAsync(process, source, track =>
            {
                var only = asked?.In(track);
                return asked is not null && only is null ? null : StackSurroundings.Of(track, question, overrides(track), replayed, only);
            }, cancel);
        }
        if (process.Tracks.Count > 0 || question.Region is not null || question.Window is not { From: null, To: null }) return null;
        return StackSurroundings.None with
        {
            Part = new TracedPart { From = question.Window.FromTime, To = question.Window.ToTime },
            Within = question.Category is null ? null : [],
            Traces = [.. replayed.Select(_ => new TraceSurroundings(null, null, 0))],
        };
    }

    private async Task<(TracedFigures Figures, List<string> Notes, Dictionary<ChainOfTrace, int> Numbers)> AddAsync(StackMerge merge, StackEvidence? evidence, StackQuestion question, List<ReplayedTrace> replayed, StackSurroundings around, bool isBase, CancellationToken cancel)
    {
        var placed = replayed.ConvertAll(r => new PlacedTrace(r.Trace, r.Outstanding, r.Row.Anchor));
        var figures = await Task.Run(() => TracedFigures.Of(placed, around, question), cancel);
        var merged = new Dictionary<ChainOfTrace, int>();
        foreach (var of in figures.Chains.GroupBy(c => c.Key.Trace).OrderBy(g => g.Key))
        {
            var (row, trace) = (replayed[of.Key].Row, replayed[of.Key].Trace);
            var named = await stacks.NameAsync(row, trace, cancel);
            evidence?.Add(row.Id, trace, named, of.Select(c => (c.Key.Callchain, c.Value.Calls, c.Value.MappedBytes)));
            var numbers = StackMerge.Begin(named);
            foreach (var (chain, did) in of.OrderBy(c => c.Key.Callchain))
                if (question.Module is not { } module || named.PassesThrough(chain.Callchain, module)) merged[chain] = merge.Add(named, numbers, chain.Callchain, did, isBase);
        }
        var notes = StackNotes.OfMemory(replayed, placed, around, figures, question).ToList();
        for (var i = 0; i < replayed.Count; i++) notes.AddRange(StackNotes.OfTrace(replayed[i], figures.Memory.Replays[i]));
        return (figures, notes, merged);
    }

    /// <summary>Share of the growth of RSS during the traces that what they left mapped holds; null where that is not known or not all is counted.</summary>
    private static double? Coverage(StackQuestion question, StackSurroundings around)
    {
        if (question is not { Region: null, Category: null, Thread: null, Module: null } || around.Part is not { From: null, To: null }) return null;
        double grown = 0, seen = 0;
        foreach (var trace in around.Traces)
            if (trace.GrowthBytes is { } growth) (grown, seen) = (grown + growth, seen + trace.SeenBytes);
        return grown >= LeastGrowthBytes ? Math.Clamp(seen / grown, 0, 1) : null;
    }

    private static SortedDictionary<string, long> Losses(List<ReplayedTrace> replayed)
    {
        var losses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var loss in replayed.SelectMany(r => r.Row.Losses)) losses[loss.Kind] = Saturating.Add(losses.GetValueOrDefault(loss.Kind), Math.Max(1, loss.Count));
        return losses;
    }
}
