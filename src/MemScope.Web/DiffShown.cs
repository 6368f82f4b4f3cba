using MemScope.Core.Analysis.Diff;
using MemScope.Web.Answers;

namespace MemScope.Web;

/// <summary>Which part of a diff a page shows, and how; part of its address.</summary>
/// <param name="State">The only state, or null.</param>
/// <param name="Filter">Text of rows, or null.</param>
/// <param name="Group"><c>backing</c>, or null for flat.</param>
/// <param name="Metric">Slug of the number in the main columns, or null for RSS.</param>
/// <param name="All">Whether the differences of all numbers have a column.</param>
public sealed record DiffShown(string? State = null, string? Filter = null, string? Group = null, string? Metric = null, bool All = false)
{
    /// <summary>Value of <c>columns</c> in an address that asks for all columns.</summary>
    public const string AllColumns = "all";

    /// <summary>Whether it shows only some rows.</summary>
    public bool IsFiltered => State is not null || !string.IsNullOrWhiteSpace(Filter);

    /// <summary>What is asked of the server: the rows with the biggest change, flat. Pages group and filter what they have; <paramref name="filtered"/> where there are more rows than they ask for.</summary>
    public DiffRequest ToRequest(bool filtered) =>
        new(DiffRequest.Flat, DiffMetrics.Parse(Metric), DiffRequest.PageRows, filtered && DiffRequest.States.Contains(State, StringComparer.Ordinal) ? State : null, filtered ? Filter : null);

    /// <summary>Whether rows that match may be missing in an answer of so many rows.</summary>
    public bool NeedsFilter(int allRows) => IsFiltered && allRows > DiffRequest.PageRows;
}
