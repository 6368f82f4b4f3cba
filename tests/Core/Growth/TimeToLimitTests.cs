using MemScope.Core;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Formats;

namespace MemScope.Tests;

/// <summary>When growth reaches a limit.</summary>
public sealed class TimeToLimitTests
{
    private const long MiB = 1 << 20, GiB = 1 << 30;
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_line_reaches_the_limit_when_what_is_left_divided_by_its_slope_has_passed()
    {
        var limit = Cgroup(("memory.max", 8 * GiB), ("memory.current", 6 * GiB));
        var reached = TimeToLimit.Of([limit], Line(MiB), Noon)!;

        Assert.Equal(Noon.AddSeconds(2048), reached.ReachedAt);
        Assert.InRange(reached.EarliestAt, Noon.AddSeconds(2040), reached.ReachedAt);
        Assert.InRange(reached.LatestAt, reached.ReachedAt, Noon.AddSeconds(2056));
    }

    [Fact]
    public void Noise_widens_the_interval_about_the_time()
    {
        var random = new Random(4);
        var growth = Measure(t => (100 * MiB) + (MiB * t) + (random.NextDouble() * 8 * MiB));
        var reached = TimeToLimit.Of([Cgroup(("memory.max", GiB), ("memory.current", 0))], growth, Noon)!;

        Assert.InRange((reached.LatestAt - reached.EarliestAt).TotalSeconds, 0.01 * 1024, 0.3 * 1024);
        Assert.InRange(reached.ReachedAt, reached.EarliestAt, reached.LatestAt);
        Assert.InRange(Noon.AddSeconds(1024), reached.EarliestAt, reached.LatestAt);
    }

    [Fact]
    public void Of_several_limits_the_one_that_is_reached_first_counts()
    {
        var ram = MemoryLimit.Of("meminfo", null, Bytes(("MemTotal", 16 * GiB), ("MemAvailable", GiB)), Noon).Single();
        var wide = Cgroup(("memory.max", 8 * GiB), ("memory.current", 2 * GiB));

        Assert.Same(ram, TimeToLimit.Of([wide, ram], Line(MiB), Noon)!.Limit);
        Assert.Equal(15 * GiB, ram.UsedBytes);
    }

    [Fact]
    public void Without_a_word_on_what_is_used_the_rss_of_the_process_counts()
    {
        var growth = Line(MiB);
        var reached = TimeToLimit.Of([Cgroup(("memory.max", growth.LastBytes + (600 * MiB)))], growth, Noon.AddHours(1))!;

        Assert.Equal(Noon.AddHours(1).AddSeconds(600), reached.ReachedAt);
    }

    [Fact]
    public void What_does_not_keep_growing_reaches_nothing()
    {
        var limit = Cgroup(("memory.max", GiB), ("memory.current", 0));
        Assert.Null(TimeToLimit.Of([limit], Measure(t => Math.Min(t, 40) * MiB), Noon));
        Assert.Null(TimeToLimit.Of([limit], Measure(t => (50 + (5 * (t % 18))) * MiB), Noon));
        Assert.Null(TimeToLimit.Of([limit], Measure(t => (300 - t) * MiB), Noon));
        Assert.Null(TimeToLimit.Of([limit], Measure(_ => 30 * MiB), Noon));
        Assert.Null(TimeToLimit.Of([], Line(MiB), Noon));
        Assert.Null(TimeToLimit.Of([Cgroup(("memory.max", 1L << 59), ("memory.current", 0))], Line(MiB), Noon));
    }

    [Fact]
    public void A_time_at_the_end_of_all_times_does_no_harm()
    {
        var limit = MemoryLimit.Of("cgroup", null, Bytes(("memory.max", 8 * GiB), ("memory.current", 0)), DateTimeOffset.MaxValue).Single();

        Assert.InRange(TimeToLimit.Of([limit], Line(MiB), DateTimeOffset.MaxValue)!.ReachedAt, Noon, DateTimeOffset.MaxValue);
    }

    [Fact]
    public void The_warm_up_has_no_part_in_the_time()
    {
        var growth = Measure(t => t < 10 ? 50 * MiB * t : (500 * MiB) + (MiB * (t - 10)));
        var reached = TimeToLimit.Of([Cgroup(("memory.max", GiB), ("memory.current", 0))], growth, Noon)!;

        Assert.InRange((reached.ReachedAt - Noon).TotalSeconds, 1000, 1050);
    }

    [Fact]
    public void Limits_of_real_captures_are_read_and_those_that_are_none_are_not()
    {
        // This cgroup's limits were 2^63 less a page, which is none; the machine's RAM is.
        Assert.Empty(LimitsOf("cgroup", "v1.grep.txt"));
        var ram = Assert.Single(LimitsOf("meminfo", "machine.meminfo.txt"));
        var text = File.ReadAllLines(Fixtures.PathOf("meminfo", "machine.meminfo.txt"));
        Assert.Equal(("ram", KiB(text, "MemTotal")), (ram.Kind, ram.LimitBytes));
        Assert.Equal(KiB(text, "MemTotal") - KiB(text, "MemAvailable"), ram.UsedBytes);
    }

    [Theory]
    [InlineData("memory.max", 0)]
    [InlineData("memory.max", -5)]
    [InlineData("memory.limit_in_bytes", long.MaxValue)]
    [InlineData("MemTotal", 5)]
    public void Numbers_that_are_no_limit_of_a_cgroup_are_none(string key, long value)
    {
        Assert.Empty(MemoryLimit.Of("cgroup", null, Bytes((key, value)), Noon));
    }

    private static IEnumerable<MemoryLimit> LimitsOf(string folder, string file)
    {
        using var stream = File.OpenRead(Fixtures.PathOf(folder, file));
        return [.. CaptureReader.Read(stream, file, null, Limits.Default, CancellationToken.None).Parsed.Figures.SelectMany(f => MemoryLimit.Of(f.Kind, f.Label, f.Bytes, f.TakenAt ?? Noon))];
    }

    private static long KiB(string[] lines, string key) =>
        1024 * long.Parse(lines.Single(l => l.StartsWith(key + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);

    private static MemoryLimit Cgroup(params (string, long)[] bytes) => MemoryLimit.Of("cgroup", "/x", Bytes(bytes), Noon).Single();

    private static Dictionary<string, long> Bytes(params (string Key, long Value)[] bytes) => bytes.ToDictionary(b => b.Key, b => b.Value);

    private static GrowthMeasure Line(double slope) => Measure(t => (100 * MiB) + (slope * t));

    private static GrowthMeasure Measure(Func<double, double> bytes)
    {
        double[] seconds = [.. Enumerable.Range(0, 90).Select(i => (double)i)];
        return GrowthFit.Measure(seconds, [.. seconds.Select(bytes)]);
    }
}
