namespace MemScope.Core.Analysis.Growth;

/// <summary>Slugs of <see cref="GrowthShape"/>.</summary>
public static class GrowthShapes
{
    private static readonly string[] Slugs = ["flat", "bounded", "linear", "step", "plateau", "sawtooth", "geometric", "burst-hold"];

    /// <summary>As on the wire: <c>burst-hold</c>.</summary>
    public static string Slug(this GrowthShape shape) => Slugs[(int)shape];

    /// <summary>The shape of a slug, or null.</summary>
    public static GrowthShape? Parse(string? slug) => Array.IndexOf(Slugs, slug) is >= 0 and var i ? (GrowthShape)i : null;
}
