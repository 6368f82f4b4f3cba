namespace MemScope.Web.Wire;

/// <summary>What ends growth, and when. Times are null where RSS does not keep growing or the limit lies more than ten years off.</summary>
/// <param name="Kind"><c>cgroup</c> or <c>ram</c>; null when no capture names a limit.</param>
/// <param name="Label">The cgroup's folder, where the capture names it.</param>
/// <param name="LimitBytes">The limit.</param>
/// <param name="UsedBytes">What counted against it when it was read: of all processes in the cgroup or on the machine, page cache included in a cgroup's.</param>
/// <param name="ReadAt">When that was.</param>
/// <param name="Summary">In words; what to send where no limit is known.</param>
public sealed record LimitWire(string? Kind, string? Label, long? LimitBytes, long? UsedBytes, DateTimeOffset? ReadAt, string Summary)
{
    /// <summary>When it is reached at the rate behind the warm-up.</summary>
    public DateTimeOffset? ReachedAt { get; init; }

    /// <summary>The same at the upper end of the rate's interval.</summary>
    public DateTimeOffset? EarliestAt { get; init; }

    /// <summary>The same at its lower end.</summary>
    public DateTimeOffset? LatestAt { get; init; }

    /// <summary>Seconds from the last snapshot to <see cref="ReachedAt"/>; 0 when that is past.</summary>
    public double? SecondsLeft { get; init; }
}

/// <summary>A region in the measure that a list was asked for.</summary>
/// <param name="First">Value at the window's first snapshot.</param>
/// <param name="Last">Value at its last.</param>
/// <param name="PerSecond">Least-squares slope with 0 where it does not exist.</param>
/// <param name="Shape">Shape slug.</param>
public sealed record MeasuredWire(long First, long Last, double PerSecond, string Shape)
{
    /// <summary>Last minus first.</summary>
    public long Change => Last - First;
}
