using System.Globalization;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of the number of mappings: how many there are, of what, and how many the kernel allows.</summary>
internal static class MappingChecks
{
    /// <summary>What vm.max_map_count is unless somebody set it: DEFAULT_MAX_MAP_COUNT, USHRT_MAX less 5 (include/linux/mm.h).</summary>
    private const int DefaultLimit = 65530;

    /// <summary>Name of the label that says another one.</summary>
    private const string LimitLabel = "max_map_count";

    private static readonly CheckArgument Least = new("least", ArgumentKind.Number, "at least so many more at the window's end");
    private static readonly CheckArgument Category = new("category", ArgumentKind.Categories, "of these categories") { IsOptional = true };
    private static readonly CheckArgument Name = new("name", ArgumentKind.Patterns, "of these names") { IsOptional = true };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("mappings-pile-up", "the number of these mappings rises in each third of the window", [Category, Name, Least], PileUp),
        new("copies-pile-up", "code of the same library is mapped again and again: names that differ in digits only, or deleted files of one folder", [Least], CopiesPileUp),
        new("mapping-limit", "the number of mappings is that share of vm.max_map_count", [new("least", ArgumentKind.Share, "of the limit")], NearLimit),
        new("touching", "that share of the mappings touches an unnamed neighbour with other permissions", [new("least", ArgumentKind.Share, "of the mappings")], Touching),
    ];

    private static CheckResult PileUp(CheckCall call)
    {
        var (c, categories, names) = (call.Case, call.Categories("category"), call.Texts("name"));
        var what = names.Count > 0 ? $"mappings of {string.Join(" or ", names)}" : categories.Count > 0 ? $"mappings of {GrowthChecks.Names(categories)}" : "mappings";
        return Piled(call, what, Numbers(c, r => (categories.Count == 0 || categories.Contains(r.Category)) && (names.Count == 0 || Pattern.MatchesAny(names, r.Backing))), categories.Count == 1 ? categories[0] : null);
    }

    private static CheckResult CopiesPileUp(CheckCall call)
    {
        var c = call.Case;
        if (c.Count == 0) return CheckResult.Unknown("no snapshot");
        var code = c.Track.Regions.Where(r => r.Category == Model.Category.FileText && r.LastAt >= c.From && r.BornAt <= c.To).ToList();
        var extents = c.Track.NearestExtentsOf(code, c.To);
        var groups = new Dictionary<string, List<Region>>(StringComparer.Ordinal);
        for (var i = 0; i < code.Count; i++)
        {
            if (!extents[i].Permissions.HasFlag(VmaPermissions.Execute)) continue;
            var group = GroupOf(code[i].Backing);
            if (!groups.TryGetValue(group, out var members)) groups[group] = members = [];
            members.Add(code[i]);
        }
        if (groups.Count == 0) return CheckResult.Of(false, "no library is mapped", c.SnapshotSource());
        var (name, copies) = groups.MaxBy(g => g.Value.Count);
        return Piled(call, $"code of {name}, mapped", Numbers(c, copies), Model.Category.FileText);
    }

    private static CheckResult Piled(CheckCall call, string what, double[] numbers, Category? category)
    {
        var c = call.Case;
        if (c.Count < Rising.FewestPoints) return CheckResult.Unknown($"{SizeWords.Count(c.Count, "snapshot")} cannot tell what piles up from what was loaded once");
        var rise = Rising.Rise(numbers);
        var figures = string.Create(CultureInfo.InvariantCulture, $"{what}: {numbers[0]:N0} at {c.Number(c.From)}, {numbers[^1]:N0} at {c.Number(c.To)}");
        return CheckResult.Of(rise >= call.Number("least") && Rising.Throughout(numbers), figures, c.SnapshotSource(category)) with
        {
            Curve = CaseFacts.Curve(numbers), Metric = string.Create(CultureInfo.InvariantCulture, $"{(rise < 0 ? "" : "+")}{rise:N0}"),
        };
    }

    private static CheckResult NearLimit(CheckCall call)
    {
        var c = call.Case;
        if (c.Count == 0) return CheckResult.Unknown("no snapshot");
        var count = c.Track.CountAt(c.To);
        var said = c.File.Process.Labels.FirstOrDefault(l => l.Key.EndsWith(LimitLabel, StringComparison.OrdinalIgnoreCase)).Value;
        var isSaid = int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0;
        if (!isSaid) limit = DefaultLimit;
        // The count may exceed the limit by one: mmap asks before it adds.
        if (count > limit + 1) return CheckResult.Unknown(string.Create(CultureInfo.InvariantCulture, $"{count:N0} mappings are more than the default of vm.max_map_count allows: somebody raised it, a label {LimitLabel} would say to what"));
        var share = (double)count / limit;
        return CheckResult.Of(share >= call.Share("least"), string.Create(CultureInfo.InvariantCulture, $"{count:N0} mappings at {c.Number(c.To)}; vm.max_map_count is {limit:N0}{(isSaid ? "" : " unless it was set")}"), c.SnapshotSource()) with
        {
            Curve = CaseFacts.Curve(Numbers(c, _ => true)), Metric = GrowthChecks.Percent(share),
        };
    }

    private static CheckResult Touching(CheckCall call)
    {
        var (c, vmas) = (call.Case, call.Case.Vmas);
        if (vmas.Count < 2) return CheckResult.Unknown("no snapshot");
        var touching = 0;
        for (var i = 1; i < vmas.Count; i++)
            if (vmas[i].Name.Length == 0 && vmas[i - 1].Name.Length == 0 && vmas[i].Start == vmas[i - 1].End && vmas[i].Permissions != vmas[i - 1].Permissions) touching++;
        var share = (double)touching / vmas.Count;
        return CheckResult.Of(share >= call.Share("least"), string.Create(CultureInfo.InvariantCulture, $"{touching:N0} of {vmas.Count:N0} begin where an unnamed one of other permissions ends"), c.SnapshotSource()) with { Metric = GrowthChecks.Percent(share) };
    }

    /// <summary>How many regions there are at each point of the window.</summary>
    private static double[] Numbers(CaseFacts c, Func<Region, bool> isWanted) => Numbers(c, c.Track.Regions.Where(isWanted));

    private static double[] Numbers(CaseFacts c, IEnumerable<Region> regions)
    {
        var numbers = new double[c.Count];
        foreach (var region in regions)
        {
            var (first, last) = (Math.Max(region.BornAt, c.From) - c.From, Math.Min(region.LastAt, c.To) - c.From);
            for (var at = first; at <= last; at++) numbers[at]++;
        }
        return numbers;
    }

    /// <summary>What copies of one library have in common: of a deleted file the folder, whatever it was called there; else the file's name with <c>#</c> for its digits.</summary>
    private static string GroupOf(string path)
    {
        if (path.EndsWith(" (deleted)", StringComparison.Ordinal) && path.LastIndexOf('/') is > 0 and var slash) return path[..slash] + "/… (deleted)";
        var name = new System.Text.StringBuilder();
        foreach (var letter in CaseFacts.FileName(path))
        {
            if (!char.IsAsciiDigit(letter)) name.Append(letter);
            else if (name.Length == 0 || name[^1] != '#') name.Append('#');
        }
        return name.ToString();
    }
}
