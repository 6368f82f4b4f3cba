using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What is asked of the list of regions.</summary>
/// <param name="Sort"><c>growth</c>, <c>rss</c>, <c>pss</c>, <c>virtual</c>, <c>change</c>, <c>address</c>, <c>value</c> (of the measure); null for growth, or virtual size where there is no RSS.</param>
/// <param name="Category">Slug that a region must have, or null.</param>
/// <param name="Filter">Text of the filter box, or null.</param>
/// <param name="Cursor">Where the page before ended, or null.</param>
/// <param name="Limit">Rows of the page.</param>
/// <param name="Skip">Rows before the page; from a cursor on when there is one.</param>
internal sealed record RegionRequest(string? Sort, string? Category, string? Filter, string? Cursor, int Limit, int Skip = 0)
{
    /// <summary>The measure that growth, change and value are of.</summary>
    public GrowthMetric Metric { get; init; } = GrowthMetric.Rss;

    /// <summary>What a region must meet beside the filter.</summary>
    public RegionTraits Traits { get; init; } = RegionTraits.Parse(null);

    /// <summary>The regions that <see cref="RegionTraits.Selected"/> holds for.</summary>
    public IReadOnlySet<Guid> Selected { get; init; } = RegionSelection.None.Set;

    /// <summary>Names that <see cref="Sort"/> may have.</summary>
    public static IReadOnlyList<string> Sorts { get; } = ["growth", "rss", "pss", "virtual", "change", "address", "value"];
}

/// <summary>Regions of a window: filtered, sorted, a page of them, totals over all that match.</summary>
internal static class RegionList
{
    /// <summary>Answers a request from the index of its window and measure.</summary>
    public static RegionsWire Of(TrackWindow window, RegionIndex index, RegionRequest request)
    {
        var after = request.Cursor is null ? default(RegionCursor?) : RegionCursor.Decode(request.Cursor) ?? throw new InvalidCursorException();
        var sort = request.Sort ?? index.DefaultSort;
        var sum = default(Sums);
        var page = new List<int>();
        var (skipped, more) = (0, false);
        foreach (var row in Matching(window, index, request))
        {
            sum.Add(index, row);
            if (after is { } last && RegionCursor.Order.Compare(index.PlaceOf(row, sort), last) <= 0) continue;
            if (skipped < request.Skip) skipped++;
            else if (page.Count < request.Limit) page.Add(row);
            else more = true;
        }
        return new RegionsWire(window.ToWire(), index.WiresOf(window, page), more && page.Count > 0 ? index.PlaceOf(page[^1], sort).Encode() : null)
        {
            Metric = index.Metric.Slug,
            Unit = index.Metric.Unit,
            Missing = index.Missing,
            Metrics = index.Metrics,
            Value = index.Missing is null ? sum.Value : null,
            Change = index.Missing is null ? sum.Change : null,
            Matching = sum.Count,
            All = index.Count,
            RssBytes = sum.Rss,
            RssChangeBytes = sum.RssChange,
            VirtualBytes = sum.Virtual,
            PssBytes = index.HasPss ? sum.Pss : null,
            PrivateDirtyBytes = index.HasPrivateDirty ? sum.PrivateDirty : null,
        };
    }

    /// <summary>The regions that stand between two of the list, both counted, in its order; empty when one of them is not in it.</summary>
    public static IReadOnlyList<Guid> Between(TrackWindow window, RegionIndex index, RegionRequest request, Guid first, Guid last)
    {
        var ids = Matching(window, index, request).Select(index.IdOf).ToList();
        var (from, to) = (ids.IndexOf(first), ids.IndexOf(last));
        return from < 0 || to < 0 ? [] : ids.GetRange(Math.Min(from, to), Math.Abs(to - from) + 1);
    }

    /// <summary>Rows of the index that a request lets through, in its order.</summary>
    private static IEnumerable<int> Matching(TrackWindow window, RegionIndex index, RegionRequest request)
    {
        var filter = new RegionFilter(request.Filter);
        var measures = request.Traits.Asked.ToDictionary(m => m.Slug, m => index.Sum(window, m), StringComparer.Ordinal);
        foreach (var row in index.OrderBy(request.Sort ?? index.DefaultSort))
            if (index.Matches(row, request, filter, measures)) yield return row;
    }

    private struct Sums
    {
        public int Count;
        public long Rss, RssChange, Virtual, Pss, PrivateDirty, Value, Change;

        public void Add(RegionIndex index, int at)
        {
            ref readonly var row = ref index[at];
            Count++;
            (Rss, RssChange, Virtual) = (Saturating.Add(Rss, row.Rss.LastBytes), Saturating.Add(RssChange, row.Rss.ChangeBytes), Saturating.Add(Virtual, row.VirtualBytes));
            (Pss, PrivateDirty) = (Saturating.Add(Pss, row.PssBytes), Saturating.Add(PrivateDirty, row.PrivateDirtyBytes));
            (Value, Change) = (Saturating.Add(Value, row.Measured.LastBytes), Saturating.Add(Change, row.Measured.ChangeBytes));
        }
    }
}
