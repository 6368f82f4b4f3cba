using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Answers;

namespace MemScope.Web.Tests.Answers;

/// <summary>The limit in words.</summary>
public sealed class LimitWordsTests
{
    private const long MiB = 1 << 20, GiB = 1 << 30;
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_leak_is_told_when_it_reaches_the_limit_and_what_else_counts_against_it()
    {
        var growth = Growth(t => (100 * MiB) + (MiB * t));
        var limit = LimitWords.Of([Figures("cgroup", ("memory.max", 8 * GiB), ("memory.current", growth.LastBytes + (100 * MiB)))], growth, Noon);

        var left = (8 * GiB) - growth.LastBytes - (100 * MiB);
        Assert.Equal(left / MiB, limit.SecondsLeft!.Value, 3);
        Assert.StartsWith($"RSS reaches the cgroup's limit of 8.00 GiB in {LimitWords.Words(TimeSpan.FromSeconds(left / MiB))} at this rate.", limit.Summary, StringComparison.Ordinal);
        Assert.Contains("100 MiB more than this RSS: other processes, page cache and kernel memory", limit.Summary, StringComparison.Ordinal);
        Assert.True(limit.EarliestAt <= limit.ReachedAt && limit.ReachedAt <= limit.LatestAt);
    }

    [Fact]
    public void An_interval_that_is_more_than_rounding_is_told_with_the_time()
    {
        var random = new Random(3);
        var limit = LimitWords.Of([Figures("cgroup", ("memory.max", 8 * GiB), ("memory.current", GiB))], Growth(t => (100 * MiB) + (MiB * t) + (random.NextDouble() * 8 * MiB)), Noon);

        Assert.Contains($" at this rate (between {LimitWords.Words(limit.EarliestAt!.Value - Noon)} and {LimitWords.Words(limit.LatestAt!.Value - Noon)}).", limit.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_that_was_read_long_before_counts_from_then_and_may_be_past()
    {
        var growth = Growth(t => (100 * MiB) + (MiB * t));
        var limit = LimitWords.Of([Figures("cgroup", ("memory.max", GiB), ("memory.current", 0))], growth, Noon.AddHours(1));

        Assert.Equal(0, limit.SecondsLeft);
        Assert.StartsWith("By now RSS would have reached the cgroup's limit of 1.00 GiB, which was read 60 min before", limit.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_growth_that_goes_on_only_what_is_left_is_told()
    {
        var limit = LimitWords.Of([Figures("meminfo", ("MemTotal", 16 * GiB), ("MemAvailable", 4 * GiB))], Growth(t => Math.Min(t, 40) * MiB), Noon);

        Assert.Equal("The machine's RAM of 16.0 GiB: 4.00 GiB left. RSS does not keep growing.", limit.Summary);
        Assert.Null(limit.SecondsLeft);
        Assert.Null(limit.ReachedAt);
    }

    [Fact]
    public void Where_no_limit_is_known_it_is_said_what_to_send()
    {
        var limit = LimitWords.Of([Figures("cgroup", ("memory.current", GiB)), Figures("status", ("VmRSS", GiB))], Growth(t => MiB * t), Noon);

        Assert.Null(limit.Kind);
        Assert.Contains("send memory.max and memory.current of the cgroup, or /proc/meminfo", limit.Summary, StringComparison.Ordinal);
    }

    private static FiguresRow Figures(string kind, params (string Key, long Value)[] bytes) =>
        new(Guid.CreateVersion7(), kind, null, Noon, TimeOrigin.InFile, bytes.ToDictionary(b => b.Key, b => b.Value), new Dictionary<string, long>(), Guid.CreateVersion7());

    private static GrowthMeasure Growth(Func<double, double> bytes)
    {
        double[] seconds = [.. Enumerable.Range(0, 90).Select(i => (double)i)];
        return GrowthFit.Measure(seconds, [.. seconds.Select(bytes)]);
    }
}
