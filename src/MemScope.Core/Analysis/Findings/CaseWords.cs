using System.Globalization;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Findings.Asking;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings;

/// <summary>Fills {placeholders} of cards with what a case says.</summary>
internal static class CaseWords
{
    /// <summary>The placeholders, and what each is filled with; null where the case does not say it.</summary>
    public static readonly IReadOnlyDictionary<string, Func<CaseFacts, Card, string?>> All = new Dictionary<string, Func<CaseFacts, Card, string?>>(StringComparer.Ordinal)
    {
        ["rate"] = static (c, _) => c.Slope > 0 ? AssessmentWords.Rate(c.Slope) : null,
        ["growth"] = static (c, _) => c.ChangeBytes > 0 ? SizeWords.Size(c.ChangeBytes) : null,
        ["rss"] = static (c, _) => c.RssBytes > 0 ? SizeWords.Size(c.RssBytes) : null,
        ["held"] = static (c, card) => card.Category is { } category && CaseFacts.Ends(c.Of([category])) is var (_, held) ? SizeWords.Size(held) : null,
        ["step"] = static (c, _) => Step(c) is { } step ? SizeWords.Size(step) : null,
        ["interval"] = static (c, _) => Step(c) is { } step && c.Slope > 0 ? string.Create(CultureInfo.InvariantCulture, $"{step / c.Slope:0.##} s") : null,
        ["regions"] = static (c, _) => GrowingRegions(c) is > 0 and var n ? n == 1 ? "one region" : SizeWords.Count(n, "region") : null,
        ["site"] = static (c, _) => FindingSites.Traced(c) is [var site, ..] ? SitePlace.Name(site.Frame) : null,
        ["heap-site"] = static (c, _) => FindingSites.Profiled(c) is [var site, ..] ? SitePlace.Name(site.Frame) : null,
        ["mapper"] = static (c, _) => c.File.Sites.Count > 0 && SitePlace.Of(c.File.Sites.MaxBy(s => s.MappedBytes)!.Frames) is { } frame ? SitePlace.Name(frame) : null,
        ["version"] = static (c, card) => c.VersionOf(card)?.Version.Text,
        ["allocator"] = static (c, _) => LastState(c)?.Name,
        ["in-use"] = static (c, _) => LastState(c)?.InUseBytes is { } bytes ? SizeWords.Size(bytes) : null,
        ["allocator-held"] = static (c, _) => LastState(c)?.HeldBytes is { } bytes ? SizeWords.Size(bytes) : null,
    };

    /// <summary>A text with its placeholders filled. A sentence with one that the case does not say is left out; of a text of one sentence the placeholder becomes <c>…</c>.</summary>
    public static string Fill(string text, CaseFacts facts, Card card)
    {
        if (!text.Contains('{', StringComparison.Ordinal)) return text;
        var sentences = text.Split(". ");
        if (sentences.Length == 1) return Filled(text, facts, card, out _);
        var told = new List<string>();
        foreach (var sentence in sentences)
            if (Filled(sentence, facts, card, out var isWhole) is var words && isWhole) told.Add(words.TrimEnd('.'));
        return told.Count == 0 ? "" : string.Join(". ", told) + ".";
    }

    private static string Filled(string text, CaseFacts facts, Card card, out bool isWhole)
    {
        isWhole = true;
        var filled = new System.Text.StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            if (open < 0)
            {
                filled.Append(text, at, text.Length - at);
                break;
            }
            var close = text.IndexOf('}', open);
            filled.Append(text, at, open - at);
            var value = All.GetValueOrDefault(text[(open + 1)..close])?.Invoke(facts, card);
            isWhole &= value is not null;
            filled.Append(value ?? "…");
            at = close + 1;
        }
        return filled.ToString();
    }

    private static long? Step(CaseFacts c) => c.Fastest is { } fastest && RegionSteps.Of(c.Track, fastest.Region, c.SteadyFrom, c.To).StepBytes is { } step ? step : null;

    private static int GrowingRegions(CaseFacts c)
    {
        if (!(c.Slope > 0)) return 0;
        var (share, count) = (0.0, 0);
        while (count < c.Ranking.Count && share < 0.9) share += c.Ranking[count++].BytesPerSecond / c.Slope;
        return count;
    }

    private static Heap.AllocatorState? LastState(CaseFacts c) => AllocatorChecks.States(c, []) is [.., var last] ? last : null;
}
