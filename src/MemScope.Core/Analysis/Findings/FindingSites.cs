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

    /// <summary>Sites of a finding: of memory inside malloc's heap the heap profile's, else the traces', else whatever is known.</summary>
    public static IReadOnlyList<FindingSite> Of(CaseFacts c, bool? insideMallocHeap)
    {
        var (first, second) = insideMallocHeap is true ? (Profiled(c), Traced(c)) : (Traced(c), insideMallocHeap is false ? [] : Profiled(c));
        return first.Count > 0 ? first : second;
    }

    /// <summary>Callchains of traces that hold memory, most first.</summary>
    public static IReadOnlyList<FindingSite> Traced(CaseFacts c) => Ranked(c.File.Sites.Select(s => (s.Frames, c.Traced.Weight(s))));

    /// <summary>Callchains of the newest heap profile, most live bytes first.</summary>
    public static IReadOnlyList<FindingSite> Profiled(CaseFacts c) => Ranked(c.File.HeapSites.Select(s => (s.Frames, s.LiveBytes)));

    private static List<FindingSite> Ranked(IEnumerable<(IReadOnlyList<SiteFrame> Frames, long Bytes)> sites)
    {
        var places = new List<FindingSite>();
        foreach (var (frames, bytes) in sites.Where(s => s.Bytes > 0).OrderByDescending(s => s.Bytes))
        {
            if (SitePlace.Of(frames) is not { } place) continue;
            if (places.FindIndex(p => p.Frame.Function == place.Function && p.Frame.Module == place.Module && p.Frame.Line == place.Line) is >= 0 and var same) places[same] = places[same] with { Bytes = Saturating.Add(places[same].Bytes, bytes) };
            else places.Add(new FindingSite(place, bytes, frames));
        }
        places.Sort((a, b) => b.Bytes.CompareTo(a.Bytes));
        return [.. places.Where(p => p.Bytes >= Least * places[0].Bytes).Take(Most)];
    }
}
