using System.Globalization;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Findings.Asking;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings;

/// <summary>
/// Says in one line what a case comes to. Whether memory grows, only the snapshots say: other evidence tells who, on which side of malloc, and whether it is in use. Nothing makes a
/// process a leak that does not grow; a card may see growth of which RSS as a whole has no form: doublings, copies of a library.
/// </summary>
internal static class CaseAssessor
{
    /// <summary>A heap profile that explains that much of the growth makes it the heap's: most of it.</summary>
    private const double Most = 0.5;

    /// <summary>The assessment.</summary>
    public static ProcessAssessment Assess(CaseFacts c, IReadOnlyList<Finding> findings)
    {
        var sure = findings.Where(f => f.Certainty is Certainty.Likely or Certainty.Confirmed).ToList();
        if (sure.Find(f => f.Card.Kind is FindingKind.NotALeak or FindingKind.NotThisProcess && IsAbout(f, c)) is { } harmless) return new("healthy", null, harmless.Category, harmless.Summary);
        if (c.Grows) return Growing(c, sure);
        if (GoesOn(c) && sure.Find(f => f.Card.Kind == FindingKind.Leak) is { } leak) return new("leak", leak.Card.InsideMallocHeap, leak.Category, leak.Summary);
        if (sure.Find(f => f.Card.Kind == FindingKind.Retention) is { } retention) return Kept(c, retention);
        if (c.Snapshots.Kind == "retention" && Retained.Of(c, [Category.Heap, Category.Arena]) is { } kept && kept.Share < Most)
            return new("healthy", null, null, $"RSS stays at {SizeWords.Size(c.RssBytes)}, and {SizeWords.Size(kept.InUseBytes)} of it are in use. Nothing grows.");
        return c.Snapshots;
    }

    /// <summary>Of a process that grows, what is no leak must be about what grows.</summary>
    private static bool IsAbout(Finding finding, CaseFacts c) =>
        !c.Grows || finding.Card.Kind == FindingKind.NotALeak && (finding.Category is null || finding.Category == c.Snapshots.Category);

    /// <summary>Whether RSS ends near its highest and a good part of its rise came in the second half: of a steady rise half does, of a pool that has filled up nothing.</summary>
    private static bool GoesOn(CaseFacts c)
    {
        var finite = Array.FindAll(c.Rss, double.IsFinite);
        if (finite.Length < ProcessAssessor.FewestSnapshots) return false;
        var rise = finite[^1] - finite[0];
        return rise >= ProcessAssessor.SmallestLeakBytes && finite[^1] >= 0.9 * finite.Max() && finite[^1] - finite[finite.Length / 2] >= rise / 4;
    }

    private static ProcessAssessment Growing(CaseFacts c, List<Finding> sure)
    {
        var inHeap = c.Snapshots.InsideMallocHeap is true;
        var (residual, line) = (c.Residual, c.Growth.Shape == Analysis.Growth.GrowthShape.Geometric ? ", faster all the time" : " in a straight line");
        if (residual is { RssBytes: > 0 and var rss, LiveBytes: var live } && live >= Most * rss)
        {
            var who = FindingSites.Profiled(c) is [var top, ..] ? $": {SitePlace.Name(top.Frame)}" : "";
            var share = Math.Min(1, (double)live / rss);
            return new("leak", true, c.Snapshots.Category, string.Create(CultureInfo.InvariantCulture, $"{(inHeap ? "The malloc heap" : "Memory of malloc")} grows by {AssessmentWords.Rate(c.Slope)}{line}, and the heap profile explains {share * 100:0} % of it{who}."));
        }
        if (inHeap && sure.Find(f => f.Card.Kind == FindingKind.Retention) is { } retention) return Kept(c, retention);
        if (inHeap) return residual is { Course.IsComplete: true, Share: >= Most } flat ? Unused(c, flat) : c.Snapshots;
        return Outside(c, sure);
    }

    /// <summary>The heap grows, but not what is live in it.</summary>
    private static ProcessAssessment Unused(CaseFacts c, Heap.Residual flat) => new("retention", true, c.Snapshots.Category,
        $"Malloc's memory grows by {AssessmentWords.Rate(c.Slope)}, but what is live in it grew by only {SizeWords.Size(Math.Max(0, flat.LiveBytes))} while RSS grew by {SizeWords.Size(flat.RssBytes)}. Malloc keeps the rest; what it says of itself (malloc_info) would tell how.");

    private static ProcessAssessment Kept(CaseFacts c, Finding finding)
    {
        var where = finding.Category is { } category && category.IsMallocHeap() ? Capital(AssessmentWords.Name(category)) : "The allocator";
        var keep = finding.Category == Category.Arena ? "keep" : "keeps";
        var (now, last) = c.Grows ? ("grows", "this is no leak of the program") : ("stays", "this is not a leak");
        var rss = c.Grows ? $"RSS is at {SizeWords.Size(c.RssBytes)} and {now} by {AssessmentWords.Rate(c.Slope)}" : $"RSS {now} at {SizeWords.Size(c.RssBytes)}";
        return Retained.Of(c, [Category.Heap, Category.Arena]) is { } kept
            ? new("retention", true, finding.Category, $"{rss} although only {SizeWords.Size(kept.InUseBytes)} are in use. {where} {keep} the rest; {last}.")
            : new("retention", finding.Card.InsideMallocHeap, finding.Category, finding.Summary);
    }

    private static ProcessAssessment Outside(CaseFacts c, List<Finding> sure)
    {
        var summary = c.Snapshots.Summary;
        var cause = sure.Find(f => f.Card.Kind == FindingKind.Leak && f.Card.Id[0] == 'S' && (f.Category is null || f.Category == c.Snapshots.Category));
        var inside = cause?.Card.InsideMallocHeap ?? c.Snapshots.InsideMallocHeap;
        if (cause is { Certainty: Certainty.Confirmed, Card.InShort: { } clause } && summary.EndsWith('.')) summary = $"{summary[..^1]}, which {CaseWords.Fill(clause, c, cause.Card)}.";
        else if (cause is not null) summary = cause.Certainty == Certainty.Confirmed ? $"{summary} {cause.Card.Title}." : $"{summary} It looks like this: {Lower(cause.Card.Title)}.";
        else if (c.Traced.Any && c.Traced.Total > 0 && FindingSites.Traced(c) is [var site, ..]) return Seen(c, summary, site);
        else if (c.Traced is { Any: true, Total: > 0 }) summary = $"{summary} Traces saw it being mapped, but their callchains end inside libc: whole stacks would name who asks.";
        else if (!c.Traced.Any) summary = $"{summary} Nobody has been seen mapping it: run the probe below for 10 s.";
        return c.Snapshots with { InsideMallocHeap = inside, Summary = summary };
    }

    private static ProcessAssessment Seen(CaseFacts c, string summary, FindingSite site)
    {
        var malloc = c.File.Sites.Where(s => SitePlace.IsMalloc(s.Frames)).SumOf(c.Traced.Weight);
        var seen = $"{SitePlace.Name(site.Frame)} maps {SizeWords.Size(site.Bytes)} of the {SizeWords.Size(c.Traced.Total)} that traces saw being mapped for good";
        return malloc >= Most * c.Traced.Total
            ? c.Snapshots with { InsideMallocHeap = true, Summary = $"Memory of malloc grows by {AssessmentWords.Rate(c.Slope)}: it maps large blocks outside its heap. {seen}." }
            : c.Snapshots with { Summary = $"{summary} {seen}." };
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static string Lower(string text) => text.Length > 1 && char.IsAsciiLetterLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
}
