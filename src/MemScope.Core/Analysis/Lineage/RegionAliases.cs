namespace MemScope.Core.Analysis.Lineage;

/// <summary>A region as it was last known, by the line that showed it last: what is needed to find it in a track that was linked anew.</summary>
/// <param name="Id">The id that it had.</param>
/// <param name="LastNumber">Number of the last snapshot that showed it.</param>
/// <param name="Start">Its first address there.</param>
/// <param name="Backing">Its backing key: tells two lines of a torn snapshot apart that begin at one address.</param>
public sealed record KnownRegion(Guid Id, int LastNumber, ulong Start, string Backing);

/// <summary>Follows ids across a track that was built again: a late snapshot, a trace or a better analysis may give a region another first snapshot, and so another id.</summary>
public static class RegionAliases
{
    /// <summary>By the old id the region that holds its last sighting now. Ids that the track has, and those whose snapshot it has not, are left out.</summary>
    public static IReadOnlyDictionary<Guid, Region> Match(IEnumerable<KnownRegion> known, Track track)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(track);
        var points = new Dictionary<int, int>(track.Points.Count);
        for (var at = 0; at < track.Points.Count; at++) points.TryAdd(track.Points[at].Number, at);
        var found = new Dictionary<Guid, Region>();
        foreach (var group in known.Where(k => track.Find(k.Id) is null && points.ContainsKey(k.LastNumber)).GroupBy(k => points[k.LastNumber]))
        {
            var byStart = track.Regions.Where(r => r.IsAliveAt(group.Key)).ToLookup(r => track.RangeOf(r, group.Key).Start);
            foreach (var old in group)
            {
                var here = byStart[old.Start].ToList();
                if (here.Count > 0) found.TryAdd(old.Id, here.Find(r => r.Backing == old.Backing) ?? here[0]);
            }
        }
        return found;
    }
}
