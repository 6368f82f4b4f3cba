using MemScope.Core.Analysis.Diff;

namespace MemScope.Web.Answers;

/// <summary>How a difference is to be shown.</summary>
/// <param name="Group"><c>flat</c>, <c>category</c> or <c>backing</c>.</param>
/// <param name="Metric">By which number changes are weighed, or null for RSS (the virtual size where a side has none).</param>
/// <param name="Limit">Most rows to list, or null for all.</param>
/// <param name="State">The only state to count, or null.</param>
/// <param name="Filter">Text that rows contain in name, range, category or words, or null.</param>
public sealed record DiffRequest(string Group = DiffRequest.Flat, DiffMetric? Metric = null, int? Limit = null, string? State = null, string? Filter = null)
{
    /// <summary>All rows in one list.</summary>
    public const string Flat = "flat";

    /// <summary>Rows by category.</summary>
    public const string ByCategory = "category";

    /// <summary>Rows by backing within their category.</summary>
    public const string ByBacking = "backing";

    /// <summary>Most rows that a page asks for.</summary>
    public const int PageRows = 5000;

    /// <summary>Ways to group.</summary>
    public static IReadOnlyList<string> Groups { get; } = [Flat, ByCategory, ByBacking];

    /// <summary>States by name, as on the wire.</summary>
    public static IReadOnlyList<string> States { get; } = [.. Enum.GetValues<DiffState>().Select(Slug)];

    /// <summary>A state as on the wire.</summary>
    public static string Slug(DiffState state) => state.ToString().ToLowerInvariant();
}
