using MemScope.Core.Analysis.Heap;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class HeapTieTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private const long MiB = 1 << 20, NsPerSecond = 1_000_000_000;

    /// <summary>capture.json has the time at which the script started the process; heaptrack's clock begins when the loader has mapped it, some milliseconds later.</summary>
    [Theory]
    [InlineData("ucx-leak")]
    [InlineData("malloc-leak-cpp")]
    public void The_rss_that_heaptrack_read_ties_its_clock_to_the_snapshots_within_what_the_tie_says(string name)
    {
        var course = HeapCases.Course(name);
        Assert.Equal(HeapTie.ResidentSize, course.Tie);
        var zero = course.Moments[0].At - TimeSpan.FromTicks(HeapCases.Heaptrack(name).Timeline[0].Time / 100);
        var off = (zero - HeapCases.TimeOf(name, "started")).TotalMilliseconds;
        Assert.InRange(off, -course.WithinMs!.Value, course.WithinMs.Value + 100);
        // A tenth of the run at the most, or growth over it would mean nothing.
        Assert.InRange(course.WithinMs.Value, 1, 4500);
        Assert.Contains($"by the profiler's own RSS, within {course.WithinMs} ms", course.TieWords, StringComparison.Ordinal);
        Assert.True(course.IsComplete);
    }

    [Fact]
    public void A_known_start_goes_before_rss_and_the_times_of_the_file_before_both()
    {
        var rss = HeapCases.Rss(HeapCases.Snapshots("ucx-leak"));
        var started = HeapCases.TimeOf("ucx-leak", "started");
        var byStart = HeapCourses.Place(HeapCases.Profile, HeapCases.Heaptrack("ucx-leak"), HeapCases.Received, started, rss)!;
        Assert.Equal((HeapTie.ProcessStart, started.AddTicks(HeapCases.Heaptrack("ucx-leak").Timeline[0].Time / 100)), (byStart.Tie, byStart.Moments[0].At));
        var dated = Dumps((10, 1), (20, 2)) with { Tool = "heaptrack" };
        dated = dated with { Dumps = [.. dated.Dumps.Select((d, i) => d with { TakenAt = Noon.AddSeconds(i), TimeOrigin = TimeOrigin.InFile })] };
        var course = HeapCourses.Place(HeapCases.Profile, dated, HeapCases.Received, started, rss)!;
        Assert.Equal((HeapTie.WallTime, 1000L), (course.Tie, course.WithinMs));
        Assert.Equal([new HeapMoment(Noon, 1), new HeapMoment(Noon.AddSeconds(1), 2)], course.Moments);
    }

    [Fact]
    public void Heaptrack_that_was_attached_does_not_count_from_the_start_and_does_not_know_every_block()
    {
        var attached = HeapCases.Heaptrack("ucx-leak") with { Losses = [new TraceLoss("began-late", 0, "attached")] };
        var course = HeapCourses.Place(HeapCases.Profile, attached, HeapCases.Received, Noon, [])!;
        Assert.Equal((HeapTie.FileTime, false), (course.Tie, course.IsComplete));
    }

    [Fact]
    public void Flat_rss_ties_nothing_and_neither_do_courses_that_fit_in_several_places_or_in_none()
    {
        Assert.Null(Tie(t => 100 * MiB, t => 100 * MiB));
        // It moves by less than two readings of one moment may differ.
        Assert.Null(Tie(t => (100 * MiB) + (t * 1024), t => (100 * MiB) + (t * 1024)));
        // A wave of ten seconds fits every ten seconds.
        Assert.Null(Tie(Wave, Wave));
        // The profile is of another run: its RSS falls where that of the snapshots rises.
        Assert.Null(Tie(t => (10 * MiB) + (t * MiB), t => (200 * MiB) - (t * MiB)));
        Assert.NotNull(Tie(t => (10 * MiB) + (t * MiB), t => (10 * MiB) + (t * MiB)));

        static double Wave(double t) => (50 * MiB) + (long)(20 * MiB * Math.Sin(t * Math.PI / 5));
    }

    [Theory]
    [InlineData(-10.0)]
    [InlineData(0.0)]
    [InlineData(13.25)]
    public void A_step_of_rss_places_the_profile_wherever_it_began(double began)
    {
        // What the snapshots see at t, the profiler saw at t - began.
        var course = Tie(t => Stepped(t), u => Stepped(u + began))!;
        var zero = course.Moments[0].At;
        Assert.InRange((zero - Noon).TotalSeconds - began, -course.WithinMs!.Value / 1000.0, course.WithinMs.Value / 1000.0);
        // Snapshots a second apart see a step to a second; what is allowed as a difference of readings is a little more of the slope.
        Assert.InRange(course.WithinMs.Value, 1, 1500);

        static double Stepped(double t) => (20 * MiB) + (t > 40 ? 30 * MiB : 0) + (t > 52 ? 15 * MiB : 0) + (long)(t * 100 * 1024);
    }

    [Fact]
    public void A_profile_without_any_tie_ends_at_the_time_of_its_file_and_one_that_was_only_received_gives_its_last_moment_only()
    {
        var massif = Dumps((1, 10), (3, 30)) with { Tool = "massif", Clock = ClockDomain.Relative };
        var told = HeapCourses.Place(HeapCases.Profile, massif, Noon, null, [])!;
        Assert.Equal(HeapTie.FileTime, told.Tie);
        Assert.Equal([new HeapMoment(Noon.AddSeconds(-2), 10), new HeapMoment(Noon, 30)], told.Moments);
        Assert.Null(told.WithinMs);
        var received = HeapCourses.Place(HeapCases.Profile, massif, Noon, null, [], TimeOrigin.Receipt)!;
        Assert.Equal([new HeapMoment(Noon, 30)], received.Moments);
        Assert.Contains("guess", received.TieWords, StringComparison.Ordinal);
    }

    [Fact]
    public void Single_dumps_of_one_tool_are_one_course_and_those_that_were_only_received_stay_alone()
    {
        HeapCourse Dump(string tool, int minute, long live, TimeOrigin origin = TimeOrigin.MemberName) =>
            HeapCourses.Place(Guid.CreateVersion7(), Dumps((1, live)) with { Tool = tool }, Noon.AddMinutes(minute), null, [], origin)!;
        HeapCourse[] dumps = [Dump("jemalloc-heap", 10, 30), Dump("jemalloc-heap", 0, 10), Dump("jemalloc-heap", 5, 20), Dump("pprof", 20, 5), Dump("jemalloc-heap", 30, 99, TimeOrigin.Receipt)];
        var joined = HeapCourses.Joined(dumps);
        Assert.Equal([99, 5, 30], joined.Select(c => c.Moments[^1].LiveBytes));
        Assert.Equal([new HeapMoment(Noon, 10), new HeapMoment(Noon.AddMinutes(5), 20), new HeapMoment(Noon.AddMinutes(10), 30)], joined[2].Moments);
        Assert.Equal((dumps[0].Profile, HeapTie.FileTime), (joined[2].Profile, joined[2].Tie));
        Assert.StartsWith("3 dumps, each by the time in the file's name", joined[2].TieWords, StringComparison.Ordinal);
        Assert.Equal([HeapCases.Course("ucx-leak").Moments.Count], HeapCourses.Joined([HeapCases.Course("ucx-leak")]).Select(c => c.Moments.Count));
    }

    [Fact]
    public void A_clock_that_counts_instructions_or_bytes_orders_moments_and_places_none_but_the_last()
    {
        foreach (var clock in new[] { ClockDomain.Instructions, ClockDomain.AllocatedBytes, ClockDomain.None })
        {
            var course = HeapCourses.Place(HeapCases.Profile, Dumps((1, 10), (3, 30)) with { Tool = "massif", Clock = clock }, Noon, Noon.AddSeconds(-100), [])!;
            Assert.Equal((HeapTie.FileTime, new HeapMoment(Noon, 30)), (course.Tie, Assert.Single(course.Moments)));
        }
    }

    [Fact]
    public void What_is_not_live_bytes_has_no_course()
    {
        Assert.Null(HeapCourses.Place(HeapCases.Profile, Dumps((1, 10)) with { Unit = WeightUnit.Count }, Noon, null, []));
        Assert.Null(HeapCourses.Place(HeapCases.Profile, Read("massif", "malloc-leak.pages.massif.out.gz"), Noon, null, []));
        Assert.Null(HeapCourses.Place(HeapCases.Profile, Read("heap-profile", "growth.heap"), Noon, null, []));
        Assert.Null(HeapCourses.Place(HeapCases.Profile, new HeapProfile("pprof", ProcessHint.None, [], []), Noon, null, []));
    }

    /// <summary>Who counts every block: the manuals of the tools.</summary>
    [Theory]
    [InlineData("massif", "stacks.ms.massif.out", true)]
    [InlineData("memcheck", "malloc-leak.txt", true)]
    [InlineData("jemalloc-heap", "every.heap", true)]
    [InlineData("jemalloc-heap", "sampled.heap", false)]
    [InlineData("heap-profile", "sampled.heap", false)]
    [InlineData("heap-profile", "go.txt", false)]
    [InlineData("pprof", "heap.pb", false)]
    [InlineData("memleak", "example.txt", false)]
    [InlineData("go-memstats", "gctrace.txt", false)]
    public void A_course_says_whether_every_block_was_counted(string folder, string file, bool complete) =>
        Assert.Equal(complete, HeapCourses.Place(HeapCases.Profile, Read(folder, file), Noon, null, [])!.IsComplete);

    [Fact]
    public void Negative_unordered_and_enormous_numbers_give_a_course_in_order_and_no_exception()
    {
        var hostile = new HeapProfile("heaptrack", ProcessHint.None, [], [])
        {
            Unit = WeightUnit.Bytes, Clock = ClockDomain.Relative,
            Timeline =
            [
                new HeapPoint(long.MaxValue, long.MaxValue) { ResidentBytes = long.MaxValue }, new HeapPoint(long.MinValue, 5) { ResidentBytes = 0 }, new HeapPoint(0, -7) { ResidentBytes = -1 }, new HeapPoint(0, 7),
                new HeapPoint(0, 8) { ResidentBytes = long.MinValue }, new HeapPoint(1, 9) { ResidentBytes = 1 }, new HeapPoint(2, 9) { ResidentBytes = long.MaxValue }, new HeapPoint(3, 9) { ResidentBytes = 3 },
            ],
        };
        var rss = Enumerable.Range(0, 10).Select(i => new HeapMoment(Noon.AddSeconds(i), i % 2 == 0 ? long.MaxValue : 0)).ToList();
        foreach (var start in new DateTimeOffset?[] { null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue })
        {
            var course = HeapCourses.Place(HeapCases.Profile, hostile, DateTimeOffset.MaxValue, start, rss)!;
            Assert.Equal(course.Moments.OrderBy(m => m.At), course.Moments);
            Assert.All(course.Moments, m => Assert.True(m.LiveBytes >= 0));
            Assert.DoesNotContain(course.Moments, m => m.LiveBytes == 7);
            _ = course.LiveAt(DateTimeOffset.MinValue);
            _ = course.LiveAt(DateTimeOffset.MaxValue);
            _ = course.Slack;
        }
    }

    [Fact]
    public void Nothing_is_said_of_moments_that_the_profile_does_not_cover()
    {
        var course = new HeapCourse(HeapCases.Profile, "massif", HeapTie.WallTime, [new HeapMoment(Noon, 10), new HeapMoment(Noon.AddSeconds(10), 20), new HeapMoment(Noon.AddSeconds(20), 30)]);
        Assert.Null(course.LiveAt(Noon.AddTicks(-1)));
        Assert.Equal([10, 10, 20, 30, 30], new[] { 0, 9, 10, 20, 30 }.Select(s => course.LiveAt(Noon.AddSeconds(s))!.Value));
        Assert.Null(course.LiveAt(Noon.AddSeconds(30).AddTicks(1)));
        // One moment is that of a command that was typed a little before or after the snapshot.
        var single = new HeapCourse(HeapCases.Profile, "pprof", HeapTie.FileTime, [new HeapMoment(Noon, 10)]);
        Assert.Equal([null, 10, 10, null], new[] { -61, -60, 60, 61 }.Select(s => single.LiveAt(Noon.AddSeconds(s))));
    }

    private static HeapProfile Read(string folder, string file) => Assert.Single(Reading.Of(Fixtures.Bytes(folder, file), file).Parsed.HeapProfiles);

    private static HeapProfile Dumps(params (int Second, long Live)[] dumps) => new("pprof", ProcessHint.None, [], [.. dumps.Select(d => new HeapDump([]) { Time = d.Second * NsPerSecond, LiveBytes = d.Live })])
    {
        Unit = WeightUnit.Bytes, Clock = ClockDomain.Relative,
    };

    /// <summary>A profile of 60 s with a reading every 10 ms laid over 60 snapshots a second apart that begin at noon; null when nothing but the time of the file ties them.</summary>
    private static HeapCourse? Tie(Func<double, double> snapshots, Func<double, double> profiler)
    {
        var profile = new HeapProfile("heaptrack", ProcessHint.None, [], [])
        {
            Unit = WeightUnit.Bytes, Clock = ClockDomain.Relative, Timeline = [.. Enumerable.Range(0, 6000).Select(i => new HeapPoint(i * NsPerSecond / 100, i) { ResidentBytes = (long)profiler(i / 100.0) })],
        };
        var rss = Enumerable.Range(0, 60).Select(i => new HeapMoment(Noon.AddSeconds(i), (long)snapshots(i))).ToList();
        var course = HeapCourses.Place(HeapCases.Profile, profile, HeapCases.Received, null, rss)!;
        return course.Tie == HeapTie.ResidentSize ? course : null;
    }
}
