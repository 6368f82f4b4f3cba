using System.Numerics;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>
/// A region that grew by equal steps, some of which traces saw, all of them mapped at one site: what else it grew by in such steps is taken for the same. That is inferred, not seen.
/// </summary>
/// <param name="Region">The region.</param>
/// <param name="Base">Where it lay when it was first seen: what lies there is not explained by the steps. Empty when it began with a step.</param>
/// <param name="StepBytes">Length of a step.</param>
/// <param name="Site">Who mapped those that were seen.</param>
/// <param name="Seen">How many were seen.</param>
internal sealed record EqualSteps(Region Region, AddressRange Base, long StepBytes, LedgerKey Site, int Seen)
{
    /// <summary>So many must have been seen, all at one site: then another one has at most 3/10 of the steps, with 95 % confidence (rule of three).</summary>
    public const int FewestSeen = 10;

    /// <summary>
    /// A step of k pages divides a growth of any length by chance one time in k. The changes of the region's size must be multiples of the step so often that chance would bring that less than once in
    /// a million: six changes do for ten pages; a step of one page says nothing.
    /// </summary>
    private const double ChanceDigits = 6;

    /// <summary>A change that is no multiple is another mapping that merged with the region; more than one in ten and the steps are not what it consists of.</summary>
    private const int HitsPerMiss = 10;

    /// <summary>Kernels have pages of 4, 16 or 64 KiB.</summary>
    private const int LeastPageBits = 12, MostPageBits = 16;

    /// <summary>The line of the steps that were not seen.</summary>
    public LedgerKey Key => new(LedgerPart.Inferred, Site.Name) { Module = Site.Module, Region = Region.Id, Category = Category.Anonymous };

    /// <summary>Whether a part of the region that no trace saw is whole steps.</summary>
    public bool Explains(AddressRange unseen) => !unseen.IsEmpty && unseen.Length % (ulong)StepBytes == 0;

    /// <summary>The regions of a case that grew so, by their id.</summary>
    public static IReadOnlyDictionary<Guid, EqualSteps> Of(CaseFile file, SiteKeys sites)
    {
        var found = new Dictionary<Guid, EqualSteps>();
        if (file.Blocks.Count < FewestSeen) return found;
        var (vmas, regions) = (file.Track.VmasAt(file.To), file.Track.AliveAt(file.To));
        foreach (var inside in file.Blocks.GroupBy(b => RowOf(vmas, b.Range)).Where(g => g.Key >= 0 && g.Count() >= FewestSeen))
            if (Of(file, regions[inside.Key], [.. inside], sites, PageBytes(vmas)) is { } steps) found[steps.Region.Id] = steps;
        return found;
    }

    private static EqualSteps? Of(CaseFile file, Region region, IReadOnlyList<SiteBlock> blocks, SiteKeys sites, long page)
    {
        var common = blocks.GroupBy(b => b.Range.Length).MaxBy(g => g.Count())!;
        var (step, owners) = ((long)Math.Min(common.Key, long.MaxValue), common.Select(b => sites.Of(b.Site)).Distinct().Take(2).ToList());
        if (common.Count() < FewestSeen || owners.Count != 1 || step <= page || owners[0] is { Name: "", Module: "" }) return null;

        var track = file.Track;
        var (hits, misses) = (0, 0);
        var before = track.BytesOf(region, region.BornAt, Metric.Size) ?? 0;
        var begins = region.BornAt > 0 && before % step == 0 ? default : track.RangeOf(region, region.BornAt);
        for (var at = region.BornAt + 1; at <= file.To; at++)
        {
            if (track.BytesOf(region, at, Metric.Size) is not { } size) return null;
            if (size == before) continue;
            if ((size - before) % step == 0) hits++;
            else misses++;
            before = size;
        }
        return hits * Math.Log10((double)step / page) >= ChanceDigits && hits >= HitsPerMiss * misses ? new EqualSteps(region, begins, step, owners[0], common.Count()) : null;
    }

    private static int RowOf(VmaTable vmas, AddressRange block) => vmas.IndexOf(block.Start) is >= 0 and var row && block.End <= vmas.EndColumn[row] ? row : -1;

    private static long PageBytes(VmaTable vmas)
    {
        ulong any = 0;
        foreach (var start in vmas.StartColumn) any |= start;
        foreach (var end in vmas.EndColumn) any |= end;
        return 1L << Math.Clamp(BitOperations.TrailingZeroCount(any), LeastPageBits, MostPageBits);
    }
}
