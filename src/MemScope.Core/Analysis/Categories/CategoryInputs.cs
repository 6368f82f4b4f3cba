using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>Which numbers the rules look at, beside addresses, permissions, names, inodes and flags: a snapshot of equal layout has other categories only through them.</summary>
internal static class CategoryInputs
{
    /// <summary>By number the rules that ask whether it is 0; those of the layout <c>relro</c> ask for anonymous pages.</summary>
    private static readonly (Metric Metric, RuleSet Rules)[] Asked =
    [
        .. Enum.GetValues<Metric>()
            .Select(m => (m, RuleSet.Of(CategoryRules.All, r => r.Holds.Contains(m) || r.Lacks.Contains(m) || (m == Metric.Anonymous && r.Layout.HasFlag(Surroundings.Relro)))))
            .Where(a => a.Item2 != default),
    ];

    /// <summary>Whether two tables of equal layout say the same to the rules.</summary>
    public static bool SameNumbers(VmaTable before, VmaTable after)
    {
        foreach (var (metric, rules) in Asked)
        {
            if (before.Has(metric) != after.Has(metric)) return false;
            if (!after.Has(metric)) continue;
            var (a, b) = (before.Column(metric), after.Column(metric));
            if (ReferenceEquals(a, b)) continue;
            for (var row = 0; row < after.Count; row++) if (a[row] > 0 != b[row] > 0 && Matters(after, row, rules)) return false;
        }
        return true;
    }

    /// <summary>Whether one of some rules could speak of a row, whatever its neighbours are: first pages come and go all the time in mappings of which no rule asks.</summary>
    private static bool Matters(VmaTable vmas, int row, RuleSet asking)
    {
        var rules = CategoryRules.Compiled;
        return (asking & rules.Of(vmas.Permissions[row]) & rules.OfFlags(vmas.Flags?[row]) & rules.OfName(vmas.Names[row]).Matches) != default;
    }
}
