using MemScope.Core.Analysis.Findings.Asking;

namespace MemScope.Core.Analysis.Findings;

/// <summary>Reads what versions a remedy is for: <c>UCX &gt;= 1.17, &lt; 1.21</c>.</summary>
internal static class VersionWords
{
    private static readonly ProductVersion AnyVersion = ProductVersion.Parse("1")!;

    /// <summary>Product and conditions, or null when it is neither.</summary>
    public static (string Product, string Conditions)? Conditions(string text)
    {
        var sign = text.AsSpan().IndexOfAny('<', '>', '=');
        if (sign <= 0) return null;
        var (product, conditions) = (text[..sign].Trim(), text[sign..]);
        return product.Length > 0 && AnyVersion.Satisfies(conditions) is not null ? (product, conditions) : null;
    }

    /// <summary>Whether a remedy is for the version that the process runs; true where that is not known or of another product.</summary>
    public static bool IsFor(Remedy remedy, Card card, ProductVersion? version) =>
        version is null || remedy.Versions is null || Conditions(remedy.Versions) is not var (product, conditions) || !string.Equals(product, card.Product, StringComparison.OrdinalIgnoreCase) || version.Satisfies(conditions) is not false;
}
