using System.Globalization;

namespace MemScope.Core.Analysis.Probes;

/// <summary>Which tool keeps up with how many calls.</summary>
internal static class CallRate
{
    /// <summary>
    /// From here on sums in the kernel go before a line per call: a call with a stack of ten frames is about 1 KB of text, so 10,000 a second for ten seconds are 100 MB, which one reader of bpftrace's buffer no longer
    /// prints as fast as they come. The founding case had 48,000 a second.
    /// </summary>
    public const double ForSums = 10_000;

    /// <summary>Up to here perf copies 16 KiB of stack with both events of a call: 32 MiB a second, which any disk takes. Above, frame pointers.</summary>
    public const double ForCopiedStacks = 1_000;

    /// <summary>Up to here strace is bearable: two stops and an unwound stack take about 0.1 ms, so 1,000 calls a second cost a tenth of a core's time.</summary>
    public const double ForStops = 1_000;

    /// <summary>Whether more calls are known than a tool can bear.</summary>
    public static bool IsAbove(ProbeTarget target, double limit) => target.CallsPerSecond is { } rate && rate > limit;

    /// <summary>What is known of the rate as a sentence with a blank behind it, or empty.</summary>
    public static string Words(ProbeTarget target) =>
        target.CallsPerSecond is { } rate ? string.Create(CultureInfo.InvariantCulture, $"A trace counted {rate:N0} calls per second. ") : "";
}
