using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>RSS by category where the user gave categories: what is stored with snapshots is by rule.</summary>
internal static class CategoryTotals
{
    /// <summary>At a point of a window; null without overrides, or where the source has no RSS.</summary>
    public static IReadOnlyDictionary<string, long>? OfPoint(TrackWindow window, int at)
    {
        if (window.Overrides.IsEmpty || !window.Track.Has(at, Metric.Rss)) return null;
        var (vmas, categories) = (window.Track.VmasAt(at), window.CategoriesAt(at));
        var sums = new long[Categories.All.Count];
        for (var row = 0; row < vmas.Count; row++) sums[(int)categories[row].Category] += vmas[row].Bytes(Metric.Rss);
        return BySlug(sums);
    }

    /// <summary>At every point of a track that has RSS, by snapshot number.</summary>
    public static IReadOnlyList<(int Number, IReadOnlyDictionary<string, long> ByCategory)> OfPoints(Track track, CategoryOverrides overrides)
    {
        var series = TrackSeries.ByCategory(track, Metric.Rss, overrides);
        return [.. Enumerable.Range(0, track.Points.Count).Where(at => track.Has(at, Metric.Rss)).Select(at => (track.Points[at].Number, BySlug([.. Categories.All.Select(c => series.TryGetValue(c, out var values) ? (long)values[at] : 0)])))];
    }

    /// <summary>Of mappings that carry their category.</summary>
    public static IReadOnlyDictionary<string, long> Of(IReadOnlyList<VmaWire> vmas) =>
        vmas.Where(v => v.RssBytes > 0).GroupBy(v => v.Category, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(v => v.RssBytes ?? 0), StringComparer.Ordinal);

    private static Dictionary<string, long> BySlug(long[] sums) => Categories.All.Where(c => sums[(int)c] != 0).ToDictionary(c => c.Slug(), c => sums[(int)c], StringComparer.Ordinal);
}
