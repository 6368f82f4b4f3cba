using System.Text.Json;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using Xunit.Abstractions;

namespace MemScope.Tests;

/// <summary>Verdicts and shapes of every window of the captured runs, the variants of the cases among them.</summary>
public sealed class WindowVerdictTests(ITestOutputHelper output)
{
    private const int Enough = 20;

    public static TheoryData<string> Leaks => ["ucx-leak", "raw-mmap-leak", "malloc-leak-cpp", "ucx-leak/with-heaptrack", "malloc-leak-cpp/with-heaptrack", "ucx-leak/second-run-ptrace"];

    public static TheoryData<string> Healthy => ["glibc-fragmentation", "steady-healthy", "plateau", "ucx-leak/hook-none", "ucx-leak/unreleased-1024", "ucx-leak/ucx-1.13.1"];

    [Theory]
    [MemberData(nameof(Leaks))]
    public void A_leak_is_called_within_twenty_snapshots_and_from_then_on_in_every_window_of_twenty(string name)
    {
        var track = TrackOf(name);
        var begins = FirstUndisturbed(name, track);
        var called = Enumerable.Range(0, track.Points.Count).First(to => IsLeak(track, 0, to));

        var (windows, missed) = (0, new List<(int From, int To)>());
        for (var to = Math.Max(called, Enough - 1); to < track.Points.Count; to++)
        {
            for (var from = 0; from + Enough - 1 <= to; from++)
            {
                windows++;
                if (!IsLeak(track, from, to)) missed.Add((from, to));
            }
        }

        output.WriteLine($"{name}: leaks from snapshot {begins + 1} of {track.Points.Count}, called at {called + 1}; of {windows} windows of 20 or more that end there or later {missed.Count} not");
        Assert.InRange(called - begins + 1, 1, Enough);
        Assert.Empty(missed);
    }

    [Theory]
    [MemberData(nameof(Healthy))]
    public void No_window_of_at_least_half_the_run_makes_a_healthy_process_a_leak(string name)
    {
        var track = TrackOf(name);
        var points = track.Points.Count;
        var (windows, alarms) = (0, new List<(int From, int To)>());
        for (var from = 0; from < points; from++)
        {
            for (var to = from + (points / 2) - 1; to < points; to++)
            {
                windows++;
                if (IsLeak(track, from, to)) alarms.Add((from, to));
            }
        }

        output.WriteLine($"{name}: {windows} windows of at least {points / 2} of {points} snapshots, {alarms.Count} called a leak");
        Assert.Empty(alarms);
    }

    [Theory]
    [InlineData("plateau")]
    [InlineData("glibc-fragmentation")]
    public void A_window_from_the_start_to_ten_seconds_into_the_flat_part_is_a_plateau(string name)
    {
        var track = TrackOf(name);
        var (seconds, rss) = (TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss));
        var flat = Array.FindIndex(rss, r => r >= rss[^1] - (0.02 * (rss.Max() - rss.Min())));
        var reached = Array.FindIndex(seconds, s => s >= seconds[flat] + 10);

        output.WriteLine($"{name}: flat from {seconds[flat]:0.0} s on");
        Assert.InRange(reached, flat + 1, rss.Length - 1);
        for (var to = reached; to < rss.Length; to++) Assert.Equal(GrowthShape.Plateau, GrowthFit.Shape(seconds.AsSpan(0, to + 1), rss.AsSpan(0, to + 1)));
    }

    [Fact]
    public void Every_window_of_half_the_steady_run_is_bounded_or_flat()
    {
        var track = TrackOf("steady-healthy");
        var (seconds, rss) = (TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss));
        for (var from = 0; from < rss.Length; from++)
        {
            for (var to = from + (rss.Length / 2); to < rss.Length; to++)
                Assert.Contains(GrowthFit.Shape(seconds.AsSpan(from, to - from + 1), rss.AsSpan(from, to - from + 1)), new[] { GrowthShape.Bounded, GrowthShape.Flat });
        }
    }

    [Theory]
    [MemberData(nameof(Leaks))]
    public void A_leak_is_a_line_in_the_whole_run(string name)
    {
        var track = TrackOf(name);
        Assert.Equal(GrowthShape.Linear, GrowthFit.Shape(TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss)));
    }

    private static bool IsLeak(Track track, int from, int to) => ProcessAssessor.Assess(track, from, to).Kind == "leak";

    private static Track TrackOf(string name) =>
        name == "ucx-leak/second-run-ptrace" ? CaseTracks.OfFile(Path.Combine(Fixtures.RepositoryRoot, "demo", "ucx-leak", "second-run", "smaps.tar.gz")) : CaseTracks.Of(name);

    /// <summary>In one run strace and gdb held the process up, so that it could not leak: it does from the first snapshot behind the last of them.</summary>
    private static int FirstUndisturbed(string name, Track track)
    {
        if (name != "ucx-leak/second-run-ptrace") return 0;
        using var capture = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Case(name, "capture.json")));
        var ends = capture.RootElement.GetProperty("trace_windows").EnumerateArray().Max(w => w.GetProperty("end").GetDouble());
        return Enumerable.Range(0, track.Points.Count).First(at => track.Points[at].TakenAt >= DateTimeOffset.UnixEpoch.AddSeconds(ends));
    }
}
