using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;

namespace MemScope.Storage.Regions;

/// <summary>A row of <c>region</c>, as far as it says whether it still stands.</summary>
internal sealed record StoredRegion(KnownRegion Known, bool IsGone, int Snapshots);

/// <summary>What has to be written so that the rows of a track say what the track says.</summary>
/// <param name="Changed">Regions whose rows may be others.</param>
/// <param name="Renamed">Ids that rows have and what these regions are called now.</param>
/// <param name="Lost">Ids that rows have and the track has not, under no name: of snapshots that were deleted, or that are too many to be loaded.</param>
internal sealed record RegionWork(IReadOnlyList<RegionSummary> Changed, IReadOnlyDictionary<Guid, Guid> Renamed, IReadOnlyList<Guid> Lost)
{
    /// <summary>Compares a track with its rows.</summary>
    /// <param name="track">The track.</param>
    /// <param name="stored">Its rows.</param>
    /// <param name="isCurrent">They are of this version of the analysis: then the row of a region that is gone stays as it is.</param>
    public static RegionWork Of(Track track, IReadOnlyList<StoredRegion> stored, bool isCurrent)
    {
        var byId = stored.ToDictionary(s => s.Known.Id);
        var changed = RegionSummaries.Of(track, r => !(isCurrent && byId.TryGetValue(r.Id, out var row) && IsFinal(track, r, row)));
        var renamed = RegionAliases.Match(stored.Select(s => s.Known), track).ToDictionary(m => m.Key, m => m.Value.Id);
        return new RegionWork(changed, renamed, [.. byId.Keys.Where(id => track.Find(id) is null && !renamed.ContainsKey(id))]);
    }

    // A late snapshot within its life gives it one snapshot more, or another last one.
    private static bool IsFinal(Track track, Region region, StoredRegion row) =>
        row.IsGone && region.LastAt + 1 < track.Points.Count && row.Known.LastNumber == track.Points[region.LastAt].Number && row.Snapshots == region.LastAt - region.BornAt + 1;
}
