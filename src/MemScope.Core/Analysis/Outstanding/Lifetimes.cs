using System.Numerics;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>
/// How long blocks lived that were unmapped again. The first <see cref="MostExact"/> are kept as they are; further ones fall into buckets of a sixteenth of a power of two, so that the memory is
/// bounded (8 KiB) and a quantile is within 3.2 %.
/// </summary>
public sealed class Lifetimes
{
    /// <summary>Lifetimes that are kept exactly.</summary>
    public const int MostExact = 128;

    // Buckets per power of two: 2^4.
    private const int SubBits = 4;
    private const int Buckets = (64 - SubBits) << SubBits;

    private List<long>? _exact = [];
    private long[]? _buckets;

    /// <summary>Blocks that were unmapped. A block that was unmapped in pieces counts once for each.</summary>
    public long Count { get; private set; }

    /// <summary>The longest life, nanoseconds; null without any.</summary>
    public long? LongestNs => Count == 0 ? null : Longest;

    /// <summary>Half of the blocks lived at most so long, nanoseconds; null without any.</summary>
    public long? MedianNs => Quantile(0.5);

    /// <summary>95 of 100 blocks lived at most so long, nanoseconds; null without any.</summary>
    public long? P95Ns => Quantile(0.95);

    private long Longest { get; set; }

    /// <summary>The life that a share of the blocks did not outlive, by nearest rank; nanoseconds, null without any.</summary>
    public long? Quantile(double share)
    {
        if (Count == 0) return null;
        var rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Count);
        if (_exact is { } exact)
        {
            exact.Sort();
            return exact[(int)rank - 1];
        }
        var bucket = 0;
        for (long seen = 0; bucket < Buckets; bucket++)
            if ((seen += _buckets![bucket]) >= rank) break;
        return Math.Min(MiddleOf(bucket), Longest);
    }

    /// <summary>Adds a life in nanoseconds; a negative one, of a trace whose clock went back, counts as 0.</summary>
    internal void Add(long ns)
    {
        ns = Math.Max(ns, 0);
        Count++;
        Longest = Math.Max(Longest, ns);
        if (_exact is { Count: < MostExact } exact)
        {
            exact.Add(ns);
            return;
        }
        ToBuckets()[BucketOf((ulong)ns)]++;
    }

    /// <summary>Adds the lives of others.</summary>
    internal void Add(Lifetimes others)
    {
        if (others._exact is { } exact)
        {
            foreach (var ns in exact) Add(ns);
            return;
        }
        var buckets = ToBuckets();
        for (var i = 0; i < Buckets; i++) buckets[i] += others._buckets![i];
        Count += others.Count;
        Longest = Math.Max(Longest, others.Longest);
    }

    private long[] ToBuckets()
    {
        if (_buckets is { } known) return known;
        _buckets = new long[Buckets];
        foreach (var ns in _exact!) _buckets[BucketOf((ulong)ns)]++;
        _exact = null;
        return _buckets;
    }

    private static int BucketOf(ulong ns)
    {
        if (ns < 1 << SubBits) return (int)ns;
        var power = BitOperations.Log2(ns);
        return ((power - SubBits + 1) << SubBits) + (int)((ns >> (power - SubBits)) & ((1 << SubBits) - 1));
    }

    private static long MiddleOf(int bucket)
    {
        if (bucket < 1 << SubBits) return bucket;
        var shift = (bucket >> SubBits) - 1;
        var low = (long)((1 << SubBits) + (bucket & ((1 << SubBits) - 1))) << shift;
        return low + ((1L << shift) - 1) / 2;
    }
}
