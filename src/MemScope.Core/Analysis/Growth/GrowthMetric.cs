using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Growth;

/// <summary>A measure of memory whose growth is asked: charted, listed and ranked.</summary>
/// <param name="Slug">As in addresses and on the wire: <c>private-dirty</c>.</param>
/// <param name="Label">As on a page: <c>Private dirty</c>.</param>
/// <param name="Title">What a chart of it by category is called.</param>
/// <param name="Parts">The numbers of a mapping that add up to it; none for the count of mappings.</param>
public sealed record GrowthMetric(string Slug, string Label, string Title, params IReadOnlyList<Metric> Parts)
{
    /// <summary>Resident set: what pages ask for when nobody says otherwise.</summary>
    public static GrowthMetric Rss { get; } = new("rss", "RSS", "Resident memory by category", Metric.Rss);

    /// <summary>How many mappings there are, each counted as one.</summary>
    public static GrowthMetric Mappings { get; } = new("mappings", "Mappings", "Mappings by category");

    /// <summary>
    /// All, in the order of pages. USS is what would be freed if the process ended: Private_Clean + Private_Dirty. Private_Hugetlb has no part in it, as hugetlb has none in RSS.
    /// </summary>
    public static IReadOnlyList<GrowthMetric> All { get; } =
    [
        Rss,
        new("pss", "PSS", "Proportional memory by category", Metric.Pss),
        new("uss", "USS", "Unique memory by category", Metric.PrivateClean, Metric.PrivateDirty),
        new("private-dirty", "Private dirty", "Private dirty memory by category", Metric.PrivateDirty),
        new("anonymous", "Anonymous", "Anonymous memory by category", Metric.Anonymous),
        new("swap", "Swap", "Swapped memory by category", Metric.Swap),
        new("lazy-free", "LazyFree", "Memory given back lazily by category", Metric.LazyFree),
        new("anon-huge", "AnonHugePages", "Anonymous huge pages by category", Metric.AnonHugePages),
        new("virtual", "Virtual", "Address space by category", Metric.Size),
        Mappings,
    ];

    /// <summary>Whether its values are bytes; else they are counts.</summary>
    public bool IsBytes => Parts.Count > 0;

    /// <summary><c>bytes</c> or <c>count</c>.</summary>
    public string Unit => IsBytes ? "bytes" : "count";

    /// <summary>The measure of a slug, or null.</summary>
    public static GrowthMetric? Find(string? slug) => All.FirstOrDefault(m => m.Slug == slug);

    /// <summary>
    /// What one of it counts for where rules of shape ask for bytes: a byte, or for a mapping four pages of 4 KiB, so that a series that moves by four mappings or less is flat.
    /// </summary>
    public double Weight => IsBytes ? 1 : ShapeOf.FlatBytes / 4;

    /// <summary>Slugs of the measures that some point from <paramref name="from"/> to <paramref name="to"/> has.</summary>
    public static IReadOnlyList<string> PrintedIn(Track track, int from, int to) => [.. All.Where(m => m.Missing(track, from, to) is null).Select(m => m.Slug)];

    /// <summary>Whether a point of a track has it.</summary>
    public bool IsPrinted(Track track, int at) => Parts.All(p => TrackSeries.IsPrinted(track, at, p));

    /// <summary>Why the points from <paramref name="from"/> to <paramref name="to"/> do not have it, or null when one does: <c>pmap -x does not print PSS</c>.</summary>
    public string? Missing(Track track, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(track);
        for (var at = from; at <= to; at++) if (track.CountAt(at) > 0 && IsPrinted(track, at)) return null;
        return track.Source is SnapshotSource.Smaps ? $"This kernel's smaps does not print {Label}." : $"{track.Source.Text()} does not print {Label}.";
    }
}
