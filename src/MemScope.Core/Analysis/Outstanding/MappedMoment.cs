using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>A snapshot with what traces know of its memory.</summary>
/// <param name="Vmas">The mappings.</param>
/// <param name="Blocks">The blocks that were alive then, in address order, without an address in common. What of them lies outside of all mappings is not there.</param>
/// <param name="Rows">By row whether it is asked about (a region, a category); null for all.</param>
public sealed record MappedMoment(VmaTable Vmas, IReadOnlyList<TracedBlock> Blocks, IReadOnlyList<bool>? Rows = null)
{
    /// <summary>Whether a row is asked about.</summary>
    public bool IsAsked(int row) => Rows is not { } rows || rows[row];

    /// <summary>Rss of the rows that are asked about, bytes.</summary>
    public long RssBytes
    {
        get
        {
            long sum = 0;
            for (var row = 0; row < Vmas.Count; row++)
                if (IsAsked(row)) sum = Saturating.Add(sum, Vmas[row].Bytes(Metric.Rss));
            return sum;
        }
    }

    /// <summary>Resident bytes of the blocks by owner; owners without any are absent.</summary>
    public IReadOnlyDictionary<ChainOfTrace, long> Resident()
    {
        var bytes = new Dictionary<ChainOfTrace, long>();
        foreach (var (row, range, block) in Parts())
        {
            if (block < 0 || ResidentShare.Of(Vmas[row], range) is not (> 0 and var part)) continue;
            var owner = Blocks[block].Owner;
            bytes[owner] = Saturating.Add(bytes.GetValueOrDefault(owner), part);
        }
        return bytes;
    }

    /// <summary>The asked rows cut at the borders of the blocks, in address order: row, range, and the block that holds it, or -1.</summary>
    internal IEnumerable<(int Row, AddressRange Range, int Block)> Parts()
    {
        var first = 0;
        for (var row = 0; row < Vmas.Count; row++)
        {
            if (!IsAsked(row)) continue;
            var range = Vmas[row].Range;
            while (first < Blocks.Count && Blocks[first].Range.End <= range.Start) first++;
            var at = range.Start;
            for (var block = first; block < Blocks.Count && Blocks[block].Range.Start < range.End; block++)
            {
                var part = Blocks[block].Range.Intersect(range);
                if (part.IsEmpty) continue;
                if (part.Start > at) yield return (row, new AddressRange(at, part.Start), -1);
                yield return (row, part, block);
                at = part.End;
            }
            if (at < range.End) yield return (row, new AddressRange(at, range.End), -1);
        }
    }
}
