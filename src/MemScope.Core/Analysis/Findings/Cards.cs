namespace MemScope.Core.Analysis.Findings;

/// <summary>The knowledge base: every file of <c>Findings/Cards</c>, read once.</summary>
public static class Cards
{
    /// <summary>All cards by their id.</summary>
    public static IReadOnlyList<Card> All { get; } = [];
}
