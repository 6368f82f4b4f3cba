using MemScope.Web.Answers;
using MemScope.Web.Components.Pages.Findings;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Layout;

/// <summary>Where an investigation goes on from a page.</summary>
/// <param name="Title">What the next page answers.</param>
/// <param name="Href">Its address.</param>
/// <param name="Why">The figure that makes it worth going on; empty where none is at hand.</param>
public sealed record NextStep(string Title, string Href, string Why);

/// <summary>The order of an investigation: what grows, which regions, who mapped them, why, and the proof. Says of each page what comes after it, by what is known already.</summary>
public static class NextSteps
{
    /// <summary>What comes after a page; null where nothing does.</summary>
    public static NextStep? After(PagePlace place, ProcessView view)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(view);
        var grows = Assessment(view).Kind is not "healthy" and not "retention";
        return place.View?.Segment switch
        {
            "" when view.Process.Snapshots == 0 => view.Process.Traces + view.Process.HeapProfiles > 0 ? Who(view, null) : null,
            "" => grows ? new("Which regions grow", view.Links.Regions(), Rate(view)) : Made(view),
            "regions" or "diff" => grows || view.Process.Traces > 0 ? Who(view, Guid.TryParse(place.Thing, out var region) && place.View.Segment == "regions" ? region : null) : Made(view),
            "stacks" or "trace" or "ledger" => Why(view),
            "findings" => place.Thing is { } rule ? Proof(view, rule) : Leading(view),
            _ => null,
        };
    }

    private static AssessmentWire Assessment(ProcessView view) => view.Findings?.Assessment ?? view.Process.Assessment;

    private static string Rate(ProcessView view) => view.Process.RssBytesPerSecond is { } rate && Format.RateOrDash(rate) != Format.Dash ? $"RSS {(rate > 0 ? "grows" : "falls")} by {Format.MiBPerMinute(Math.Abs(rate))} MiB/min over all snapshots" : "";

    private static NextStep Made(ProcessView view) => new("What RSS is made of", Urls.Ledger(view.Process.Id, view.Window), view.Process.RssBytes is { } rss ? $"RSS is {Format.MiB(rss)} MiB" : "");

    private static NextStep Who(ProcessView view, Guid? region)
    {
        var seen = new List<string>(2);
        if (view.Process.Traces > 0) seen.Add(Format.Of(view.Process.Traces, "trace"));
        if (view.Process.HeapProfiles > 0) seen.Add(Format.Of(view.Process.HeapProfiles, "heap profile"));
        return new(region is null ? "Who mapped it" : "Who mapped this region", view.Links.Stacks(region), seen.Count > 0 ? string.Join(" and ", seen) : "nobody was watched yet: the page has the command");
    }

    private static NextStep Why(ProcessView view)
    {
        var leading = FindingLook.Leading(view.Findings);
        return leading is null
            ? new("What was checked", Urls.Findings(view.Process.Id, view.Window), view.Findings is { } findings ? FindingLook.Nothing(findings) : "")
            : new("Why", Urls.Finding(view.Process.Id, leading.Rule, view.Window), $"{leading.Title} ({leading.Verdict})");
    }

    private static NextStep Leading(ProcessView view) => FindingLook.Leading(view.Findings) is { } leading
        ? new("The evidence", Urls.Finding(view.Process.Id, leading.Rule, view.Window), $"{leading.Title}: {FindingLook.Count(leading)}")
        : new("Compare with another run", Urls.Compare(new CompareSide(view.Process.Id, view.Window.Source), null), "");

    private static NextStep Proof(ProcessView view, string rule)
    {
        var side = new CompareSide(view.Process.Id, view.Window.Source);
        var finding = view.Findings?.Items.FirstOrDefault(f => f.Rule.Equals(rule, StringComparison.OrdinalIgnoreCase));
        return finding?.Remedies.FirstOrDefault(r => r.ProvenBy is not null) is { ProvenBy: { } run } proven
            ? new("The proof", Urls.Compare(side, new CompareSide(run)), $"the run with “{proven.Setting ?? proven.Title}” does not grow")
            : new("Prove a fix", Urls.Compare(side, null), "upload a run with the remedy, then compare");
    }
}
