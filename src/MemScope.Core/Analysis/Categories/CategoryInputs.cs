using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>Which numbers the rules look at, beside addresses, permissions, names, inodes and flags: a snapshot of equal layout has other categories only through them.</summary>
internal static class CategoryInputs
{
    /// <summary>Numbers of which the rules ask whether they are printed and whether they are 0.</summary>
    private static readonly Metric[] AskedForZero = [Metric.Anonymous];

    /// <summary>Whether two tables of equal layout say the same to the rules.</summary>
    public static bool SameNumbers(VmaTable before, VmaTable after)
    {
        foreach (var metric in AskedForZero)
        {
            if (before.Has(metric) != after.Has(metric)) return false;
            if (!after.Has(metric)) continue;
            var (a, b) = (before.Column(metric), after.Column(metric));
            for (var row = 0; row < after.Count; row++) if (Math.Sign(a[row]) != Math.Sign(b[row])) return false;
        }
        return true;
    }
}
