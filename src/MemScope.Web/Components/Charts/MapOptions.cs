namespace MemScope.Web.Components.Charts;

/// <summary>What the map draws; map.js reads it as <c>Options</c>. The columns themselves it fetches.</summary>
/// <param name="Url">Where the columns of a snapshot are fetched from, relative to the base; <c>at</c> is added.</param>
/// <param name="SeriesUrl">Where the snapshots for the slider are fetched from.</param>
/// <param name="RegionUrl">Address of a region's page, with <see cref="Placeholder"/> in place of the region.</param>
/// <param name="State">What is shown.</param>
public sealed record MapOptions(string Url, string SeriesUrl, string RegionUrl, MapState State)
{
    /// <summary>Stands for a region in <see cref="RegionUrl"/>.</summary>
    public string Placeholder { get; init; } = Guid.Empty.ToString();

    /// <summary>Names of categories for people, in the order of charts.</summary>
    public IReadOnlyDictionary<string, string> Titles { get; init; } = CategoryLook.AllTitles;

    /// <summary>Regions that can be selected at once.</summary>
    public int MostSelected { get; init; } = RegionSelection.Most;

    /// <summary>Counts the changes of the data: another number asks for it again.</summary>
    public long Version { get; init; }
}

/// <summary>What the map shows, as map.js tells and is told it; the parts are those of <see cref="MapShown"/>.</summary>
public sealed record MapState(int? At, string? Span, string? Scale, string? Selected);
