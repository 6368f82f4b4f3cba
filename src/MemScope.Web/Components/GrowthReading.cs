using MemScope.Web.Wire;

namespace MemScope.Web.Components;

/// <summary>How the growth of an overview is read: what counts as a trend, how fast it is, how much of it lies outside malloc.</summary>
/// <param name="Overview">The answer.</param>
public sealed record GrowthReading(OverviewWire Overview)
{
    private GrowthWire Total => Overview.Total;
    private double Low => Total.SteadyLowBytesPerSecond ?? Total.LowBytesPerSecond;
    private double High => Total.SteadyHighBytesPerSecond ?? Total.HighBytesPerSecond;
    private IEnumerable<GrowthWire> MallocHeap => Overview.Categories.Where(c => c.Key is "heap" or "arena");

    /// <summary>Slope in bytes per second, behind the warm-up where there is one.</summary>
    public double Rate => Total.SteadyBytesPerSecond ?? Total.RssBytesPerSecond;

    /// <summary>Whether it grows for certain.</summary>
    public bool Grows => Low > 0;

    /// <summary>Whether the slope is one: with zero in its interval it is no rate, and as a large figure it would be a false alarm.</summary>
    public bool HasTrend => Grows || High < 0;

    /// <summary>Percent of the growth outside malloc's heap; null of a shrink, or of nothing.</summary>
    public double? OutsideShare => Total.RssChangeBytes > 0 && Grows ? Math.Clamp(100.0 * (Total.RssChangeBytes - MallocHeap.Sum(c => c.RssChangeBytes)) / Total.RssChangeBytes, 0, 100) : null;

    /// <summary>What the rate rests on.</summary>
    public string RateSource => (HasTrend, Total.WarmUpUntil) switch
    {
        (true, { } warm) => $"since {Format.Clock(warm)}, behind the warm-up; {Format.PlusMinus(Low, High)}",
        (true, null) => FormattableString.Invariant($"{Format.PlusMinus(Low, High)}, R² {Total.RSquared:0.#####}, {Overview.Window.Snapshots} points"),
        (false, { } warm) => $"no trend for certain since {Format.Clock(warm)}, behind the warm-up",
        _ => $"no trend for certain: {Format.MiBPerMinute(Low)} to {Format.MiBPerMinute(High)}",
    };

    /// <summary>What malloc's heap did.</summary>
    public string HeapWords => OutsideShare is null ? "nothing grows for certain"
        : MallocHeap.Sum(c => c.RssChangeBytes) is var change && change == 0 ? $"[heap] flat at {Format.KiB(MallocHeap.Sum(c => c.RssBytes))} KiB" : $"heap and arenas {Format.KiBChange(change)} KiB";
}
