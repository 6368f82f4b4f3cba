using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>A snapshot that goes into a track.</summary>
/// <param name="Number">The snapshot's arrival number in its process; never changes.</param>
/// <param name="TakenAt">When it was taken (UTC).</param>
/// <param name="Vmas">Its mappings.</param>
public sealed record TrackPoint(int Number, DateTimeOffset TakenAt, VmaTable Vmas);

/// <summary>A snapshot within a track. Its mappings are asked of the track, which keeps only what changes from one to the next.</summary>
/// <param name="Number">The snapshot's arrival number in its process; never changes.</param>
/// <param name="TakenAt">When it was taken (UTC).</param>
public readonly record struct TrackInstant(int Number, DateTimeOffset TakenAt);

/// <summary>Where a region lay and how it was mapped.</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="Permissions">Its permissions.</param>
/// <param name="Name">Its name column, empty when unnamed.</param>
public readonly record struct RegionExtent(AddressRange Range, VmaPermissions Permissions, string Name);
