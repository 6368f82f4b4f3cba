using MemScope.Core;
using MemScope.Core.Analysis.Growth;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about regions.</summary>
public sealed class RegionAnswers(ProcessTracks tracks, RegionQuery regions, Limits limits)
{
    /// <summary>Regions of a window as a page shows them; null when there is no such process, track or window.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one of this list.</exception>
    public Task<RegionsWire?> RegionsAsync(Guid process, WindowState window, RegionsShown shown, string? cursor, int? limit, CancellationToken cancel, int skip = 0) =>
        RegionsAsync(process, window, Request(shown, cursor, limit, skip), cancel);

    /// <summary>The regions from one of a list to another, both counted, in the order of the list: what Shift selects. Empty when one of them is not in it.</summary>
    public async Task<IReadOnlyList<Guid>> BetweenAsync(Guid process, WindowState window, RegionsShown shown, Guid first, Guid last, CancellationToken cancel)
    {
        var (request, row) = (Request(shown, cursor: null, limit: null, skip: 0), await tracks.FindAsync(process, cancel));
        return await tracks.OverWindowAsync(row, window, over => RegionList.Between(over, RegionIndex.Of(over, request.Metric, row!.ChangeSeq), request, first, last), cancel) ?? [];
    }

    /// <summary>Regions of a window, sorted by <paramref name="sort"/> (growth, rss, pss, virtual, change, address, value), filtered, a page of them or all without a <paramref name="limit"/>; null when there is no such process, track or window.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one of this list.</exception>
    public async Task<RegionsWire?> RegionsAsync(Guid process, WindowState window, string? sort, string? category, string? filter, string? cursor, int? limit, CancellationToken cancel, string? metric = null,
        RegionTraits? traits = null, RegionSelection? selected = null)
    {
        var request = Request(new RegionsShown(filter, category, sort, metric), cursor, limit, skip: 0);
        return await RegionsAsync(process, window, request with { Traits = traits ?? request.Traits, Selected = (selected ?? RegionSelection.None).Set }, cancel);
    }

    /// <summary>The address space at a snapshot, by default the window's last; null when there is no such process, track, window or snapshot.</summary>
    public async Task<MapWire?> MapAsync(Guid process, WindowState window, int? at, CancellationToken cancel) =>
        await tracks.OverWindowAsync(await tracks.FindAsync(process, cancel), window, over => (at is { } number ? over.Track.IndexOfNumber(number) : over.To) is >= 0 and var point ? MapColumns.Of(over, point) : null, cancel);

    private async Task<RegionsWire?> RegionsAsync(Guid process, WindowState window, RegionRequest request, CancellationToken cancel)
    {
        var row = await tracks.FindAsync(process, cancel);
        return await tracks.OverWindowAsync(row, window, over => RegionList.Of(over, RegionIndex.Of(over, request.Metric, row!.ChangeSeq), request), cancel);
    }

    private RegionRequest Request(RegionsShown shown, string? cursor, int? limit, int skip) =>
        new(RegionRequest.Sorts.Contains(shown.Sort, StringComparer.Ordinal) ? shown.Sort : null, shown.Category, shown.Filter, string.IsNullOrEmpty(cursor) ? null : cursor, limit is { } rows ? Math.Clamp(rows, 1, limits.PageRows) : int.MaxValue, Math.Max(0, skip))
        {
            Metric = GrowthMetric.Find(shown.Metric) ?? GrowthMetric.Rss,
            Traits = shown.Traits,
            Selected = shown.Selection.Set,
        };

    /// <summary>The window that answers obey, or null when there is none.</summary>
    public async Task<WindowWire?> WindowAsync(Guid process, WindowState window, CancellationToken cancel) =>
        await tracks.OverWindowAsync(await tracks.FindAsync(process, cancel), window, over => over.ToWire(), cancel);

