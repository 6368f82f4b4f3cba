namespace MemScope.Web.Components.Layout;

/// <summary>A view of a process: one tab.</summary>
/// <param name="Segment">Its part of the path; empty for the overview.</param>
/// <param name="Title">What its tab is called.</param>
/// <param name="Href">Its address over the window that is open.</param>
public sealed record ProcessTab(string Segment, string Title, Func<ProcessView, string> Href)
{
    /// <summary>The key that leads there, or null.</summary>
    public string? Key { get; init; }

    /// <summary>What the tab counts; null for nothing to count.</summary>
    public Func<ProcessView, int>? Count { get; init; }

    /// <summary>Whether it shows what was uploaded rather than what follows from it: those stand last, behind a line.</summary>
    public bool IsSource { get; init; }

    /// <summary>All tabs in the order of an investigation: what grows, which regions, what changed, who mapped it, what RSS is made of, why. Behind them what all of it rests on.</summary>
    public static IReadOnlyList<ProcessTab> All { get; } =
    [
        new("", "Overview", v => v.Links.Overview(v.Window)) { Key = "o" },
        new("regions", "Regions", v => v.Links.Regions()) { Key = "r" },
        new("diff", "Diff", v => v.Links.Diff()),
        new("stacks", "Stacks", v => v.Links.Stacks()) { Key = "s", Count = v => v.Process.Traces + v.Process.HeapProfiles },
        new("ledger", "Ledger", v => Urls.Ledger(v.Process.Id, v.Window)),
        new("findings", "Findings", v => Urls.Findings(v.Process.Id, v.Window)) { Key = "f", Count = v => v.Findings?.Items.Count(i => !Pages.Findings.FindingLook.IsRefuted(i)) ?? 0 },
        new("trace", "Trace", v => v.Links.Trace()) { Key = "t", Count = v => v.Process.Traces, IsSource = true },
        new("captures", "Captures", v => Urls.Captures(v.Process.Id, v.Window)) { Count = v => v.Process.Captures, IsSource = true },
    ];
}

/// <summary>Which tab of a process an address shows, and whether it is about one thing in it.</summary>
/// <param name="View">The tab; null for a page that has none.</param>
/// <param name="Thing">The path behind the tab: a region's id, a finding's rule; null for the view as a whole.</param>
public sealed record PagePlace(ProcessTab? View, string? Thing)
{
    /// <summary>Whether the page is about one thing.</summary>
    public bool HasThing => Thing is not null;

    /// <summary>The place of an address relative to the base: <c>p/{id}/regions/{region}?from=56</c>. By its path alone: a window in the query changes nothing.</summary>
    public static PagePlace Of(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var path = address.Split('?', '#')[0].Trim('/').Split('/');
        var segment = path.Length > 2 ? path[2] : "";
        return new(ProcessTab.All.FirstOrDefault(t => t.Segment.Equals(segment, StringComparison.OrdinalIgnoreCase)), path.Length > 3 ? path[3] : null);
    }
}
