using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>
/// The first line of a profile. The word behind the @ says what the numbers are:
/// <code>
/// heap profile:     12:   510586 [    17:  1010586] @ heapprofile
/// heap profile:    176:   783529 [   176:   783529] @ heap_v2/65536
/// heap profile: 14: 541952 [44: 664832] @ heap/1048576
/// heap profile:     12: 12582912 [    12: 12582912] @ growth
/// </code>
/// </summary>
/// <param name="Totals">Sums of the rows, as they stand there.</param>
/// <param name="Type"><c>heapprofile</c>, <c>heap_v2</c>, <c>heap</c>, <c>growth</c> …</param>
/// <param name="Rate">The number behind the slash, or null.</param>
internal readonly record struct LegacyHeapHeader(HeapNumbers Totals, string Type, long? Rate)
{
    /// <summary>How every such line begins.</summary>
    public static ReadOnlySpan<byte> Mark => "heap profile:"u8;

    /// <summary>Go prints twice the mean distance of its samples, as the first tcmalloc did (runtime/pprof, writeHeapInternal).</summary>
    public bool IsDoubled => Type == "heap";

    /// <summary>Mean bytes between samples, or null when every block was counted or the rate is not given.</summary>
    public long? SamplePeriodBytes => (Type, Rate) switch
    {
        ("heap_v2" or "heapz_v2", > 1) => Rate,
        ("heap", > 3) => Rate / 2,
        _ => null,
    };

    /// <summary>Whether the second pair counts what was allocated. A sampling tcmalloc does not know, and repeats the first.</summary>
    public bool HasAllocated => Type is "heapprofile" or "heap" || Totals.Live != Totals.Allocated || Totals.LiveBytes != Totals.AllocatedBytes;

    /// <summary>What else than live blocks the rows are, or null.</summary>
    public string? Label => Type.StartsWith("growth", StringComparison.Ordinal) ? "growth" : Type.StartsWith("fragmentation", StringComparison.Ordinal) ? "fragmentation" : null;

    /// <summary>Reads a line; false when it is no header of a kind that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out LegacyHeapHeader header)
    {
        header = default;
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        if (!cursor.TrySkip(Mark) || !HeapNumbers.TryRead(ref cursor, out var totals)) return false;
        cursor.SkipBlanks();
        if (!cursor.TrySkip((byte)'@')) return false;
        cursor.SkipBlanks();
        var word = cursor.Rest.TrimEnd(" \t"u8);
        var slash = word.IndexOf((byte)'/');
        if (TypeOf(slash < 0 ? word : word[..slash]) is not { } type) return false;
        var rate = new ByteCursor(slash < 0 ? default : word[(slash + 1)..]);
        header = new LegacyHeapHeader(totals, type, rate.TryDecimal(out var number) && number <= long.MaxValue ? (long)number : null);
        return true;
    }

    private static string? TypeOf(ReadOnlySpan<byte> word)
    {
        foreach (var type in (ReadOnlySpan<string>)["heapprofile", "heap_v2", "heapz_v2", "heap", "growth", "growthz", "fragmentation", "fragmentationz"])
            if (word.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(type))) return type;
        return null;
    }
}
