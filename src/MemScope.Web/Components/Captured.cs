using MemScope.Web.Wire;

namespace MemScope.Web.Components;

/// <summary>Whether the source of an answer prints resident sizes. <c>maps</c> and plain <c>pmap</c> do not: their RSS is not zero but not known.</summary>
public static class Captured
{
    /// <summary>Of an overview.</summary>
    public static bool Rss(OverviewWire overview) => overview.Last.RssBytes is not null;

    /// <summary>Of a diff: both sides.</summary>
    public static bool Rss(DiffWire diff) => diff is { Base.RssBytes: not null, Current.RssBytes: not null };

    /// <summary>Of a list of regions; true for an empty one.</summary>
    public static bool Rss(RegionsWire regions) => regions.Items.Count == 0 || regions.Items.Any(r => r.RssBytes is not null);

    /// <summary>By what a list of regions is sorted when nobody asks.</summary>
    public static string Sort(RegionsWire regions) => Rss(regions) ? "growth" : "virtual";

    /// <summary>A sum in KiB over the rows that have the figure; "not captured" where none has.</summary>
    public static string Sum(IEnumerable<RegionWire> rows, Func<RegionWire, long?> of)
    {
        var known = rows.Select(of).OfType<long>().ToList();
        return known.Count == 0 ? Format.NotCaptured : $"{Format.KiB(known.Sum())} KiB";
    }
}
