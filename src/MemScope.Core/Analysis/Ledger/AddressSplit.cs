using System.Runtime.InteropServices;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>
/// RSS of one snapshot split by address: each byte of each row is of its kind, of a block that a trace saw, of an inferred step, of malloc's heap or anonymous. How much of a row lies in which of its
/// addresses is told as everywhere (<see cref="ResidentShare"/>), so the parts of a row add up to its Rss.
/// </summary>
internal sealed class AddressSplit
{
    /// <summary>Kinds of anonymous memory that name an owner. Others (locked, in huge pages, not inherited) say what was done to it, not whose it is.</summary>
    private static readonly HashSet<string> Owners = new(StringComparer.Ordinal) { "jemalloc", "tcmalloc", "mimalloc", "allocator", "go heap", "python arena", "ocaml heap", "java heap", "v8 heap", "named by its owner" };

    private readonly Dictionary<LedgerKey, long> _explained = [];

    private AddressSplit()
    {
    }

    /// <summary>Sum of Rss of all rows; one that does not fit a number stays at the greatest.</summary>
    public long RssBytes { get; private set; }

    /// <summary>What kinds, owners, traces and steps explain. Malloc's heap is not among it, but for <see cref="LedgerPart.TracedHeap"/>, which is a part of <see cref="HeapBytes"/>.</summary>
    public IReadOnlyDictionary<LedgerKey, long> Explained => _explained;

    /// <summary>The brk heap and arenas.</summary>
    public long HeapBytes { get; private set; }

    /// <summary>Anonymous memory that nothing of this explains.</summary>
    public long AnonymousBytes { get; private set; }

    /// <summary>Splits a point of the case's track.</summary>
    /// <param name="file">The case.</param>
    /// <param name="at">The point.</param>
    /// <param name="blocks">Blocks alive at it.</param>
    /// <param name="sites">Names of sites.</param>
    /// <param name="steps">Regions that grew by equal steps.</param>
    public static AddressSplit At(CaseFile file, int at, IReadOnlyList<SiteBlock> blocks, SiteKeys sites, IReadOnlyDictionary<Guid, EqualSteps> steps)
    {
        var (track, split) = (file.Track, new AddressSplit());
        var (vmas, regions) = (track.VmasAt(at), track.AliveAt(at));
        var categories = file.Overrides.Apply(regions, track.CategoriesAt(at));
        var asked = new bool[vmas.Count];
        var left = new long[vmas.Count];
        for (var row = 0; row < vmas.Count; row++)
        {
            left[row] = Math.Min(Math.Max(0, vmas[row].Bytes(Metric.Rss)), long.MaxValue - split.RssBytes);
            split.RssBytes += left[row];
            asked[row] = left[row] > 0 && categories[row].Category is Category.Anonymous or Category.Heap or Category.Arena;
        }
        var moment = new MappedMoment(vmas, [.. blocks.Select(b => new TracedBlock(b.Range, new ChainOfTrace(b.Trace, b.Site)))], asked);
        foreach (var (row, range, block) in moment.Parts())
        {
            if (block >= 0) split.Take(ref left[row], vmas[row], range, TracedKey(sites.Of(blocks[block].Site), categories[row].Category));
            else if (categories[row].Category == Category.Anonymous && steps.TryGetValue(regions[row].Id, out var grown)) split.TakeSteps(ref left[row], vmas[row], range, grown);
        }
        for (var row = 0; row < vmas.Count; row++) split.AddRest(left[row], categories[row]);
        return split;
    }

    private static LedgerKey TracedKey(LedgerKey site, Category category) => site with { Part = category.IsMallocHeap() ? LedgerPart.TracedHeap : site.Part, Category = category.IsMallocHeap() ? null : category };

    private void TakeSteps(ref long left, Vma row, AddressRange unseen, EqualSteps grown)
    {
        // Below and above where the region lay first; all of it where it began with a step.
        AddressRange[] parts = grown.Base.IsEmpty ? [unseen] : [unseen.Intersect(new AddressRange(0, grown.Base.Start)), unseen.Intersect(new AddressRange(grown.Base.End, ulong.MaxValue))];
        foreach (var part in parts)
            if (grown.Explains(part)) Take(ref left, row, part, grown.Key);
    }

    private void Take(ref long left, Vma row, AddressRange range, LedgerKey key)
    {
        var bytes = Math.Min(left, ResidentShare.Of(row, range));
        if (bytes <= 0) return;
        left -= bytes;
        Add(key, bytes);
        if (key.Part == LedgerPart.TracedHeap) HeapBytes += bytes;
    }

    private void AddRest(long bytes, CategoryAssignment assignment)
    {
        if (bytes <= 0) return;
        switch (assignment.Category)
        {
            case Category.Heap or Category.Arena:
                HeapBytes += bytes;
                break;
            case Category.Anonymous when assignment.Confidence != Confidence.Guess && Owners.Contains(assignment.Kind):
                Add(new LedgerKey(LedgerPart.Owner, assignment.Kind) { Category = Category.Anonymous }, bytes);
                break;
            case Category.Anonymous:
                AnonymousBytes += bytes;
                break;
            default:
                Add(new LedgerKey(LedgerPart.Kind) { Category = assignment.Category }, bytes);
                break;
        }
    }

    private void Add(LedgerKey key, long bytes) => CollectionsMarshal.GetValueRefOrAddDefault(_explained, key, out _) += bytes;
}
