using MemScope.Core.Analysis.Findings.Asking;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings;

/// <summary>Where memory is taken, by those who saw it.</summary>
internal static class FindingSites
{
    /// <summary>Sites of a finding.</summary>
    private const int Most = 10;

    /// <summary>A site below this share of the heaviest one's is not worth naming.</summary>
    private const double Least = 0.01;

    /// <summary>Sites of a finding: of memory inside malloc's heap the heap profile's, else the traces'.</summary>
    public static IReadOnlyList<FindingSite> Of(CaseFacts c, bool? insideMallocHeap)
    {
        var profiled = insideMallocHeap is true ? Profiled(c) : [];
        return profiled.Count > 0 ? profiled : Traced(c);
    }

    /// <summary>Callchains of traces that hold memory, most first.</summary>
    public static IReadOnlyList<FindingSite> Traced(CaseFacts c) => [.. Ranked(c.File.Sites.Select(s => (s.Frames, c.Traced.Weight(s), (TracedSite?)s))).Select(s => s with { IsResident = c.Traced.IsResidentKnown })];

    /// <summary>Callchains of the newest heap profile, most live bytes first.</summary>
    public static IReadOnlyList<FindingSite> Profiled(CaseFacts c) => Ranked(c.File.HeapSites.Select(s => (s.Frames, s.LiveBytes, (TracedSite?)null)));

    // Not every tracer prints modules and lines.
    private static bool IsSame(SiteFrame a, SiteFrame b) =>
        a.Function == b.Function && (a.Function is not null || a.Module == b.Module) && (a.Module is null || b.Module is null || a.Module == b.Module) && (a.Line is null || b.Line is null || a.Line == b.Line);

    private static FindingSite Joined(FindingSite site, long bytes, TracedSite? traced) => site with
    {
        Bytes = Saturating.Add(site.Bytes, bytes),
        Blocks = site.Blocks + (traced?.Blocks ?? 0),
        BlockBytes = traced is { Blocks: > 0 } && traced.BlockBytes != site.BlockBytes ? null : site.BlockBytes,
        OutstandingBytes = Saturating.Add(site.OutstandingBytes, traced?.OutstandingBytes ?? 0),
    };

    private static List<FindingSite> Ranked(IEnumerable<(IReadOnlyList<SiteFrame> Frames, long Bytes, TracedSite? Traced)> sites)
    {
        var places = new List<FindingSite>();
        foreach (var (frames, bytes, traced) in sites.Where(s => s.Bytes > 0).OrderByDescending(s => s.Bytes))
        {
            if (SitePlace.Of(frames) is not { } place) continue;
            if (places.FindIndex(p => IsSame(p.Frame, place)) is >= 0 and var same) places[same] = Joined(places[same], bytes, traced);
            else places.Add(new FindingSite(place, bytes, frames) { Blocks = traced?.Blocks ?? 0, BlockBytes = traced?.BlockBytes, OutstandingBytes = traced?.OutstandingBytes ?? 0 });
        }
        places.Sort((a, b) => b.Bytes.CompareTo(a.Bytes));
        return [.. places.Where(p => p.Bytes >= Least * places[0].Bytes).Take(Most)];
    }
}
