using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using Xunit.Abstractions;

namespace MemScope.Tests;

/// <summary>How often healthy series are called a leak, and how soon leaks are, over series made with seeds.</summary>
public sealed class FalseAlarmTests(ITestOutputHelper output)
{
    private const int Seeds = 100;

    public static TheoryData<string> HealthyNames => [.. MadeSeries.Healthy.Keys];

    /// <summary>Growth that slows down without end is straight in any later window; only its beginning tells, so it has no say about windows.</summary>
    public static TheoryData<string> HealthyInWindows => [.. MadeSeries.Healthy.Keys.Where(f => f != "ever slower")];

    [Theory]
    [MemberData(nameof(HealthyNames))]
    public void Of_hundred_healthy_series_at_most_one_is_called_a_leak(string family)
    {
        foreach (var points in new[] { 40, 120 })
        {
            var alarms = Enumerable.Range(0, Seeds).Count(seed => IsLeak(Made(MadeSeries.Healthy[family], seed, points)));
            output.WriteLine($"{family}, {points} snapshots: {alarms} of {Seeds} called a leak");
            Assert.InRange(alarms, 0, 1);
        }
    }

    [Theory]
    [MemberData(nameof(HealthyInWindows))]
    public void Of_their_windows_of_half_the_run_less_than_one_in_hundred_is(string family)
    {
        const int points = 60;
        var (windows, alarms) = (0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var track = Made(MadeSeries.Healthy[family], seed, points);
            for (var from = 0; from <= points / 2; from += 6)
            {
                for (var to = from + (points / 2) - 1; to < points; to += 6)
                {
                    windows++;
                    if (IsLeak(track, from, to)) alarms++;
                }
            }
        }
        output.WriteLine($"{family}: {alarms} of {windows} windows called a leak");
        Assert.InRange(alarms, 0, windows / 100);
    }

    [Theory]
    [InlineData("a clean line", 5, 5)]
    [InlineData("noise of half a snapshot's growth", 20, 22)]
    [InlineData("noise of two snapshots' growth", 32, 40)]
    [InlineData("noise of five snapshots' growth", 90, 100)]
    [InlineData("noise that remembers", 20, 24)]
    [InlineData("behind a warm-up", 36, 40)]
    [InlineData("with pauses between snapshots", 18, 20)]
    [InlineData("in bursts", 60, 110)]
    [InlineData("with one outlier", 10, 20)]
    public void A_leak_under_noise_is_called_after_so_many_snapshots(string family, int median, int nineOfTen)
    {
        var called = new List<int>();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var track = Made(MadeSeries.Leaks[family], seed, 120);
            var count = 5;
            while (count <= 120 && !IsLeak(track, 0, count - 1)) count += count < 40 ? 1 : 10;
            called.Add(count);
        }
        called.Sort();
        output.WriteLine($"{family}: half of them within {called[Seeds / 2]}, nine of ten within {called[Seeds * 9 / 10]} snapshots");
        Assert.InRange(called[Seeds / 2], 1, median);
        Assert.InRange(called[Seeds * 9 / 10], 1, nineOfTen);
    }

    private static bool IsLeak(Track track) => IsLeak(track, 0, track.Points.Count - 1);

    private static bool IsLeak(Track track, int from, int to) => ProcessAssessor.Assess(track, from, to).Kind == "leak";

    private static Track Made(Func<Random, double[], double[]> family, int seed, int points)
    {
        var random = new Random(seed);
        var seconds = MadeSeries.Seconds(random, points);
        var bytes = family(random, seconds);
        return Track.Build(Maps.Process, SnapshotSource.Smaps, seconds.Select((t, i) =>
            new TrackPoint(i + 1, DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000 + t), Maps.Table($"100-9000000 rw-p {(long)(bytes[i] / 1024)} [heap]"))));
    }
}
