using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>How a part of a region is known.</summary>
public enum PartOrigin : byte
{
    /// <summary>There when the region was first seen.</summary>
    FirstSeen,
    /// <summary>Came when the region grew.</summary>
    Grown,
    /// <summary>A region of its own that was joined to it.</summary>
    Joined,
    /// <summary>A trace saw it mapped.</summary>
    Traced,
    /// <summary>Most likely one mapping, by where the kernel put it.</summary>
    Placed,
}

/// <summary>A range inside a region that came at one time or was something of its own: a VMA is not an allocation.</summary>
/// <param name="Range">Where it lies.</param>
/// <param name="Origin">How it is known.</param>
/// <param name="Since">Index of the first snapshot that shows it, there or in the region that it was.</param>
/// <param name="Until">Index of the last snapshot at which more of it came; differs from <paramref name="Since"/> for growth in steps.</param>
/// <param name="Pieces">Of how many pieces it is: steps of growth, or mappings side by side.</param>
/// <param name="Region">The region that it was, or null.</param>
/// <param name="MappedAt">When a trace saw it mapped, or null.</param>
/// <param name="Exact">False when it is inferred.</param>
public sealed record RegionPart(AddressRange Range, PartOrigin Origin, int Since, int Until, int Pieces, Guid? Region, DateTimeOffset? MappedAt, bool Exact);
