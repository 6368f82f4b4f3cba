using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Findings;

/// <summary>Where a row of evidence leads: the page that shows it, over the same window.</summary>
public static class EvidenceLinks
{
    /// <summary>The address; null where nothing was read.</summary>
    public static string? Of(ViewLinks links, EvidenceSourceWire? source) => source switch
    {
        null => null,
        { Kind: "region", RegionId: { } region } => links.Region(region),
        { Kind: "snapshots" or "region", Category: { } category } => links.Regions(category),
        { Kind: "snapshots" or "region" } => links.Regions(),
        { Kind: "stacks" } => Urls.Stacks(links.Process, links.Window, new StackShown { Trace = source.TraceId, Region = source.RegionId, Category = source.Category }),
        { Kind: "trace" } => links.Trace(source.TraceId),
        { Kind: "heap-profile" } => links.Stacks(trace: source.TraceId, weight: "live"),
        { Kind: "ledger" } => Urls.Ledger(links.Process, links.Window),
        { Kind: "figures" } => Urls.Captures(links.Process, links.Window),
        _ => null,
    };
}
