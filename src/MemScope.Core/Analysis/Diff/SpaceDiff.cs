using System.Globalization;
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
    /// <summary>Heap, main stack and kernel pages that one source names and the other does not: by category and permissions.</summary>
    Category,
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

/// <summary>What a row is made of; put into a <see cref="SpaceRow"/> where it is asked for.</summary>
/// <param name="Pair">Its names.</param>
/// <param name="Match">By what the two sides were brought together.</param>
/// <param name="BaseRow">First mapping in base, or -1.</param>
/// <param name="CurrentRow">First mapping in current, or -1.</param>
/// <param name="Words">What it is, where sizes say so.</param>
internal readonly record struct SpacePart(BackingPair Pair, SpaceMatch Match, int BaseRow, int CurrentRow, string? Words);

/// <summary>The difference of two address spaces that share no identity: two processes, runs, hosts or sources.</summary>
public sealed class SpaceDiff : DiffAnswer
{
    private const int MostNames = 4;

    private readonly VmaTable _before, _after;
    private readonly SpacePart[] _parts;

    internal SpaceDiff(VmaTable before, VmaTable after, IReadOnlyList<DiffMetric> metrics, DiffRow[] rows, SpacePart[] parts, IReadOnlyList<string> backings) : base(metrics, rows, backings) =>
        (_before, _after, _parts) = (before, after, parts);

    /// <summary>What a row stands for.</summary>
    public SpaceRow Part(int row)
    {
        var part = _parts[row];
        var (was, now) = (Rows[row].Base, Rows[row].Current);
        var first = part.CurrentRow >= 0 ? _after[part.CurrentRow] : _before[part.BaseRow];
        return new(part.Match, first.Permissions, NamesOf(part.Pair, part.Pair.BaseNames, _before, part.BaseRow), NamesOf(part.Pair, part.Pair.CurrentNames, _after, part.CurrentRow))
        {
            BaseRange = was.Mappings == 1 ? _before[part.BaseRow].Range : null,
            CurrentRange = now.Mappings == 1 ? _after[part.CurrentRow].Range : null,
            Words = part.Words ?? Describe(part, was, now),
        };
    }

    /// <inheritdoc/>
    public override string Words(int row) => _parts[row].Words ?? Describe(_parts[row], Rows[row].Base, Rows[row].Current);

    private static IReadOnlyList<string> NamesOf(BackingPair pair, IReadOnlyList<string> names, VmaTable vmas, int first)
    {
        if (first < 0) return [];
        return pair.Match == SpaceMatch.Category ? [vmas[first].Name] : [.. names.Take(MostNames)];
    }

    private static string Describe(SpacePart part, DiffSizes was, DiffSizes now)
    {
        var (before, after) = (part.Pair.BaseNames, part.Pair.CurrentNames);
        var how = part.Match switch
        {
            SpaceMatch.Version => $"{FileOf(before[0])} became {FileOf(after[0])}",
            SpaceMatch.Folder => "the same file name in another folder",
            SpaceMatch.Category => "named by one of the two sources only",
            SpaceMatch.Pattern => "names differ only in what changes from run to run",
            SpaceMatch.None when before.Count + after.Count > 1 && (before.Count == 0 || after.Count == 0) => string.Create(CultureInfo.InvariantCulture, $"{before.Count + after.Count:N0} names of one pattern"),
            _ => "",
        };
        if (was.Mappings == now.Mappings || was.Mappings == 0 || now.Mappings == 0) return how;
        var count = string.Create(CultureInfo.InvariantCulture, $"{SizeWords.Count((int)was.Mappings, "mapping")} became {now.Mappings:N0}");
        return how.Length == 0 ? count : $"{count}; {how}";
    }

    private static string FileOf(string name) => name[(name.LastIndexOf('/') + 1)..];
}
