namespace MemScope.Web.Wire;

/// <summary>What was found for a text.</summary>
/// <param name="Query">The text.</param>
/// <param name="Hits">The best first; of one kind together.</param>
/// <param name="Searched">What was looked through, a phrase each, with the limits.</param>
public sealed record SearchWire(string Query, IReadOnlyList<SearchHitWire> Hits, IReadOnlyList<string> Searched)
{
    /// <summary>Why something may be missing that is there, a sentence; null when all was looked through.</summary>
    public string? Missing { get; init; }
}

/// <summary>One thing that was found.</summary>
/// <param name="Kind"><c>process</c>, <c>region</c>, <c>function</c>, <c>module</c> or <c>build-id</c>.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Detail">What is known of it, in words.</param>
/// <param name="Path">Address of its page, relative to the server.</param>
public sealed record SearchHitWire(string Kind, string Title, string Detail, string Path)
{
    /// <summary>Kinds, in the order of the groups of a page.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["process", "region", "function", "module", "build-id"];

    /// <summary>The process that it is in; null for a symbol file.</summary>
    public Guid? ProcessId { get; init; }

    /// <summary>Name, pid and host of that process, or null.</summary>
    public string? Where { get; init; }

    /// <summary>The region, of kind <c>region</c>.</summary>
    public Guid? RegionId { get; init; }

    /// <summary>Build id in hex, where one is known.</summary>
    public string? BuildId { get; init; }

    /// <summary>Slug of the category, of kind <c>region</c>.</summary>
    public string? Category { get; init; }
}
