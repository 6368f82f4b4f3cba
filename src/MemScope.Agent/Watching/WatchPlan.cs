namespace MemScope.Agent.Watching;

/// <summary>What a watch was asked to do.</summary>
/// <param name="Host">Name of this machine on the server.</param>
/// <param name="Labels">Query parameters with the process' labels.</param>
internal sealed record WatchPlan(string Host, IReadOnlyList<(string Name, string? Value)> Labels)
{
    /// <summary>Time between snapshots.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When to end.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.MaxValue;

    /// <summary>How long to go on sending what is left once the last snapshot is taken.</summary>
    public TimeSpan SendRestFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reading may cost this share of one core; above it snapshots become rarer.</summary>
    public const double CostShare = 0.05;

    /// <summary>Time from one snapshot to the next when reading took <paramref name="cost"/> of CPU time.</summary>
    public TimeSpan PauseAfter(TimeSpan cost)
    {
        var least = cost / CostShare;
        return least > Interval ? least : Interval;
    }
}
