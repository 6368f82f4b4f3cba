using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>A row without an unchanged counterpart.</summary>
internal readonly struct ChangedRow(VmaTable vmas, int row, int key)
{
    public int Row { get; } = row;

    /// <summary>Backing key, comparable within the track.</summary>
    public int Key { get; } = key;

    public AddressRange Range { get; } = new(vmas.Starts[row], vmas.Ends[row]);

    public int Class { get; } = BackingKeys.ClassOf(vmas.Permissions[row]);

    /// <summary>Unnamed or program-named private memory that is not a file's: what mremap moves in practice.</summary>
    public bool MayMove { get; } =
        !vmas.Permissions[row].HasFlag(VmaPermissions.Shared) && (vmas.Names[row].Length == 0 || vmas.Names[row].StartsWith("[anon:", StringComparison.Ordinal))
        && vmas.Permissions[row].HasFlag(VmaPermissions.Write);

    /// <summary>Rss in bytes, or null when not printed.</summary>
    public long? RssBytes { get; } = vmas[row][Metric.Rss] * 1024;
}

/// <summary>Two rows of equal backing that share addresses, as positions in the lists of changed rows.</summary>
internal readonly record struct Overlap(int Earlier, int Later, bool SameClass);

/// <summary>The overlap graph of two snapshots.</summary>
internal static class Overlaps
{
    /// <summary>All pairs of equal backing that overlap. Both lists are in address order; within one, ranges are disjoint but for torn snapshots.</summary>
    public static List<Overlap> Find(List<ChangedRow> earlier, List<ChangedRow> later)
    {
        var found = new List<Overlap>();
        var first = 0;
        for (var i = 0; i < earlier.Count; i++)
        {
            var range = earlier[i].Range;
            while (first < later.Count && later[first].Range.End <= range.Start) first++;
            for (var j = first; j < later.Count && later[j].Range.Start < range.End; j++)
            {
                if (earlier[i].Key == later[j].Key && range.Overlap(later[j].Range) > 0) found.Add(new(i, j, earlier[i].Class == later[j].Class));
            }
        }
        return found;
    }

    /// <summary>
    /// How plausible it is that <paramref name="later"/> is <paramref name="earlier"/>, above 0 and up to 1. What was kept whole weighs most, an end that stayed speaks for it
    /// (a stack of chunks grows at its start, brk at its end); an overlap of which both ends differ and neither holds the other is most likely a stranger in a reused hole.
    /// </summary>
    public static double Weight(AddressRange earlier, AddressRange later)
    {
        var overlap = (double)earlier.Overlap(later);
        var share = overlap / Math.Max(earlier.Length, later.Length);
        var anchored = earlier.Start == later.Start || earlier.End == later.End;
        var kept = overlap >= earlier.Length;
        var cut = overlap >= later.Length;
        return (anchored, kept, cut) switch
        {
            (true, true, _) => 0.75 + (0.25 * share),
            (true, _, _) => 0.35 + (0.65 * share),
            (_, true, _) => 0.5 + (0.25 * share),
            (_, _, true) => 0.2 + (0.5 * share),
            _ => 0.05 + (0.5 * share),
        };
    }
}
