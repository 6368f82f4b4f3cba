using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>
/// What a region is made of. The kernel merges neighbouring anonymous mappings of equal flags into one line, so a region may hold several owners' memory; its own history, the regions
/// that were joined to it, traced mappings inside it and the kernel's placement of large mappings tell some of them apart again.
/// </summary>
public static class RegionParts
{
    /// <summary>
    /// Since Linux 6.7 an anonymous mapping of a multiple of 2 MiB is placed at a multiple of 2 MiB (mm/mmap.c, thp_get_unmapped_area) and others directly below the lowest in use: an
    /// end at such a multiple with free addresses above it is that of a large mapping.
    /// </summary>
    private const ulong HugeBytes = 2 << 20;

    /// <summary>The parts of a region at a snapshot in address order; they cover its range and do not overlap. Empty when it is not there.</summary>
    public static IReadOnlyList<RegionPart> Of(Track track, Region region, int at)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(region);
        var range = track.RangeOf(region, at);
        if (range.IsEmpty) return [];
        var parts = new List<RegionPart>();
        foreach (var change in region.Changes)
        {
            if (change.At > at) break;
            parts = After(change, parts, track, region);
        }
        parts = Cut(parts, range);
        Place(track, region, parts);
        foreach (var mapped in track.Evidence.MappedIn(range)) Overlay(parts, Traced(track, region, mapped, at));
        return Folded(parts);
    }

    private static List<RegionPart> After(RegionChange change, List<RegionPart> parts, Track track, Region region)
    {
        switch (change.Kind)
        {
            case RegionChangeKind.Born or RegionChangeKind.Split when parts.Count == 0:
                return [new(change.After, PartOrigin.FirstSeen, change.At, change.At, 1, null, null, Exact: true)];
            case RegionChangeKind.Moved when change.Before.Overlap(change.After) == 0:
                return Grown(Shifted(parts, change), change);
            case RegionChangeKind.Grown or RegionChangeKind.Shrunk or RegionChangeKind.Moved or RegionChangeKind.Split:
                return Grown(Cut(parts, change.After), change);
            case RegionChangeKind.Merged when change.Other is { } other && track.Find(other) is { } joined && joined.LastAt < change.At && joined != region:
                Overlay(parts, new(change.Before.Intersect(change.After), PartOrigin.Joined, joined.BornAt, change.At, 1, other, null, Exact: true));
                return parts;
            default:
                return parts;
        }
    }

    /// <summary>mremap keeps the order of pages from the start, and adds or takes at the end.</summary>
    private static List<RegionPart> Shifted(List<RegionPart> parts, RegionChange change) =>
        Cut(parts.ConvertAll(p => p with { Range = new(change.After.Start + (p.Range.Start - change.Before.Start), change.After.Start + (p.Range.End - change.Before.Start)) }), change.After);

    private static List<RegionPart> Cut(List<RegionPart> parts, AddressRange range) =>
        [.. parts.Select(p => p with { Range = p.Range.Intersect(range) }).Where(p => !p.Range.IsEmpty)];

    /// <summary>What the parts leave of the new range is new.</summary>
    private static List<RegionPart> Grown(List<RegionPart> parts, RegionChange change)
    {
        var all = new List<RegionPart>(parts.Count + 1);
        var at = change.After.Start;
        foreach (var part in parts)
        {
            if (part.Range.Start > at) all.Add(New(new(at, part.Range.Start)));
            all.Add(part);
            at = part.Range.End;
        }
        if (at < change.After.End) all.Add(New(new(at, change.After.End)));
        return all;

        RegionPart New(AddressRange range) => new(range, PartOrigin.Grown, change.At, change.At, 1, null, null, Exact: true);
    }

    private static void Overlay(List<RegionPart> parts, RegionPart part)
    {
        if (part.Range.IsEmpty) return;
        var rest = new List<RegionPart>(parts.Count + 2);
        foreach (var p in parts)
        {
            var (below, above) = (new AddressRange(p.Range.Start, Math.Min(p.Range.End, part.Range.Start)), new AddressRange(Math.Max(p.Range.Start, part.Range.End), p.Range.End));
            if (!below.IsEmpty) rest.Add(p with { Range = below });
            if (!above.IsEmpty) rest.Add(p with { Range = above });
        }
        rest.Insert(rest.FindIndex(p => p.Range.Start > part.Range.Start) is >= 0 and var i ? i : rest.Count, part);
        parts.Clear();
        parts.AddRange(rest);
    }

    /// <summary>Looks for a large mapping at the end of what was there first.</summary>
    private static void Place(Track track, Region region, List<RegionPart> parts)
    {
        var first = parts.FindIndex(p => p.Origin == PartOrigin.FirstSeen);
        if (first < 0 || region.Backing.Length > 0) return;
        var range = parts[first].Range;
        var start = (range.Start + HugeBytes - 1) / HugeBytes * HugeBytes;
        if (range.End % HugeBytes != 0 || start <= range.Start || start >= range.End || range.End != track.RangeOf(region, region.BornAt).End || !IsFreeAbove(track, region)) return;
        Overlay(parts, parts[first] with { Range = new(start, range.End), Origin = PartOrigin.Placed, Exact = false });
    }

    private static bool IsFreeAbove(Track track, Region region)
    {
        var end = track.RangeOf(region, region.BornAt).End;
        return track.VmasAt(region.BornAt).IndexOf(end) < 0;
    }

    private static RegionPart Traced(Track track, Region region, (AddressRange Range, DateTimeOffset? At) mapped, int at)
    {
        var since = at;
        while (since > region.BornAt && track.RangeOf(region, since - 1) is var before && before.Start <= mapped.Range.Start && before.End >= mapped.Range.End) since--;
        return new(mapped.Range, PartOrigin.Traced, since, since, 1, null, mapped.At, Exact: true);
    }

    /// <summary>Growth step by step, and traced mappings of one size side by side, as one part each.</summary>
    private static List<RegionPart> Folded(List<RegionPart> parts)
    {
        var folded = new List<RegionPart>();
        foreach (var p in parts)
        {
            if (folded.Count > 0 && folded[^1] is var last && last.Origin == p.Origin && last.Range.End == p.Range.Start
                && (p.Origin == PartOrigin.Grown || (p.Origin == PartOrigin.Traced && last.Range.Length / (ulong)last.Pieces == p.Range.Length)))
            {
                folded[^1] = last with
                {
                    Range = new(last.Range.Start, p.Range.End), Since = Math.Min(last.Since, p.Since), Until = Math.Max(last.Until, p.Until), Pieces = last.Pieces + 1,
                    MappedAt = last.MappedAt < p.MappedAt ? last.MappedAt : p.MappedAt,
                };
            }
            else folded.Add(p);
        }
        return folded;
    }
}
