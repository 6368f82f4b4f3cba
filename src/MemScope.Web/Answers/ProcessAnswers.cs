using MemScope.Core;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about a process: what the API returns, what pages show and what shares freeze.</summary>
public sealed class ProcessAnswers(ProcessQuery processes, SnapshotQuery snapshots, CaptureQuery captures, TraceQuery traces, ProcessTracks tracks, TrackCache cache, Assessments assessments, FiguresQuery figures, Limits limits)
{
    private const int MostCaptures = 1000;

    /// <summary>Processes, newest first; filtered by text in host, comm, command line or labels.</summary>
    public Task<Page<ProcessWire>> ListAsync(string? search, string? cursor, int limit, CancellationToken cancel) =>
        ListAsync(new ProcessFilter { Search = search }, verdict: null, cursor, limit, cancel);

    /// <summary>Processes that pass a filter, newest first. A verdict is looked for among the rows of a page, which may hold less than the limit and still have a next.</summary>
    public async Task<Page<ProcessWire>> ListAsync(ProcessFilter filter, string? verdict, string? cursor, int limit, CancellationToken cancel)
    {
        var page = await processes.SearchAsync(Projects.Default, filter, cursor, Math.Clamp(limit, 1, limits.PageRows), cancel);
        var items = new List<ProcessWire>(page.Items.Count);
        foreach (var (row, assessed) in page.Items.Zip(await assessments.OfAsync(page.Items, cancel)))
        {
            var process = row.ToWire(assessed);
            if (verdict is null || process.Assessment.Kind == verdict) items.Add(process);
        }
        return new Page<ProcessWire>(items, page.Next);
    }

    /// <summary>One process, or null.</summary>
    public async Task<ProcessWire?> FindAsync(Guid process, CancellationToken cancel) =>
        await tracks.FindAsync(process, cancel) is { } row ? await WithLimitAsync(row, await assessments.OfAsync(row, cancel), cancel) : null;

    private async Task<ProcessWire> WithLimitAsync(ProcessRow row, AssessedProcess assessed, CancellationToken cancel) =>
        row.ToWire(assessed) with { Limit = LimitWords.Of(await figures.LatestAsync(row.Id, FiguresQuery.MostLatest, cancel), assessed.Growth, assessed.MeasuredTo) };

    /// <summary>Snapshots of one track in time order, or null when the process does not exist. Without a source: the richest track; <c>all</c>: every track.</summary>
    public async Task<IReadOnlyList<SnapshotWire>?> SnapshotsAsync(Guid process, string? source, CancellationToken cancel)
    {
        if (await tracks.FindAsync(process, cancel) is not { } row) return null;
        if (source is "all") return [.. (await snapshots.ListAsync(process, null, cancel)).Select(s => s.ToWire())];
        if (row.Tracks.Count == 0) return [];
        return await tracks.SourceAsync(row, new WindowState(source), cancel) is { } chosen
            ? [.. (await snapshots.ListAsync(process, chosen, cancel)).Select(s => s.ToWire())]
            : null;
    }

    /// <summary>The same with categories that the user gave: their RSS is summed again.</summary>
    public async Task<IReadOnlyList<SnapshotWire>?> SnapshotsAsync(Guid process, string? source, CategoryOverrides overrides, CancellationToken cancel)
    {
        var list = await SnapshotsAsync(process, source, cancel);
        return list is null || overrides.IsEmpty || await tracks.FindAsync(process, cancel) is not { } row ? list : await SummedAgainAsync(row, list, overrides, cancel);
    }

    /// <summary>A page of the same list, which begins behind the snapshot of a number, or null.</summary>
    /// <exception cref="InvalidCursorException">The list has no snapshot of that number.</exception>
    public async Task<Page<SnapshotWire>?> SnapshotPageAsync(Guid process, string? source, int? after, int limit, CategoryOverrides overrides, CancellationToken cancel)
    {
        if (await tracks.FindAsync(process, cancel) is not { } row) return null;
        SnapshotSource? only = null;
        if (source is not "all" && row.Tracks.Count > 0)
        {
            only = await tracks.SourceAsync(row, new WindowState(source), cancel);
            if (only is null) return null;
        }
        var page = await snapshots.PageAsync(process, only, after, limit, cancel);
        IReadOnlyList<SnapshotWire> items = [.. page.Items.Select(s => s.ToWire())];
        return new Page<SnapshotWire>(overrides.IsEmpty ? items : await SummedAgainAsync(row, items, overrides, cancel), page.Next);
    }

