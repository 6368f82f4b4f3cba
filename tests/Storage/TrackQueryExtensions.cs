using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Storage.Tests;

/// <summary>Whole tracks as tables, for tests.</summary>
internal static class TrackQueryExtensions
{
    public sealed record Loaded(IReadOnlyList<TrackPoint> Points, int LastNumber);

    /// <summary>All snapshots with a greater number, in time order.</summary>
    public static async Task<Loaded> LoadAsync(this TrackQuery query, Guid process, SnapshotSource source, int afterNumber, CancellationToken cancel)
    {
        var points = new List<TrackPoint>();
        await foreach (var point in query.ByTimeAsync(process, source, afterNumber, cancel)) points.Add(point);
        return new Loaded(points, points.Count == 0 ? afterNumber : points.Max(p => p.Number));
    }
}
