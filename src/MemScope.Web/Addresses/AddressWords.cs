using System.Globalization;
using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;
using MemScope.Web.Answers;

namespace MemScope.Web.Addresses;

/// <summary>
/// Tells what a page leaves out of an address because it does not know it: a view that ignores half of its link in silence passes for another one.
/// Words that are a closed list stand here; what is free text, and what the page itself answers for (the ends of a window), does not.
/// </summary>
internal static class AddressWords
{
    private const int LongestQuote = 48;
    private const int MostProblems = 5;

    private static readonly IReadOnlyList<string> Weights = CallchainWeights.All;
    private static readonly IReadOnlyList<string> Kinds = [.. Categories.All.Select(c => c.Slug())];
    private static readonly IReadOnlyList<string> Growths = [.. GrowthMetric.All.Select(m => m.Slug)];
    private static readonly IReadOnlyList<string> Diffs = [.. DiffMetrics.All.Select(m => m.Slug())];
    private static readonly IReadOnlyList<string> Sources = [.. Enum.GetValues<SnapshotSource>().Select(s => s.Text())];

    private static readonly Dictionary<(string Page, string Name), Func<string, string?>> Rules = new()
    {
        [("", "verdict")] = OneOf(Wire.AssessmentWire.Kinds),
        [("", "sort")] = OneOf(FleetShown.Sorts),
        [("search", "in")] = Id,
        [("overview", "metric")] = OneOf(Growths),
        [("overview", "by")] = OneOf(ChartShown.Splits),
        [("regions", "metric")] = OneOf(Growths),
        [("regions", "by")] = OneOf(["backing", "category"]),
        [("regions", "sort")] = OneOf(RegionRequest.Sorts),
        [("regions", "category")] = OneOf(Kinds),
        [("regions", "is")] = value => RegionTraits.Parse(value).Problems is [var problem, ..] ? problem : null,
        [("regions", "sel")] = Ids,
        [("map", "at")] = Number,
        [("map", "span")] = value => MapShown.RangeOf(value) is null ? "a range of addresses is needed, 7f1f60000000-7f1f62200000" : null,
        [("map", "scale")] = OneOf([MapShown.Linear]),
        [("map", "sel")] = Ids,
        [("diff", "metric")] = OneOf(Diffs),
        [("diff", "group")] = OneOf(DiffRequest.Groups),
        [("diff", "state")] = OneOf(DiffRequest.States),
        [("diff", "columns")] = OneOf([DiffShown.AllColumns]),
        [("compare", "metric")] = OneOf(Diffs),
        [("compare", "group")] = OneOf(DiffRequest.Groups),
        [("compare", "state")] = OneOf(DiffRequest.States),
        [("compare", "columns")] = OneOf([DiffShown.AllColumns]),
        [("compare", "baseSource")] = OneOf(Sources),
        [("compare", "currentSource")] = OneOf(Sources),
        [("stacks", "weight")] = OneOf(Weights),
        [("stacks", "sort")] = OneOf(Weights),
        [("stacks", "order")] = OneOf(["self", "total"]),
        [("stacks", "view")] = OneOf([StackShown.LeafUp, StackShown.Merged]),
        [("stacks", "category")] = OneOf(Kinds),
        [("stacks", "trace")] = Id,
        [("stacks", "base")] = Id,
        [("stacks", "region")] = Id,
        [("stacks", "thread")] = Number,
        [("stacks", "rows")] = Number,
        [("trace", "trace")] = Id,
    };

    /// <summary>What of an address is not applied, in words; empty when all of it is.</summary>
    /// <param name="query">The address.</param>
    /// <param name="known">Names that the page reads.</param>
    public static IReadOnlyList<string> Problems(AddressQuery query, IReadOnlySet<string> known)
    {
        var page = PageOf(query.Path);
        var problems = new List<string>();
        foreach (var (name, escaped) in query.Parts)
        {
            if (name.Equals(AddressVersions.Parameter, StringComparison.OrdinalIgnoreCase) || string.IsNullOrEmpty(escaped)) continue;
            var value = AddressQuery.Readable(escaped);
            if (!known.Contains(name)) problems.Add($"{Quote(name, value)} (not known on this page)");
            else if (Rules.GetValueOrDefault((page, name)) is { } rule && rule(value) is { } wrong) problems.Add($"{Quote(name, value)} ({wrong})");
        }
        return problems.Count <= MostProblems ? problems : [.. problems.Take(MostProblems), string.Create(CultureInfo.InvariantCulture, $"and {problems.Count - MostProblems} more")];
    }

    /// <summary>A part of an address as text, clipped.</summary>
    public static string Quote(string name, string value) => $"{Clip(name)}={Clip(value)}";

    private static string PageOf(string path) => path.Trim('/').Split('/') switch
    {
        ["p", _] => "overview",
        ["p", _, "regions", "map"] => "map",
        ["p", _, "regions" or "findings", _, ..] => "one",
        ["p", _, var view, ..] => view,
        [var page, ..] => page,
        _ => "",
    };

    private static Func<string, string?> OneOf(IReadOnlyList<string> words) => value => words.Contains(value, StringComparer.Ordinal) ? null : $"known are {string.Join(", ", words)}";

    private static string? Id(string value) => Guid.TryParse(value, out _) ? null : "an id is needed";

    private static string? Ids(string value) =>
        value.Split(',').Any(id => !Guid.TryParse(id, out _)) ? "ids with commas between them are needed" : value.Split(',').Length > RegionSelection.Most ? string.Create(CultureInfo.InvariantCulture, $"{RegionSelection.Most} at most") : null;

    private static string? Number(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : "a number is needed";

    private static string Clip(string text) => text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";
}
