namespace MemScope.Core.Analysis.Growth;

/// <summary>When growth that goes on reaches a limit.</summary>
/// <param name="Limit">The limit that is reached first.</param>
/// <param name="ReachedAt">At the rate behind the warm-up (UTC).</param>
/// <param name="EarliestAt">At the upper end of the rate's 95 % interval.</param>
/// <param name="LatestAt">At its lower end.</param>
public sealed record TimeToLimit(MemoryLimit Limit, DateTimeOffset ReachedAt, DateTimeOffset EarliestAt, DateTimeOffset LatestAt)
{
    /// <summary>Further off than this is not told: no rate is known so well.</summary>
    public static readonly TimeSpan Farthest = TimeSpan.FromDays(3650);

    /// <summary>Whether a series grows to its end in a form that does not end by itself: only then there is a time to anything.</summary>
    public static bool KeepsGrowing(GrowthMeasure growth)
    {
        ArgumentNullException.ThrowIfNull(growth);
        return growth.Shape is GrowthShape.Linear or GrowthShape.Geometric && growth.Steady.LowBytesPerSecond > 0 && growth.Steady.BytesPerSecond > 0;
    }

    /// <summary>
    /// Which of some limits is reached first, and when: null when growth does not go on, when there is no limit or it lies further off than <see cref="Farthest"/>. Time counts from when the
    /// limit's use was read; what other processes do in the meantime is not known.
    /// </summary>
    /// <param name="limits">The limits known.</param>
    /// <param name="growth">Growth of RSS.</param>
    /// <param name="measuredTo">The time of its last point.</param>
    public static TimeToLimit? Of(IEnumerable<MemoryLimit> limits, GrowthMeasure growth, DateTimeOffset measuredTo)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (!KeepsGrowing(growth)) return null;
        TimeToLimit? first = null;
        foreach (var limit in limits)
        {
            var (left, from) = (limit.LeftBytes(growth.LastBytes), limit.UsedBytes is null ? measuredTo : limit.At);
            var seconds = left / growth.Steady.BytesPerSecond;
            if (seconds > Farthest.TotalSeconds) continue;
            var found = new TimeToLimit(limit, After(from, seconds), After(from, left / Math.Max(growth.Steady.HighBytesPerSecond, growth.Steady.BytesPerSecond)),
                After(from, left / Math.Min(growth.Steady.LowBytesPerSecond, growth.Steady.BytesPerSecond)));
            if (first is null || found.ReachedAt < first.ReachedAt) first = found;
        }
        return first;
    }

    /// <summary>A time of a capture may lie anywhere; behind the last that can be written there is none.</summary>
    private static DateTimeOffset After(DateTimeOffset from, double seconds)
    {
        var most = Math.Min(Farthest.TotalSeconds, (DateTimeOffset.MaxValue - from).TotalSeconds - 1);
        return from.AddSeconds(Math.Max(0, Math.Min(seconds, most)));
    }
}
