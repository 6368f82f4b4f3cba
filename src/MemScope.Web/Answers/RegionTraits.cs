using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Web.Answers;

/// <summary>
/// Conditions that regions of a list must meet, a term each, as an address and the API have them (<c>is=resident,-file-text,has-swap</c>): categories, states in the window, measures that are above 0.
/// A term with <c>-</c> before it must not hold. Categories add to one another, all else narrows.
/// </summary>
public sealed class RegionTraits
{
    /// <summary>Terms that are read at most.</summary>
    public const int Most = 24;

    /// <summary>Begins a term that names a measure.</summary>
    public const string Has = "has-";

    /// <summary>The term that holds for the selected regions.</summary>
    public const string Selected = "selected";

    private static readonly Dictionary<string, string> StateWords = new(StringComparer.Ordinal)
    {
        ["resident"] = "resident > 0",
        ["changed"] = "changed in window",
        ["grown"] = "grown in window",
        ["shrunk"] = "shrunk in window",
        ["born"] = "new in window",
        ["gone"] = "gone at its end",
        [Selected] = "only selected",
    };

    private static readonly IReadOnlyList<GrowthMetric> Counted = [.. GrowthMetric.All.Where(m => m.IsBytes && m.Slug is not ("rss" or "virtual"))];

    private RegionTraits(IReadOnlyList<string> terms, IReadOnlyList<string> problems) => (Terms, Problems) = (terms, problems);

    /// <summary>States, as terms.</summary>
    public static IReadOnlyList<string> States { get; } = [.. StateWords.Keys];

    /// <summary>Measures, as terms: <c>has-swap</c>.</summary>
    public static IReadOnlyList<string> Measures { get; } = [.. Counted.Select(m => Has + m.Slug)];

    /// <summary>The terms that were read, in their order, each once.</summary>
    public IReadOnlyList<string> Terms { get; }

    /// <summary>What could not be read, a sentence each.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>As an address has them, or null when there are none.</summary>
    public string? Text => Terms.Count == 0 ? null : string.Join(',', Terms);

    /// <summary>Measures that the terms ask for.</summary>
    internal IEnumerable<GrowthMetric> Asked => Counted.Where(m => Terms.Any(t => Bare(t) == Has + m.Slug));

    /// <summary>Reads terms. An unknown one is left out and told.</summary>
    public static RegionTraits Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return new([], []);
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        var unknown = parts.Where(p => !IsKnown(Bare(p))).Take(3).Select(p => $"“{(p.Length > 40 ? p[..40] + "…" : p)}” is no condition").ToList();
        if (parts.Count > Most) unknown.Add($"more than {Most} conditions");
        return new([.. parts.Where(p => IsKnown(Bare(p))).Take(Most)], unknown);
    }

    /// <summary>With one more term.</summary>
    public RegionTraits With(string term) => Parse(string.Join(',', [.. Terms, term]));

    /// <summary>Without a term.</summary>
    public RegionTraits Without(string term) => new([.. Terms.Where(t => t != term)], []);

    /// <summary>The term without its sign.</summary>
    public static string Bare(string term) => term.StartsWith('-') ? term[1..] : term;

    /// <summary>For people, of a term that names no category: <c>swap &gt; 0</c>; null for a category.</summary>
    public static string? Words(string term) =>
        StateWords.GetValueOrDefault(Bare(term)) ?? (Bare(term).StartsWith(Has, StringComparison.Ordinal) ? $"{Counted.FirstOrDefault(m => Has + m.Slug == Bare(term))?.Label} > 0" : null);

    /// <summary>Whether a region meets them all.</summary>
    internal bool Holds(RegionFacts facts)
    {
        var (asked, met) = (false, false);
        foreach (var term in Terms)
        {
            var bare = Bare(term);
            var isCategory = Categories.Parse(bare) is not null;
            var holds = isCategory ? bare == facts.Category : HoldsState(bare, facts);
            if (term.Length > bare.Length)
            {
                if (holds) return false;
            }
            else if (isCategory) (asked, met) = (true, met || holds);
            else if (!holds) return false;
        }
        return !asked || met;
    }

    private static bool HoldsState(string term, RegionFacts facts) => term switch
    {
        "resident" => facts.RssBytes > 0,
        "changed" => facts.ChangeBytes != 0,
        "grown" => facts.ChangeBytes > 0,
        "shrunk" => facts.ChangeBytes < 0,
        "born" => facts.IsBorn,
        "gone" => !facts.IsAlive,
        Selected => facts.IsSelected,
        _ => facts.Measure(term[Has.Length..]) > 0,
    };

    private static bool IsKnown(string term) => Categories.Parse(term) is not null || StateWords.ContainsKey(term) || Measures.Contains(term, StringComparer.Ordinal);
}

/// <summary>What <see cref="RegionTraits"/> look at.</summary>
/// <param name="Category">Slug.</param>
/// <param name="RssBytes">RSS at the window's end.</param>
/// <param name="ChangeBytes">Change over the window, in the measure of the list.</param>
/// <param name="IsBorn">Whether it is not in the window's first snapshot and was never before.</param>
/// <param name="IsAlive">Whether the window's last snapshot shows it.</param>
/// <param name="IsSelected">Whether it is selected.</param>
/// <param name="Measure">Bytes of a measure at the window's end, by slug.</param>
internal readonly record struct RegionFacts(string Category, long RssBytes, long ChangeBytes, bool IsBorn, bool IsAlive, bool IsSelected, Func<string, long> Measure);
