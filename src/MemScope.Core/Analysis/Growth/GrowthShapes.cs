namespace MemScope.Core.Analysis.Growth;

/// <summary>Slugs of <see cref="GrowthShape"/>.</summary>
public static class GrowthShapes
{
    private static readonly string[] Slugs = ["flat", "bounded", "linear", "step", "plateau", "sawtooth", "geometric", "burst-hold"];

    /// <summary>As on the wire: <c>burst-hold</c>.</summary>
    public static string Slug(this GrowthShape shape) => Slugs[(int)shape];
}