    private async Task<IReadOnlyList<SnapshotWire>> SummedAgainAsync(ProcessRow row, IReadOnlyList<SnapshotWire> list, CategoryOverrides overrides, CancellationToken cancel)
    {
        var sums = new Dictionary<int, IReadOnlyDictionary<string, long>>();
        var yours = await tracks.OverridesAsync(row, overrides, cancel);
        foreach (var of in row.Tracks.Where(t => list.Any(s => s.Source == t.Source.Text())))
            foreach (var (number, byCategory) in await cache.UseAsync(row, of.Source, track => CategoryTotals.OfPoints(track, yours(track)), cancel)) sums[number] = byCategory;
        return [.. list.Select(s => sums.TryGetValue(s.Number, out var byCategory) ? s with { ByCategory = byCategory } : s)];
    }

    /// <summary>One snapshot with its mappings, or null. <paramref name="overrides"/> go before the rules of categories.</summary>
    public async Task<SnapshotWire?> SnapshotAsync(Guid process, int number, CategoryOverrides overrides, CancellationToken cancel)
    {
        if (await tracks.FindAsync(process, cancel) is not { } row || await snapshots.FindAsync(process, number, cancel) is not { } snapshot) return null;
        var yours = await tracks.OverridesAsync(row, overrides, cancel);
        var vmas = await cache.UseAsync(row, snapshot.Source, track => VmaWires.At(track, track.IndexOfNumber(number), yours(track)), cancel);
        var wire = snapshot.ToWire() with { Vmas = vmas };
        return overrides.IsEmpty ? wire : wire with { ByCategory = CategoryTotals.Of(vmas) };
    }

    /// <summary>The overview over a window, or null when the process or its snapshots do not exist.</summary>
    public async Task<OverviewWire?> OverviewAsync(Guid process, WindowState window, CancellationToken cancel)
    {
        if (await tracks.FindAsync(process, cancel) is not { } row) return null;
        var assessed = await assessments.OfAsync(row, cancel);
        var over = await tracks.OverWindowAsync(row, window, w => OverviewFigures.Of(w, assessed), cancel);
        if (over is null || await snapshots.FindAsync(process, over.Window.ToNumber, cancel) is not { } last) return null;
        var known = await figures.LatestAsync(process, FiguresQuery.MostLatest, cancel);
        return new OverviewWire(row.ToWire(over.Assessed) with { Limit = LimitWords.Of(known, assessed.Growth, assessed.MeasuredTo) }, over.Window, over.Total, over.Categories, over.TopGrowers, over.Answer)
        {
            Limit = LimitWords.Of(known, over.Window.Snapshots > 1 && last.RssBytes is not null ? over.Measure : null, over.Window.To),
            Metrics = over.Metrics,
            Last = over.LastByCategory is { } yours ? last.ToWire() with { ByCategory = yours } : last.ToWire(),
            PrivateDirtyBytes = last.PrivateDirtyBytes,
            PatchedCode = over.PatchedCode,
            Timeline = over.Timeline,
            UnchangedRegions = over.UnchangedRegions,
            UnchangedRssBytes = over.UnchangedRssBytes,
            Traces = [.. (await traces.ListAsync(process, cancel)).Select(t => t.ToWire())],
            Captures = row.Captures,
            ParseProblems = await captures.CountProblemsAsync(process, cancel),
        };
    }

    /// <summary>Captures of a process, newest first.</summary>
    public async Task<IReadOnlyList<CaptureWire>> CapturesAsync(Guid process, CancellationToken cancel) =>
        await tracks.FindAsync(process, cancel) is null ? [] : [.. (await captures.ListAsync(process, MostCaptures, cancel)).Select(c => c.ToWire())];
}
