using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Says what became of one region between two snapshots.</summary>
internal sealed class RowStates(Track track, int baseAt, int currentAt, VmaTable before, VmaTable after)
{
    public Track Track => track;

    public int BaseAt => baseAt;

    public int CurrentAt => currentAt;

    /// <summary>Mappings of base.</summary>
    public VmaTable Before => before;

    /// <summary>Mappings of current.</summary>
    public VmaTable After => after;

    /// <summary>The state of a region with its rows in both tables; -1 where it is absent.</summary>
    public DiffState Of(Region region, int beforeRow, int afterRow)
    {
        if (beforeRow < 0) return OriginOf(region) is null ? DiffState.Born : DiffState.Split;
        if (afterRow < 0) return HeirOf(region) is null ? DiffState.Gone : DiffState.Merged;
        return Continued(before[beforeRow], after[afterRow]);
    }

    /// <summary>The state in words.</summary>
    public string Words(DiffState state, Region region, Vma? was, Vma? now) => (was, now) switch
    {
        ({ } b, { } a) => Continued(state, b, a),
        ({ } b, null) => HeirOf(region) is { } heir ? $"joined into {track.RangeOf(heir, currentAt)}" : $"was {RegionWords.Size(b.VirtualBytes)}",
        (null, { } a) => OriginOf(region) is { } origin ? $"cut off {track.RangeOf(origin, baseAt)}" : $"is {RegionWords.Size(a.VirtualBytes)}",
        _ => "",
    };

    private static DiffState Continued(Vma before, Vma after)
    {
        if (before.Permissions != after.Permissions) return DiffState.Reprotected;
        var (was, now) = (before.Range, after.Range);
        if (was.Overlap(now) == 0 && was != now) return DiffState.Moved;
        var (rss, size) = (after.Bytes(Metric.Rss) - before.Bytes(Metric.Rss), (long)now.Length - (long)was.Length);
        if (rss == 0 && size == 0) return was == now ? DiffState.Unchanged : DiffState.Moved;
        return rss > 0 || (rss == 0 && size > 0) ? DiffState.Grown : DiffState.Shrunk;
    }

    private static string Continued(DiffState state, Vma before, Vma after)
    {
        if (state == DiffState.Unchanged) return "";
        var words = RegionWords.Change(before.Range, after.Range);
        if (state != DiffState.Reprotected) return words.Length == 0 ? "same range" : words;
        var perms = $"{before.Permissions.Text()} became {after.Permissions.Text()}";
        return words.Length == 0 ? perms : $"{perms}; {words}";
    }

    /// <summary>The region that current has and this one was joined into, over any number of steps, or null.</summary>
    private Region? HeirOf(Region region)
    {
        var heir = region;
        while (baseAt < currentAt && heir.LastAt < currentAt && heir.Changes[^1] is { Kind: RegionChangeKind.Merged, Other: { } other }) heir = track.Find(other)!;
        return heir == region || !heir.IsAliveAt(currentAt) ? null : heir;
    }

    /// <summary>The region that base has and this one was cut off, over any number of steps, or null.</summary>
    private Region? OriginOf(Region region)
    {
        var origin = region;
        while (baseAt < currentAt && origin.BornAt > baseAt && origin.Changes[0] is { Kind: RegionChangeKind.Split, Other: { } other }) origin = track.Find(other)!;
        return origin == region || !origin.IsAliveAt(baseAt) ? null : origin;
    }
}
