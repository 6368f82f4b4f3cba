using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>How a region moves its ends.</summary>
public enum RegionAnchor : byte
{
    /// <summary>It stays, or does several things.</summary>
    None,

    /// <summary>Its end stays and its start slides down: mappings come below it and the kernel merges them.</summary>
    EndFixed,

    /// <summary>Its start stays and its end moves up: brk, an arena.</summary>
    StartFixed,

    /// <summary>It lies elsewhere each time: mremap.</summary>
    Moves,
}

/// <summary>How a region grew in a window.</summary>
/// <param name="Anchor">What most of its changes do.</param>
/// <param name="Before">Where it lay when it was first seen in the window.</param>
/// <param name="After">Where it lay last.</param>
/// <param name="StepBytes">The length that all its growth is a multiple of, where that is no chance; else null.</param>
/// <param name="Changes">How many changes of its ends that rests on.</param>
public sealed record RegionSteps(RegionAnchor Anchor, AddressRange Before, AddressRange After, long? StepBytes, int Changes)
{
    /// <summary>
    /// Of n lengths in pages taken at random, all are multiples of g with a chance of g^-n: below one in a thousand it is no chance that they are.
    /// </summary>
    private const double Chance = 1e-3;

    private const ulong PageBytes = 4096;

    /// <summary>Slugs of the anchors as cards write them.</summary>
    public static readonly string[] Words = ["end-fixed", "start-fixed", "moves"];

    /// <summary>Steps of all.</summary>
    public long Steps => StepBytes is > 0 and var step ? Math.Abs((long)After.Length - (long)Before.Length) / step : 0;

    /// <summary>How a region grew between two points of a track.</summary>
    public static RegionSteps Of(Track track, Region region, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(region);
        int endFixed = 0, startFixed = 0, moves = 0, changes = 0;
        ulong divisor = 0;
        foreach (var change in region.Changes)
        {
            if (change.At <= from || change.At > to || change.Before.IsEmpty || change.After.IsEmpty || change.Kind is RegionChangeKind.Split or RegionChangeKind.Merged) continue;
            var (before, after) = (change.Before, change.After);
            if (change.Kind == RegionChangeKind.Moved) moves++;
            else if (before.End == after.End && after.Start < before.Start) endFixed++;
            else if (before.Start == after.Start && after.End > before.End) startFixed++;
            if (before.Length == after.Length) continue;
            divisor = Divisor(divisor, before.Length > after.Length ? before.Length - after.Length : after.Length - before.Length);
            changes++;
        }
        var anchor = endFixed > startFixed + moves ? RegionAnchor.EndFixed : startFixed > endFixed + moves ? RegionAnchor.StartFixed : moves > endFixed + startFixed ? RegionAnchor.Moves : RegionAnchor.None;
        var pages = divisor / PageBytes;
        var isNoChance = pages > 1 && Math.Pow(pages, -changes) < Chance;
        return new RegionSteps(anchor, track.NearestExtentOf(region, from).Range, track.NearestExtentOf(region, to).Range, isNoChance ? (long)divisor : null, changes);
    }

    private static ulong Divisor(ulong a, ulong b)
    {
        while (b > 0) (a, b) = (b, a % b);
        return a;
    }
}
