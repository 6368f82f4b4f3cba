namespace MemScope.Core.Analysis.Findings;

/// <summary>The knowledge base: every file of <c>Findings/Cards</c>, read once.</summary>
public static class Cards
{
    /// <summary>What the names of the embedded files begin with.</summary>
    private const string Prefix = "Cards/";

    /// <summary>All cards by their id.</summary>
    public static IReadOnlyList<Card> All { get; } = [.. Files().Select(f => CardFile.Read(f.Name, f.Text)).OrderBy(c => c.Id, StringComparer.Ordinal)];

    /// <summary>The card of an id, or null.</summary>
    public static Card? Find(string? id) => All.FirstOrDefault(c => c.Id == id);

    /// <summary>The files themselves: <c>S01.toml</c> and its text.</summary>
    internal static IEnumerable<(string Name, string Text)> Files()
    {
        var assembly = typeof(Cards).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name[Prefix.Length..], text.ReadToEnd());
        }
    }
}
