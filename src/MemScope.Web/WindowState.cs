using MemScope.Core.Analysis.Categories;

namespace MemScope.Web;

/// <summary>The state of a process page that a link carries. <c>v=1</c> marks the layout of the query.</summary>
/// <param name="Source">Track, or null for the richest.</param>
/// <param name="From">First snapshot of the window, or null for the whole track.</param>
/// <param name="To">Last snapshot of the window, or null.</param>
public sealed record WindowState(string? Source = null, int? From = null, int? To = null)
{
    /// <summary>Categories that the user gave to regions, as <see cref="CategoryOverrides.Text"/> writes them, or null.</summary>
    public string? As { get; init; }

    /// <summary>The same, read.</summary>
    public CategoryOverrides Overrides => CategoryOverrides.Parse(As);

    /// <summary>The same without a window: the whole track.</summary>
    public WindowState Whole => this with { From = null, To = null, FromTime = null, ToTime = null };

    /// <summary>Earliest time of the window where an address names times instead of snapshots: a part of a trace lies between them.</summary>
    public DateTimeOffset? FromTime { get; init; }

    /// <summary>Latest time of the window where an address names times instead of snapshots.</summary>
    public DateTimeOffset? ToTime { get; init; }
}
