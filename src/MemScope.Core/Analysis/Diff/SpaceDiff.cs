using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>One of two address spaces that are compared.</summary>
/// <param name="Vmas">Its mappings.</param>
/// <param name="Categories">A category per row of <paramref name="Vmas"/>.</param>
public sealed record SpaceSide(VmaTable Vmas, IReadOnlyList<CategoryAssignment> Categories);

/// <summary>By what a row of two address spaces was brought together.</summary>
public enum SpaceMatch : byte
{
    /// <summary>Nothing on the other side.</summary>
    None,
    /// <summary>Equal names; for unnamed memory equal category and permissions.</summary>
    Name,
    /// <summary>Names that are equal once what changes from run to run is left out: <see cref="BackingNames"/>.</summary>
    Pattern,
    /// <summary>The last parts of the path are equal, and nothing else on either side ends so.</summary>
    Folder,
    /// <summary>Names that are equal but for their numbers: another version of a file.</summary>
    Version,
    /// <summary>Unnamed anonymous mappings that have an equal in size on the other side.</summary>
    Size,
    /// <summary>Unnamed anonymous mappings without an equal: the largest of each side, the second largest and so on. Inferred.</summary>
    Rank,
}

/// <summary>What two processes have of one kind: of one category, backing and class of permissions.</summary>
/// <param name="Match">By what the two sides were brought together.</param>
/// <param name="Permissions">Permissions of its first mapping, of current where it has one.</param>
/// <param name="BaseNames">Names in base as they stand there, the first few.</param>
/// <param name="CurrentNames">Names in current.</param>
public sealed record SpaceRow(SpaceMatch Match, VmaPermissions Permissions, IReadOnlyList<string> BaseNames, IReadOnlyList<string> CurrentNames)
{
    /// <summary>Range in base where it is a single mapping, else null.</summary>
    public AddressRange? BaseRange { get; init; }

    /// <summary>Range in current where it is a single mapping, else null.</summary>
    public AddressRange? CurrentRange { get; init; }

    /// <summary>How the two sides were brought together and what differs, for people.</summary>
    public string Words { get; init; } = "";
}

/// <summary>The difference of two address spaces that share no identity: two processes, runs, hosts or sources.</summary>
public sealed class SpaceDiff : DiffAnswer
{
    private readonly SpaceRow[] _parts;

    internal SpaceDiff(IReadOnlyList<DiffMetric> metrics, DiffRow[] rows, SpaceRow[] parts, IReadOnlyList<string> backings) : base(metrics, rows, backings) => _parts = parts;

    /// <summary>What a row stands for.</summary>
    public SpaceRow Part(int row) => _parts[row];

    /// <inheritdoc/>
    public override string Words(int row) => _parts[row].Words;
}
