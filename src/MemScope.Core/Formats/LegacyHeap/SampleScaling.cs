namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>How the fraction of a scaled number is cut off.</summary>
internal enum Rounding : byte
{
    /// <summary>In each row, as Go's pprof does (legacy_profile.go, scaleHeapSample).</summary>
    EachRow,
    /// <summary>It is carried to the next row: the rows add up to the whole part of the exact sum, which is what google-pprof and jeprof print.</summary>
    Carried,
}

/// <summary>
/// Turns samples into estimates. A profiler that samples once in <c>rate</c> bytes (a Poisson process) sees a block of <c>size</c> bytes with the probability
/// 1 - exp(-size/rate); so each row is divided by that, with the mean size of its blocks.
/// </summary>
/// <param name="rate">Mean bytes between samples; up to 1 every block was seen and nothing is scaled.</param>
/// <param name="rounding">What becomes of fractions.</param>
internal sealed class SampleScaling(long rate, Rounding rounding)
{
    private double _countCarry, _bytesCarry;

    /// <summary>The estimate for a row.</summary>
    public (long Count, long Bytes) Scale(long count, long bytes)
    {
        var factor = FactorOf(count, bytes);
        return factor == 1 ? (count, bytes) : (Round(count * factor, ref _countCarry), Round(bytes * factor, ref _bytesCarry));
    }

    /// <summary>By how much a row is multiplied; 1 when that cannot be told.</summary>
    private double FactorOf(long count, long bytes)
    {
        if (rate <= 1 || count == 0 || bytes == 0) return 1;
        var factor = 1 / (1 - Math.Exp(-((double)bytes / count) / rate));
        return double.IsFinite(factor) && factor > 0 ? factor : 1;
    }

    private long Round(double exact, ref double carry)
    {
        if (rounding == Rounding.EachRow) return (long)exact;
        exact += carry;
        var whole = Math.Floor(exact);
        carry = exact - whole;
        return (long)whole;
    }
}
