using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Judgements on captured processes and on small made ones.</summary>
public sealed class ProcessAssessorTests
{
    public static TheoryData<string> Leaks => ["ucx-leak", "raw-mmap-leak", "malloc-leak-cpp"];

    public static TheoryData<string> Healthy => ["glibc-fragmentation", "steady-healthy", "plateau"];

    [Theory]
    [MemberData(nameof(Leaks))]
    public void The_first_category_of_a_leak_has_the_slope_and_the_form_of_the_leak(string name)
    {
        var track = CaseTracks.Of(name);
        var (first, growth) = FirstCategory(track);
        var truth = CaseTracks.Truth(name);
        var slope = truth.GetProperty("measured").GetProperty("Rss").GetProperty("slope_per_s").GetDouble();

        Assert.InRange(growth.BytesPerSecond, 0.98 * slope, 1.02 * slope);
        Assert.Equal(GrowthShape.Linear, growth.Shape);
        Assert.Equal(truth.GetProperty("expected").GetProperty("in_malloc_heap").GetBoolean() ? Category.Heap : Category.Anonymous, first);
    }

    [Theory]
    [InlineData("glibc-fragmentation", new[] { GrowthShape.Plateau })]
    [InlineData("plateau", new[] { GrowthShape.Plateau })]
    [InlineData("steady-healthy", new[] { GrowthShape.Bounded, GrowthShape.Flat })]
    public void A_healthy_process_has_a_form_that_ends_and_no_trend_in_its_last_half(string name, GrowthShape[] expected)
    {
        var track = CaseTracks.Of(name);
        var (seconds, total) = (TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss));
        var (first, growth) = FirstCategory(track);
        var half = seconds.Length / 2;

