using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Categories that were changed by hand, as wire records.</summary>
internal static class OverrideWires
{
    /// <summary>The overrides of a window with what they hold for: regions that are there at any of its points.</summary>
    public static IReadOnlyList<OverrideWire> Of(TrackWindow window)
    {
        var found = window.Overrides.Items.ToDictionary(i => i, _ => (Regions: 0, ByRule: new SortedSet<Category>()));
        foreach (var region in window.Track.Regions)
        {
            if (region.BornAt > window.To || region.LastAt < window.From || window.Overrides.Of(region, region.Assignment.Rule) is not { } item) continue;
            var (regions, byRule) = found[item];
            byRule.Add(region.Category);
            found[item] = (regions + 1, byRule);
        }
        return [.. found.Select(f => new OverrideWire(f.Key.Text, f.Key.Category.Slug(), Target(window, f.Key), f.Value.Regions, [.. f.Value.ByRule.Select(c => c.Slug())]))];
    }

    private static string Target(TrackWindow window, CategoryOverride item) => item.Target switch
    {
        OverrideTarget.Name => $"named {item.Value}",
        OverrideTarget.Rule => $"by the rule {item.Value}",
        _ => item.Region is { } id && window.Track.Find(id) is { } region ? Range(window, region) : $"region {item.Value}, which is not in this track",
    };

    private static string Range(TrackWindow window, Core.Analysis.Lineage.Region region)
    {
        var extent = window.Track.NearestExtentOf(region, window.To);
        return extent.Name.Length == 0 ? extent.Range.ToString() : $"{extent.Range} {extent.Name}";
    }
}
