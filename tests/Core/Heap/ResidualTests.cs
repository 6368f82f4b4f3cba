using System.Text;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class ResidualTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The founding scene: the README of the case says over 95 %; heaptrack_print says that the heap never held more than its peak.</summary>
    [Fact]
    public void The_heap_of_ucx_leak_is_flat_and_explains_next_to_nothing_of_the_growth()
    {
        var track = HeapCases.Snapshots("ucx-leak");
        var residual = Residual.Of(HeapCases.File(track), HeapCases.Course("ucx-leak"))!;
        Assert.Equal("583.89K", HeaptrackPrint.Summary(HeaptrackPrint.Text("ucx-leak.summary.txt.gz"), "peak heap memory consumption"));
        Assert.InRange(residual.LiveBytes, -583_900, 583_900);
        Assert.True(residual.Share > 0.95);
        Assert.Equal(RssOf("ucx-leak", residual.To) - RssOf("ucx-leak", residual.From), residual.RssBytes);
        // Both saw the whole run, but for what the tie leaves open at its ends.
        Assert.InRange((residual.To - residual.From).TotalSeconds, 42, 46);
        Assert.True(residual.RssBytes > 15_000_000);
    }

    /// <summary>The control: what heaptrack counted as leaked (35.92 MB) is nine tenths of the growth; the rest is malloc's headers and heaptrack's own memory.</summary>
    [Fact]
    public void The_heap_of_malloc_leak_explains_the_growth_and_agrees_with_the_programs_own_counters()
    {
        var track = HeapCases.Snapshots("malloc-leak-cpp");
        var course = HeapCases.Course("malloc-leak-cpp");
        var residual = Residual.Of(HeapCases.File(track), course)!;
        Assert.True(residual.Share < 0.15, $"{residual.Share}");
        var counters = HeapCases.Counters(HeapCases.Text(Fixtures.Unzipped("cases", "malloc-leak-cpp", "with-heaptrack", "program.out.gz"))).ToList();
        // What a second of leaking comes to, by the program itself, times how far the tie may be off; and what is not the program's: the C++ runtime and its own tables.
        var perSecond = (counters[^1].Bytes - counters[0].Bytes) / (counters[^1].At - counters[0].At).TotalSeconds;
        var off = (long)(perSecond * ((course.WithinMs!.Value / 1000.0) + 1));
        foreach (var (at, bytes) in counters.Where(c => course.LiveAt(c.At) is not null)) Assert.InRange(course.LiveAt(at)!.Value, bytes - off, bytes + off + 300_000);
    }

    [Theory]
    [InlineData("ucx-leak", 10, 30, 0.9, 1.0)]
    [InlineData("ucx-leak", 20, 44, 0.9, 1.0)]
    [InlineData("malloc-leak-cpp", 10, 30, 0.0, 0.2)]
    public void A_part_of_the_window_has_a_residual_of_its_own(string name, int from, int to, double least, double most)
    {
        var track = HeapCases.Snapshots(name);
        var residual = Residual.Of(HeapCases.File(track, from, to), HeapCases.Course(name))!;
        Assert.Equal((track.Points[from].TakenAt, track.Points[to].TakenAt), (residual.From, residual.To));
        Assert.InRange(residual.Share!.Value, least, most);
    }

    [Fact]
    public void A_profile_of_another_time_or_with_one_moment_has_no_residual()
    {
        var track = HeapCases.Snapshots("ucx-leak");
        var course = HeapCases.Course("ucx-leak");
        Assert.Null(Residual.Of(HeapCases.File(track), course with { Moments = [.. course.Moments.Select(m => m with { At = m.At.AddHours(1) })] }));
        Assert.Null(Residual.Of(HeapCases.File(track), course with { Moments = [course.Moments[^1]] }));
        Assert.Null(Residual.Of(HeapCases.File(track, 5, 5), course));
    }

    [Fact]
    public void A_profile_that_covers_part_of_the_window_is_held_against_that_part_only()
    {
        // RSS grows by 4 KiB a second; the profile sees the seconds 20 to 40 and in them a heap that takes half of that.
        var track = Growing(60);
        var course = Course(Enumerable.Range(20, 21).Select(s => ((double)s, s * 2048L)));
        var residual = Residual.Of(HeapCases.File(track), course)!;
        Assert.Equal((Noon.AddSeconds(20), Noon.AddSeconds(40)), (residual.From, residual.To));
        Assert.Equal((20 * 4096L, 20 * 2048L, 0L), (residual.RssBytes, residual.LiveBytes, residual.FileBytes));
        Assert.Equal((20 * 2048L, 0.5), (residual.Bytes, residual.Share));
    }

    [Fact]
    public void Where_moments_are_rare_the_snapshots_nearest_to_them_are_taken_and_nothing_is_drawn_out_beyond_the_last()
    {
        var course = Course([(7.4, 0), (30.1, 1000), (52.4, 2000)]);
        var residual = Residual.Of(HeapCases.File(Growing(60)), course)!;
        Assert.Equal((Noon.AddSeconds(7), Noon.AddSeconds(52), 2000L), (residual.From, residual.To, residual.LiveBytes));
        // Snapshots and moments that are both rare and lie apart say nothing of one moment.
        var apart = Course([(5, 0), (25, 1000)]);
        Assert.Null(Residual.Of(HeapCases.File(Every(10, 4)), apart));
    }

    [Fact]
    public void Growth_of_files_and_shared_memory_is_no_residual()
    {
        var track = Maps.Track([.. Enumerable.Range(0, 20).Select(i => $"10-20 r-xp 8 /bin/app\n1000-2000 rw-p {8 + i}\n7f0000-7f1000 r--s {4 * i} /data/index")]);
        var residual = Residual.Of(HeapCases.File(track), Course(Enumerable.Range(0, 20).Select(s => ((double)s, 100L))))!;
        Assert.Equal((19 * 5 * 1024L, 19 * 4 * 1024L, 19 * 1024L), (residual.RssBytes, residual.FileBytes, residual.Bytes));
    }

    [Fact]
    public void Enormous_live_bytes_do_not_overflow_and_a_falling_rss_has_no_share()
    {
        var hostile = Residual.Of(HeapCases.File(Growing(10)), Course([(0, 0), (9, long.MaxValue)]))!;
        Assert.Equal(0, hostile.Share);
        Assert.True(hostile.Bytes < 0);
        var falling = Maps.Track([.. Enumerable.Range(0, 10).Select(i => $"1000-2000 rw-p {100 - i}")]);
        Assert.Null(Residual.Of(HeapCases.File(falling), Course([(0, 0), (9, 5)]))!.Share);
        Assert.Equal(long.MinValue, new Residual(Course([(0, 0)]), Noon, Noon, long.MinValue, long.MaxValue, 1).Bytes);
    }

    private static HeapCourse Course(IEnumerable<(double Second, long Live)> moments) =>
        new(HeapCases.Profile, "massif", HeapTie.WallTime, [.. moments.Select(m => new HeapMoment(Noon.AddSeconds(m.Second), m.Live))]);

    private static Track Growing(int snapshots) => Maps.Track([.. Enumerable.Range(0, snapshots).Select(i => $"1000-2000 rw-p {100 + (4 * i)}")]);

    private static Track Every(int seconds, int snapshots) =>
        Track.Build(Maps.Process, SnapshotSource.Smaps, Enumerable.Range(0, snapshots).Select(i => new TrackPoint(i + 1, Noon.AddSeconds(i * seconds), Maps.Table($"1000-2000 rw-p {100 + i}"))));

    /// <summary>Summed from the text of the snapshot.</summary>
    private static long RssOf(string name, DateTimeOffset at)
    {
        var seconds = ((at - DateTimeOffset.UnixEpoch).TotalMilliseconds / 1000).ToString("F3", System.Globalization.CultureInfo.InvariantCulture);
        return Reading.SumOfKey(Fixtures.Members("cases", name, "with-heaptrack", "smaps.tar.gz").Single(m => m.Name.Contains(seconds, StringComparison.Ordinal)).Text, "Rss");
    }
}