        Assert.Contains(GrowthFit.Measure(seconds, total).Shape, expected);
        Assert.Contains(growth.Shape, expected);
        foreach (var series in new[] { total, TrackSeries.ByCategory(track, Metric.Rss)[first] })
        {
            var last = GrowthFit.Measure(seconds.AsSpan(half), series.AsSpan(half));
            Assert.InRange(0, last.LowBytesPerSecond, last.HighBytesPerSecond);
        }
    }

    [Theory]
    [MemberData(nameof(Leaks))]
    public void A_leak_is_called_one_with_the_part_of_memory_that_grows(string name)
    {
        var assessment = ProcessAssessor.Assess(CaseTracks.Of(name));
        var expected = CaseTracks.Truth(name).GetProperty("expected");

        Assert.Equal("leak", assessment.Kind);
        Assert.Equal(expected.GetProperty("in_malloc_heap").GetBoolean(), assessment.InsideMallocHeap);
    }

    /// <summary>The second run of the demo: strace held it up for twenty seconds, then it caught up in a jump and went on.</summary>
    [Fact]
    public void A_leak_that_a_tracer_held_up_is_still_one()
    {
        var assessment = ProcessAssessor.Assess(CaseTracks.OfFile(Path.Combine(Fixtures.RepositoryRoot, "demo", "ucx-leak", "second-run", "smaps.tar.gz")));

        Assert.Equal("leak", assessment.Kind);
        Assert.False(assessment.InsideMallocHeap);
    }

    [Theory]
    [MemberData(nameof(Leaks))]
    public void A_leak_is_called_within_twenty_snapshots_from_wherever_one_begins(string name)
    {
        var track = CaseTracks.Of(name);
        for (var from = 0; from + 20 <= track.Points.Count; from++) Assert.Equal("leak", ProcessAssessor.Assess(track, from, from + 19).Kind);
    }

    [Theory]
    [MemberData(nameof(Healthy))]
    public void No_window_of_half_the_run_makes_a_healthy_process_a_leak(string name)
    {
        var track = CaseTracks.Of(name);
        var points = track.Points.Count;
        for (var length = points / 2; length <= points; length += 3)
            for (var from = 0; from + length <= points; from += 2) Assert.NotEqual("leak", ProcessAssessor.Assess(track, from, from + length - 1).Kind);
    }

    [Fact]
    public void Memory_that_arenas_keep_is_retention()
    {
        var assessment = ProcessAssessor.Assess(CaseTracks.Of("glibc-fragmentation"));

        Assert.Equal(("retention", true, Category.Arena), (assessment.Kind, assessment.InsideMallocHeap, assessment.Category));
    }

    [Fact]
    public void The_founding_case_is_told_in_one_sentence()
    {
        Assert.Equal("Memory grows by 24.7 MiB/min in a straight line. All of it sits in one unnamed mapping outside malloc.",
            ProcessAssessor.Assess(CaseTracks.Of("ucx-leak")).Summary);
    }

    [Fact]
    public void Too_few_snapshots_say_what_would_help()
    {
        Assert.Equal("No snapshot yet.", ProcessAssessor.Assess(Maps.Track()).Summary);
        Assert.Equal("One snapshot shows what memory consists of, not how it grows. Four more, a minute apart, would tell.", ProcessAssessor.Assess(Maps.Track("10-2000 rw-p 1024")).Summary);
        var two = ProcessAssessor.Assess(Maps.Track("10-9000 rw-p 1024", "10-9000 rw-p 13312"));
        Assert.Equal(("unclear", "RSS rose by 12.0 MiB, but two snapshots cannot tell growth from a step. Three more, a minute apart, would."), (two.Kind, two.Summary));
    }

    [Fact]
    public void Addresses_without_resident_sizes_are_unclear()
    {
        Assert.Equal("unclear", ProcessAssessor.Assess(Maps.Track([.. Enumerable.Range(0, 30).Select(i => $"10-{0x100 + (i * 0x100):x} rw-p -")])).Kind);
    }

    [Fact]
    public void A_process_without_mappings_is_unclear()
    {
        Assert.Equal("unclear", ProcessAssessor.Assess(Series(_ => "")).Kind);
    }

    [Fact]
    public void A_snapshot_without_numbers_among_others_is_passed_over()
    {
        Assert.Equal("leak", ProcessAssessor.Assess(Series(i => $"100-9000 rw-p {(i == 7 ? "-" : 1000 + (500 * i))}")).Kind);
        Assert.Equal("healthy", ProcessAssessor.Assess(Series(i => $"100-9000 rw-p {(i == 7 ? "-" : 9000 + (i * 37 % 11 * 100))}")).Kind);
    }

    [Fact]
    public void Pages_of_a_growing_file_are_no_leak()
    {
        var assessment = ProcessAssessor.Assess(Series(i => $"100-9000 r--p {1024 * (i + 1)} /var/data.bin"));

        Assert.Equal("unclear", assessment.Kind);
        Assert.Contains("pages of files", assessment.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slow_leak_in_a_large_process_is_found()
    {
        var assessment = ProcessAssessor.Assess(Series(i => $"100-900000 rw-p {8_000_000 + (i * 40)} [heap]"));

        Assert.Equal(("leak", true), (assessment.Kind, assessment.InsideMallocHeap));
    }

    /// <summary>A piece of 8 MiB every seventh snapshot: whether another comes nobody knows, and "nothing grows" would be wrong.</summary>
    [Fact]
    public void Memory_that_goes_up_by_the_piece_is_unclear_while_another_may_come()
    {
        var rising = ProcessAssessor.Assess(Series(i => Stair(i / 7)));
        Assert.Equal(("unclear", Category.Anonymous), (rising.Kind, rising.Category));
        Assert.Contains("5 of about 8.00 MiB", rising.Summary, StringComparison.Ordinal);

        var come = ProcessAssessor.Assess(Series(i => Stair(Math.Min(i / 4, 3))));
        Assert.Equal("healthy", come.Kind);

        static string Stair(int pieces) => $"100-9000000 rw-p {10_000 + (pieces * 8192)}";
    }

    [Fact]
    public void A_sawtooth_is_healthy()
    {
        Assert.Equal("healthy", ProcessAssessor.Assess(Series(i => $"100-9000 rw-p {50_000 + (5000 * (i % 9))}")).Kind);
    }

    [Fact]
    public void Falling_memory_is_healthy()
    {
        var assessment = ProcessAssessor.Assess(Series(i => $"100-9000 rw-p {90_000 - (1000 * i)}"));

        Assert.Equal("healthy", assessment.Kind);
        Assert.StartsWith("RSS falls", assessment.Summary, StringComparison.Ordinal);
    }

    private static Track Series(Func<int, string> table) => Maps.Track([.. Enumerable.Range(0, 40).Select(table)]);

    private static (Category Category, GrowthMeasure Growth) FirstCategory(Track track)
    {
        var seconds = TrackSeries.Seconds(track);
        return TrackSeries.ByCategory(track, Metric.Rss).Select(c => (c.Key, GrowthFit.Measure(seconds, c.Value))).MaxBy(c => c.Item2.BytesPerSecond);
    }
}
