using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Says what became of one region between two snapshots.</summary>
internal static class RowStates
{
    public static DiffRow Describe(Track track, Region region, Vma? before, Vma? after, int baseIndex, int currentIndex)
    {
        var (state, words) = (before, after) switch
        {
            ({ } b, { } a) => Continued(b, a),
            ({ } b, null) => Ended(track, region, b, baseIndex, currentIndex),
            (null, { } a) => Begun(track, region, a, baseIndex, currentIndex),
            _ => throw new ArgumentException("one side must exist", nameof(after)),
        };
        var category = after is { } last ? track.Categories[currentIndex][last.Index].Category : track.Categories[baseIndex][before!.Value.Index].Category;
        return new(state, region, category, before, after, SnapshotDiffer.Sizes(before, track.Points[baseIndex].Vmas), SnapshotDiffer.Sizes(after, track.Points[currentIndex].Vmas))
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

    private static (DiffState State, string Words) Ended(Track track, Region region, Vma before, int baseIndex, int currentIndex)
    {
        if (baseIndex > currentIndex) return (DiffState.Gone, $"was {RegionWords.Size(before.VirtualBytes)}");
        var end = region.Changes[^1];
        if (end.Kind == RegionChangeKind.Merged && end.Other is { } other && track.Find(other) is not null)
        {
            return (DiffState.Merged, $"joined into the mapping that ends at {end.After.End:x}");
        }
        return (DiffState.Gone, $"was {RegionWords.Size(before.VirtualBytes)}");
    }

    private static (DiffState State, string Words) Begun(Track track, Region region, Vma after, int baseIndex, int currentIndex)
    {
        if (baseIndex > currentIndex) return (DiffState.New, $"is {RegionWords.Size(after.VirtualBytes)}");
        var birth = region.Changes[0];
        if (birth.Kind == RegionChangeKind.Split && birth.Other is { } other && track.Find(other) is { } origin && origin.BornAt <= baseIndex)
        {
            return (DiffState.Split, $"cut off the mapping of {RegionWords.Size(after.VirtualBytes)} beside it");
        }
        return (DiffState.New, $"is {RegionWords.Size(after.VirtualBytes)}");
    }
}
