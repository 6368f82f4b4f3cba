using MemScope.Web.Answers;

namespace MemScope.Web;

/// <summary>Which regions a page lists, and how; part of its address.</summary>
/// <param name="Filter">Text of the filter box, or null.</param>
/// <param name="Category">Slug of the only category, or null.</param>
/// <param name="Sort">Order, or null.</param>
/// <param name="Metric">Measure of growth, or null for RSS.</param>
/// <param name="By"><c>backing</c> or <c>category</c> for growth in sum, or null.</param>
/// <param name="Is">Conditions of the chips as <see cref="RegionTraits"/> writes them, or null.</param>
/// <param name="Selected">Selected regions as <see cref="RegionSelection"/> writes them, or null.</param>
public sealed record RegionsShown(string? Filter = null, string? Category = null, string? Sort = null, string? Metric = null, string? By = null, string? Is = null, string? Selected = null)
{
    /// <summary>The conditions, read.</summary>
    public RegionTraits Traits => RegionTraits.Parse(Is);

    /// <summary>The selection, read.</summary>
    public RegionSelection Selection => RegionSelection.Parse(Selected);

    /// <summary>Whether something narrows the list.</summary>
    public bool IsFiltered => !string.IsNullOrWhiteSpace(Filter) || !string.IsNullOrEmpty(Category) || Traits.Terms.Count > 0;

    /// <summary>The same without anything that narrows the list.</summary>
    public RegionsShown All => this with { Filter = null, Category = null, Is = null };
}
