using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Says what became of one region between two snapshots.</summary>
internal sealed class RowStates(Track track, int baseIndex, int currentIndex)
{
    private readonly IReadOnlyList<CategoryAssignment> _baseCategories = track.CategoriesAt(baseIndex), _currentCategories = track.CategoriesAt(currentIndex);
    private readonly VmaTable _base = track.VmasAt(baseIndex), _current = track.VmasAt(currentIndex);

    public DiffRow Describe(Region region, Vma? before, Vma? after)
    {
        var (state, words) = (before, after) switch
        {
            ({ } b, { } a) => Continued(b, a),
            ({ } b, null) => Ended(region, b),
            (null, { } a) => Begun(region, a),
            _ => throw new ArgumentException("one side must exist", nameof(after)),
        };
        var category = after is { } last ? _currentCategories[last.Index].Category : _baseCategories[before!.Value.Index].Category;
        return new(state, region, category, before, after, SnapshotDiffer.Sizes(before, _base), SnapshotDiffer.Sizes(after, _current))
        {
            Words = words,
        };
    }

    private static (DiffState State, string Words) Continued(Vma before, Vma after)
    {
        var words = RegionWords.Change(before.Range, after.Range);
        var (rss, size) = (after.Bytes(Metric.Rss) - before.Bytes(Metric.Rss), (long)after.VirtualBytes - (long)before.VirtualBytes);
        if (before.Permissions != after.Permissions)
        {
            var perms = $"{before.Permissions.Text()} became {after.Permissions.Text()}";
            return (DiffState.Reprotected, words.Length == 0 ? perms : $"{perms}; {words}");
        }
        if (before.Range.Overlap(after.Range) == 0 && before.Range != after.Range) return (DiffState.Moved, words);
        if (rss == 0 && size == 0) return before.Range == after.Range ? (DiffState.Unchanged, "") : (DiffState.Moved, words);
        var grown = rss > 0 || (rss == 0 && size > 0);
        return (grown ? DiffState.Grown : DiffState.Shrunk, words.Length == 0 ? "same range" : words);
    }

    private (DiffState State, string Words) Ended(Region region, Vma before)
    {
        var heir = region;
        while (baseIndex < currentIndex && heir.LastAt < currentIndex && heir.Changes[^1] is { Kind: RegionChangeKind.Merged, Other: { } other }) heir = track.Find(other)!;
        if (heir == region || !heir.IsAliveAt(currentIndex)) return (DiffState.Gone, $"was {RegionWords.Size(before.VirtualBytes)}");
        return (DiffState.Merged, $"joined into {track.RangeOf(heir, currentIndex)}");
    }

    private (DiffState State, string Words) Begun(Region region, Vma after)
    {
        var origin = region;
        while (baseIndex < currentIndex && origin.BornAt > baseIndex && origin.Changes[0] is { Kind: RegionChangeKind.Split, Other: { } other }) origin = track.Find(other)!;
        if (origin == region || !origin.IsAliveAt(baseIndex)) return (DiffState.Born, $"is {RegionWords.Size(after.VirtualBytes)}");
        return (DiffState.Split, $"cut off {track.RangeOf(origin, baseIndex)}");
    }
}