    /// <summary>One region with its whole history, or null; who mapped it <see cref="StackAnswers.WithMappersAsync"/> adds. An id that it had before its track was linked anew finds it too.</summary>
    public async Task<RegionWire?> RegionAsync(Guid process, Guid region, WindowState window, CancellationToken cancel)
    {
        var asked = await regions.AskAsync(process, region, cancel);
        return await tracks.OverWindowAsync(await tracks.FindAsync(process, cancel), window, over => Region(over, asked), cancel);
    }

    /// <summary>The categories that were changed by hand in a view and what they hold for; empty when there are none, or no such process or window.</summary>
    public async Task<IReadOnlyList<OverrideWire>> OverridesAsync(Guid process, WindowState window, CancellationToken cancel) =>
        window.Overrides.IsEmpty ? [] : await tracks.OverWindowAsync(await tracks.FindAsync(process, cancel), window, OverrideWires.Of, cancel) ?? [];

    /// <summary>Columns for a chart, or null.</summary>
    /// <param name="process">The process.</param>
    /// <param name="window">The window.</param>
    /// <param name="by"><c>total</c>, <c>category</c>, <c>backing</c> or <c>region</c>.</param>
    /// <param name="metric">A slug of <see cref="GrowthMetric"/>.</param>
    /// <param name="points">Most points.</param>
    /// <param name="top">Most regions or backings; the rest is one series.</param>
    /// <param name="region">The only region to answer with, or null.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<SeriesWire?> SeriesAsync(Guid process, WindowState window, string by, string metric, int points, int top, Guid? region, CancellationToken cancel)
    {
        if (!SeriesRequest.Splits.Contains(by, StringComparer.Ordinal)) throw new ArgumentException("unknown split", nameof(by));
        if (GrowthMetric.Find(metric) is not { } measure) throw new ArgumentException("unknown metric", nameof(metric));
        var asked = region is { } id ? await regions.AskAsync(process, id, cancel) : null;
        return await tracks.OverWindowAsync(await tracks.FindAsync(process, cancel), window,
            over => SeriesColumns.Of(over, new SeriesRequest(by, measure, points, top) { Region = asked?.In(over.Track)?.Id ?? region }), cancel);
    }

    /// <summary>The parts that a chart of the whole track shows by region or backing, at both ends of a window; null without one. Names as of <see cref="SeriesAsync"/>.</summary>
    public async Task<SeriesPartsWire?> PartsAsync(Guid process, WindowState window, string by, string metric, int top, CancellationToken cancel)
    {
        if (!SeriesRequest.Splits.Contains(by, StringComparer.Ordinal)) throw new ArgumentException("unknown split", nameof(by));
        if (GrowthMetric.Find(metric) is not { } measure) throw new ArgumentException("unknown metric", nameof(metric));
        return await tracks.OverWindowAsync(await tracks.FindAsync(process, cancel), window, over => SeriesColumns.PartsOf(over, new SeriesRequest(by, measure, 2, top)), cancel);
    }

    /// <summary>Growth of the parts of a window, or null; names as of <see cref="SeriesAsync"/>.</summary>
    public async Task<GrowthsWire?> GrowthAsync(Guid process, WindowState window, string by, string metric, int top, CancellationToken cancel)
    {
        if (!SeriesRequest.Splits.Contains(by, StringComparer.Ordinal)) throw new ArgumentException("unknown split", nameof(by));
        if (GrowthMetric.Find(metric) is not { } measure) throw new ArgumentException("unknown metric", nameof(metric));
        return await tracks.OverWindowAsync(await tracks.FindAsync(process, cancel), window, over => PartGrowths.Of(over, by, measure, top), cancel);
    }

    // A region that is not alive in the window has no growth there, but it still has its history.
    private static RegionWire? Region(TrackWindow window, AskedRegion asked)
    {
        if (asked.In(window.Track) is not { } region) return null;
        var growth = GrowthRanking.Rank(window.Track, window.From, window.To).FirstOrDefault(g => g.Region == region);
        return RegionWires.WithStory(window, growth.Region is null ? new RegionGrowth(region, 0, 0, 0) : growth);
    }
}
