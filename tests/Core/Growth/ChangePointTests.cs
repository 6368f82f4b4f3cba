using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Where series change their slope or level, and where growth proper begins.</summary>
public sealed class ChangePointTests
{
    private const double MiB = 1024 * 1024;

    [Theory]
    [InlineData(40)]
    [InlineData(300)]
    [InlineData(3000)]
    public void The_begin_of_a_leak_is_found_to_within_a_few_snapshots(int points)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var change = Assert.Single(Of(points, t => (100 * MiB) + (Math.Max(0, t - (points / 2)) * 120 / points * MiB) + (random.NextDouble() * MiB)));

            Assert.InRange(change.Seconds, 0.47 * points, 0.55 * points);
            Assert.InRange(change.BeforeBytesPerSecond / MiB, -20.0 / points, 20.0 / points);
            Assert.InRange(change.AfterBytesPerSecond / MiB, 110.0 / points, 130.0 / points);
            Assert.Equal(0, change.JumpBytes);
        }
    }

    [Fact]
    public void A_jump_is_told_with_its_size()
    {
        var random = new Random(1);
        var change = Assert.Single(Of(90, t => (100 * MiB) + (t >= 50 ? 30 * MiB : 0) + (random.NextDouble() * MiB)));

        Assert.Equal(50, change.Seconds);
        Assert.InRange(change.JumpBytes / MiB, 28, 32);
    }

    [Fact]
    public void Noise_and_lines_and_sawteeth_have_none()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            Assert.Empty(Of(90, _ => (100 * MiB) + (random.NextDouble() * 20 * MiB)));
            Assert.Empty(Of(90, t => (100 * MiB) + (MiB * t) + (random.NextDouble() * MiB)));
            Assert.Empty(Of(90, t => (50 + (5 * (t % 18))) * MiB));
        }
    }

    [Fact]
    public void However_much_a_series_wanders_few_are_told()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var (random, level) = (new Random(seed), 500 * MiB);
            Assert.InRange(Of(400, _ => level += (random.NextDouble() - 0.5) * 10 * MiB).Count, 0, ChangePoints.Most);
        }
    }

    [Fact]
    public void Leaks_of_the_corpus_have_none_and_the_plateaus_end_theirs_where_their_level_begins()
    {
        foreach (var name in new[] { "ucx-leak", "raw-mmap-leak", "malloc-leak-cpp" })
        {
            var leak = Measured(name);
            Assert.Empty(leak.Changes);
            Assert.Equal(0, leak.Measure.WarmUpSeconds);
        }
        foreach (var name in new[] { "plateau", "glibc-fragmentation" })
        {
            var (measure, changes) = Measured(name);
            Assert.Equal(measure.WarmUpSeconds, changes[^1].Seconds);
            Assert.InRange(measure.Steady.BytesPerSecond, 0, 0.02 * measure.BytesPerSecond);
        }
    }

    /// <summary>Strace held it up for 24 seconds, gdb for four more; what it caught up between is no part of its slope.</summary>
    [Fact]
    public void The_slope_shown_of_a_leak_that_was_held_up_is_that_of_the_undisturbed_one()
    {
        var track = CaseTracks.OfFile(Path.Combine(Fixtures.RepositoryRoot, "demo", "ucx-leak", "second-run", "smaps.tar.gz"));
        var growth = GrowthFit.Measure(TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss));
        var first = CaseTracks.Truth("ucx-leak").GetProperty("measured").GetProperty("Rss").GetProperty("slope_per_s").GetDouble();

        Assert.True(growth.WarmUpSeconds > 24);
        Assert.InRange(growth.Steady.BytesPerSecond, 0.9 * first, 1.1 * first);
    }

    [Fact]
    public void Points_at_one_instant_and_missing_ones_do_no_harm()
    {
        double[] seconds = [.. Enumerable.Range(0, 80).Select(i => (double)(i / 4))];
        double[] bytes = [.. seconds.Select((t, i) => i % 9 == 2 ? double.NaN : t < 10 ? 10 * MiB : t * MiB)];

        var change = Assert.Single(ChangePoints.Of(seconds, bytes));
        Assert.InRange(change.Seconds, 9, 11);
        Assert.Empty(ChangePoints.Of([1, 1, 1, 1, 1, 1, 1, 1, 1], [1 * MiB, 2 * MiB, 3 * MiB, 4 * MiB, 5 * MiB, 6 * MiB, 7 * MiB, 8 * MiB, 9 * MiB]));
        Assert.Empty(ChangePoints.Of([], []));
    }

    private static IReadOnlyList<ChangePoint> Of(int points, Func<double, double> bytes)
    {
        double[] seconds = [.. Enumerable.Range(0, points).Select(i => (double)i)];
        return ChangePoints.Of(seconds, [.. seconds.Select(bytes)]);
    }

    private static (GrowthMeasure Measure, IReadOnlyList<ChangePoint> Changes) Measured(string name)
    {
        var track = CaseTracks.Of(name);
        var (seconds, rss) = (TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss));
        return (GrowthFit.Measure(seconds, rss), ChangePoints.Of(seconds, rss));
    }
}
