using MemScope.Core.Analysis;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>The sentence on top of the overview: how much, where, which mapping.</summary>
internal static class OverviewWords
{
    /// <summary>For the whole track its assessment; for a part of it what happened there.</summary>
    public static string Answer(TrackWindow window, AssessedProcess assessed, GrowthWire total, IReadOnlyList<GrowthWire> categories, IReadOnlyList<RegionWire> top)
    {
        if (!window.HasRss) return "These captures list mappings without resident sizes, so growth in RAM is not known. Send smaps or pmap -X.";
        if (window.Count == 1) return $"RSS is {SizeWords.Size(total.RssBytes)} in {SizeWords.Count(total.Regions, "mapping")}. Growth needs a second snapshot.";
        return window.IsWhole ? assessed.Assessment.Summary : Part(window, total, categories, top);
    }

    private static string Part(TrackWindow window, GrowthWire total, IReadOnlyList<GrowthWire> categories, IReadOnlyList<RegionWire> top)
    {
        var span = SizeWords.Length(window.Last.TakenAt - window.First.TakenAt);
        var change = total.RssChangeBytes;
        if (change == 0) return $"In these {span} RSS ended where it began, at {SizeWords.Size(total.RssBytes)}.";
        if (change < 0) return $"In these {span} RSS fell by {SizeWords.Size(change)} to {SizeWords.Size(total.RssBytes)}.";
        var most = categories.MaxBy(c => c.RssChangeBytes)!;
        var words = $"In these {span} RSS rose by {SizeWords.Size(change)} to {SizeWords.Size(total.RssBytes)}, {SizeWords.Size(most.RssChangeBytes)} of it in {most.Key} memory";
        if (top.Count == 0 || top[0].RssChangeBytes * 2 < change) return words + ".";
        var name = top[0].Name.Length == 0 ? "one unnamed mapping" : "one mapping";
        return top[0].Anchor.Length == 0 ? $"{words}, most in {name}." : $"{words}, most in {name}: {top[0].Anchor}.";
    }
}
