using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>A row without an unchanged counterpart.</summary>
internal readonly struct ChangedRow(VmaTable vmas, int row, BackingKeys keys, MemoryRuns runs)
{
    public int Row { get; } = row;

    /// <summary>Backing key, comparable within the track.</summary>
    public int Key { get; } = keys.KeyOf(vmas, row);

    /// <summary>The name column.</summary>
    public string Name { get; } = vmas.Names[row];

    public AddressRange Range { get; } = new(vmas.Starts[row], vmas.Ends[row]);

    public int Class { get; } = BackingKeys.ClassOf(vmas.Permissions[row]);

    /// <summary>See <see cref="BackingKeys.IsAnonymous"/>.</summary>
    public bool IsAnonymous { get; } = BackingKeys.IsAnonymous(vmas, row);

    /// <summary>What run it is part of: stacks and heaps are never moved by mremap.</summary>
    public RunKind Run { get; } = runs.KindOf(row);

    /// <summary>Rss in bytes, or null when not printed.</summary>
    public long? RssBytes { get; } = vmas[row][Metric.Rss] * 1024;
}

/// <summary>Two rows of equal backing that share addresses, as positions in the lists of changed rows.</summary>
internal readonly record struct Overlap(int Earlier, int Later, bool SameClass, ulong Bytes);

/// <summary>The overlap graph of two snapshots.</summary>
internal static class Overlaps
{
    /// <summary>Share of a mapping from which on the parts of the other snapshot count as having made it up, or as being all of it.</summary>
    private const double MadeUp = 0.75;

    /// <summary>
    /// All pairs of equal backing that overlap. Both lists are in address order and ranges of one list are disjoint, so there are fewer pairs than rows; in a torn or forged
    /// snapshot where they are not, looking ends at some times that number.
    /// </summary>
    public static List<Overlap> Find(List<ChangedRow> earlier, List<ChangedRow> later)
    {
        var found = new List<Overlap>();
        var (first, looks) = (0, 64 + (8L * (earlier.Count + later.Count)));
        for (var i = 0; i < earlier.Count && looks > 0; i++)
        {
            var range = earlier[i].Range;
            while (first < later.Count && later[first].Range.End <= range.Start) first++;
            for (var j = first; j < later.Count && later[j].Range.Start < range.End && looks > 0; j++, looks--)
            {
                var bytes = range.Overlap(later[j].Range);
                if (bytes > 0 && earlier[i].Key == later[j].Key && BackingKeys.NamesFit(earlier[i].Name, later[j].Name)) found.Add(new(i, j, earlier[i].Class == later[j].Class, bytes));
            }
        }
        return found;
    }

    /// <summary>The overlaps that may be continuations, with their weights. After a silence, anonymous memory of which both ends are new is none.</summary>
    public static List<Candidate> Continuations(List<ChangedRow> earlier, List<ChangedRow> later, List<Overlap> overlaps, bool afterSilence)
    {
        var (ofEarlier, ofLater) = (new double[earlier.Count], new double[later.Count]);
        foreach (var o in overlaps)
        {
            if (!o.SameClass) continue;
            ofEarlier[o.Earlier] += (double)o.Bytes / earlier[o.Earlier].Range.Length;
            ofLater[o.Later] += (double)o.Bytes / later[o.Later].Range.Length;
        }
        var candidates = new List<Candidate>(overlaps.Count);
        foreach (var o in overlaps)
        {
            if (!o.SameClass) continue;
            var (a, b) = (earlier[o.Earlier], later[o.Later]);
            var merged = o.Bytes < b.Range.Length && ofLater[o.Later] >= MadeUp;
            var split = o.Bytes < a.Range.Length && ofEarlier[o.Earlier] >= MadeUp;
            if (!merged && !split && a.IsAnonymous && IsStranger(a.Range, b.Range)) continue;
            if (afterSilence && a.IsAnonymous && !IsAnchored(a.Range, b.Range)) continue;
            candidates.Add(new(o.Earlier, o.Later, Weight(a.Range, b.Range, merged || split)));
        }
        return candidates;
    }

    /// <summary>
    /// How plausible it is that <paramref name="later"/> is <paramref name="earlier"/>, above 0 and up to 1. What was kept whole weighs most, an end that stayed speaks for it
    /// (a run of chunks grows at its start, brk at its end), and so do neighbours that explain the rest: between parts that merge or split, the largest wins.
    /// </summary>
    private static double Weight(AddressRange earlier, AddressRange later, bool explained)
    {
        var overlap = (double)earlier.Overlap(later);
        var share = overlap / Math.Max(earlier.Length, later.Length);
        return (explained || IsAnchored(earlier, later), overlap >= earlier.Length, overlap >= later.Length) switch
        {
            (true, true, _) => 0.75 + (0.25 * share),
            (true, _, _) => 0.35 + (0.65 * share),
            (_, true, _) => 0.5 + (0.25 * share),
            (_, _, true) => 0.2 + (0.5 * share),
            _ => 0.05 + (0.5 * share),
        };
    }

    /// <summary>
    /// Whether nothing but a continuation in place is likely: the whole old range is still mapped and one of its ends did not move, or most of it is from the same start on.
    /// The same end proves less, since the kernel fills the hole that a moved mapping leaves from its top.
    /// </summary>
    public static bool IsFirm(AddressRange earlier, AddressRange later)
    {
        var overlap = earlier.Overlap(later);
        return (IsAnchored(earlier, later) && overlap == earlier.Length) || (earlier.Start == later.Start && overlap * 2 >= earlier.Length);
    }

    private static bool IsAnchored(AddressRange earlier, AddressRange later) => earlier.Start == later.Start || earlier.End == later.End;

    /// <summary>
    /// Anonymous memory of which both ends are new, and which neither merging nor splitting explains, is most likely a new mapping in a reused hole, unless half of it is old.
    /// Measured on a process that maps and unmaps 64 KiB to 1.5 MiB buffers all the time, against its own ledger: of the overlaps refused here, nine in ten that hold the
    /// old range had no block in common with it.
    /// </summary>
    private static bool IsStranger(AddressRange earlier, AddressRange later)
    {
        if (IsAnchored(earlier, later)) return false;
        var overlap = (double)earlier.Overlap(later);
        var share = overlap / Math.Max(earlier.Length, later.Length);
        return share < (overlap >= earlier.Length ? 0.5 : 0.25);
    }
}
