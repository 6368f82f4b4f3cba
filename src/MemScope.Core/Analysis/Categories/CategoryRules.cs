namespace MemScope.Core.Analysis.Categories;

/// <summary>The rules of the product, from <c>categories.toml</c>.</summary>
public static class CategoryRules
{
    /// <summary>In their order: the first that applies decides.</summary>
    public static IReadOnlyList<CategoryRule> All => Compiled.Rules;

    /// <summary>The same, ready for use.</summary>
    internal static RuleTable Compiled { get; } = new(RuleFile.Read(Text()));

    /// <summary>The rule of an id, or null.</summary>
    public static CategoryRule? Find(string? id) => All.FirstOrDefault(r => r.Id == id);

    private static string Text()
    {
        using var text = new StreamReader(typeof(CategoryRules).Assembly.GetManifestResourceStream("categories.toml")!);
        return text.ReadToEnd();
    }
}
