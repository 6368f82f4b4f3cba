using System.Globalization;
using System.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>Writes a rule's reason for one mapping, with its figures. Made only for what is shown: a snapshot has thousands of mappings.</summary>
public static class CategoryReasons
{
    /// <summary>
    /// The rule's reason, and behind it in parentheses what it saw: <c>a stack's usual size, directly above a guard (8 MiB above 4 KiB)</c>. <paramref name="vma"/> must be a mapping
    /// that the rule decided; its neighbours are read from its table.
    /// </summary>
    public static string Explain(this CategoryRule rule, Vma vma)
    {
        ArgumentNullException.ThrowIfNull(rule);
        if (rule.Figures is not { } template) return rule.Why;
        var text = new StringBuilder(rule.Why, rule.Why.Length + template.Length + 32).Append(" (");
        var at = 0;
        for (var open = template.IndexOf('{', StringComparison.Ordinal); open >= 0; open = template.IndexOf('{', at))
        {
            var close = template.IndexOf('}', open);
            text.Append(template, at, open - at).Append(Figure(rule, vma, template[(open + 1)..close]));
            at = close + 1;
        }
        return text.Append(template, at, template.Length - at).Append(')').ToString();
    }

    private static string Figure(CategoryRule rule, Vma vma, string placeholder) => placeholder switch
    {
        "size" => Size(vma.VirtualBytes),
        "start" => vma.Start.ToString("x", CultureInfo.InvariantCulture),
        "rss" => vma[Metric.Rss] is null ? "an unknown part" : SizeWords.Size(vma.Bytes(Metric.Rss)),
        "guard" => Size(GuardBelow(vma)),
        "rest" => Size(RestBehind(vma)),
        "reserve" => Size(ReserveBeside(vma)),
        "owner" => new NameParts(vma.Name).Owner.ToString(),
        "flags" => string.Join(' ', rule.Flags.Where(f => VmFlags.Has(vma.Flags, f))),
        _ => Loaded(rule, vma.Table),
    };

    private static string Size(ulong bytes) => SizeWords.Size((long)Math.Min(bytes, long.MaxValue));

    private static ulong GuardBelow(Vma vma) =>
        vma.Index > 0 && vma.Table[vma.Index - 1] is var below && below.End == vma.Start && IsReserve(below) ? below.VirtualBytes : 0;

    /// <summary>Size of the next mapping without access in the same run, above.</summary>
    private static ulong RestBehind(Vma vma)
    {
        var table = vma.Table;
        var row = vma.Index;
        while (row + 1 < table.Count && table[row].End == table[row + 1].Start && IsPlainAnonymous(table[row + 1]))
            if (IsReserve(table[++row])) return table[row].VirtualBytes;
        return 0;
    }

    private static ulong ReserveBeside(Vma vma)
    {
        var (table, sum) = (vma.Table, 0UL);
        for (var row = vma.Index; row > 0 && table[row - 1].End == table[row].Start && IsPlainAnonymous(table[row - 1]); row--) sum += Reserved(table[row - 1]);
        for (var row = vma.Index; row + 1 < table.Count && table[row].End == table[row + 1].Start && IsPlainAnonymous(table[row + 1]); row++) sum += Reserved(table[row + 1]);
        return sum;
    }

    private static ulong Reserved(Vma vma) => IsReserve(vma) ? vma.VirtualBytes : 0;

    private static bool IsReserve(Vma vma) => vma.Permissions == VmaPermissions.None && vma.Name.Length == 0;

    private static bool IsPlainAnonymous(Vma vma) => vma.Name.Length == 0 && (vma.Permissions & VmaPermissions.Shared) == VmaPermissions.None;

    /// <summary>The first file that the rule looks for.</summary>
    private static string Loaded(CategoryRule rule, VmaTable table)
    {
        var last = "";
        for (var row = 0; row < table.Count; row++)
        {
            var name = table.Names[row];
            if (ReferenceEquals(name, last) || (table.Permissions[row] & VmaPermissions.Execute) == VmaPermissions.None) continue;
            last = name;
            var parts = new NameParts(name);
            if (CategoryRule.MatchesAny(rule.Loads, parts.FileName)) return parts.FileName.ToString();
        }
        return "";
    }
}
