using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>What happened to a region between two neighbouring snapshots.</summary>
public enum RegionChangeKind : byte
{
    /// <summary>First seen.</summary>
    Born,
    /// <summary>Covers more addresses.</summary>
    Grown,
    /// <summary>Covers fewer addresses.</summary>
    Shrunk,
    /// <summary>Lies elsewhere (mremap).</summary>
    Moved,
    /// <summary>Was cut off another region.</summary>
    Split,
    /// <summary>Another region was joined to it, or it was joined to another.</summary>
    Merged,
    /// <summary>Permissions changed.</summary>
    Reprotected,
    /// <summary>Last seen before this snapshot.</summary>
    Gone,
}

/// <summary>A change with the snapshot at which it was first seen.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">Index of the snapshot in the track.</param>
/// <param name="Before">Range in the snapshot before, empty when born.</param>
/// <param name="After">Range in this snapshot, empty when gone.</param>
/// <param name="Other">The other region of a split or merge, else null.</param>
/// <param name="Exact">False when it was inferred (a move without an mremap event).</param>
public sealed record RegionChange(RegionChangeKind Kind, int At, AddressRange Before, AddressRange After, Guid? Other = null, bool Exact = true);

/// <summary>A mapping followed over time. In each snapshot it is at most one row, and each row belongs to exactly one region, so sums close.</summary>
public sealed class Region
{
    /// <summary>Stands for no snapshot.</summary>
    internal const int Never = int.MaxValue;

    internal Region(Guid id, string backing, int ordinal, int bornAt) => (Id, Backing, Ordinal, BornAt, LastAt) = (id, backing, ordinal, bornAt, bornAt);

    /// <summary>Derived from (process, first snapshot's number, start, backing): survives reprocessing.</summary>
    public Guid Id { get; }

    /// <summary>Backing key: the path, the bracketed name, or empty for unnamed anonymous memory.</summary>
    public string Backing { get; }

    /// <summary>What kind of memory it was at the last sighting.</summary>
    public CategoryAssignment Assignment { get; internal set; }

    /// <summary>Category at the last sighting.</summary>
    public Category Category => Assignment.Category;

    /// <summary>Why it has that category, for people, without figures.</summary>
    public string CategoryReason => Assignment.Reason;

    /// <summary>
    /// Of a reserve or guard, the region that it is the companion of (the arena, the stack), when last seen so; else null. To people the two are one thing, and pages may fold one
    /// under the other; sums go by rows.
    /// </summary>
    public Guid? OwnerId { get; internal set; }

    /// <summary>Changes in time order.</summary>
    public IReadOnlyList<RegionChange> Changes => ChangeList;

    /// <summary>Index of the first snapshot that shows it.</summary>
    public int BornAt { get; }

    /// <summary>Index of the last snapshot that shows it.</summary>
    public int LastAt { get; internal set; }

    /// <summary>Whether the snapshot at an index shows it: a region has no gaps between its first and last sighting.</summary>
    public bool IsAliveAt(int at) => at >= BornAt && at <= LastAt;

    /// <summary>Its place in <see cref="Track.Regions"/>.</summary>
    internal int Ordinal { get; }

    /// <summary>Whether it was ever seen elsewhere than before.</summary>
    internal bool HasMoved => MovedAt != Never;

    /// <summary>Index of the first snapshot that showed it elsewhere, or <see cref="Never"/>.</summary>
    internal int MovedAt { get; set; } = Never;

    internal List<RegionChange> ChangeList { get; } = [];
}
