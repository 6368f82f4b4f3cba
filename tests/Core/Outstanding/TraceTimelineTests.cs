using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Tests.Traces;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

public sealed class TraceTimelineTests
{
    [Fact]
    public void Buckets_tell_what_happened_in_them_and_what_is_outstanding_at_their_end()
    {
        var timeline = TraceTimeline.Of(TraceOf(At(0, Mmap(100, 4, 1)), At(4, Munmap(100, 1)), At(5, Mmap(200, 2, 1)), At(5, Mmap(300, 2, 1) with { Failed = true }), At(9, Munmap(700, 3))), 2);

        Assert.Equal([(0L, 5L), (5L, 9L)], timeline.Buckets.Select(b => (b.FromNs, b.ToNs)));
        Assert.Equal([(4 * 4096L, 4096L, 3 * 4096L, 0L), (2 * 4096L, 3 * 4096L, 5 * 4096L, 1L)], timeline.Buckets.Select(b => (b.MappedBytes, b.UnmappedBytes, b.OutstandingBytes, b.FailedCalls)));
        Assert.Equal([(1L, 1L), (1L, 1L)], timeline.Buckets.Select(b => (b.Calls[(int)MemoryCall.Mmap], b.Calls[(int)MemoryCall.Munmap])));
        // Six pages mapped, four unmapped in nine nanoseconds.
        Assert.Equal((10 * 4096 / 9e-9, 2 * 4096 / 9e-9), (timeline.ChurnBytesPerSecond!.Value, timeline.NetBytesPerSecond!.Value), RelativelyClose);
        Assert.Equal(new ObservedSpan(0, 4), timeline.LongestSilence);
    }

    [Theory]
    [InlineData("bpftrace/raw-mmap-leak.txt.gz")]
    [InlineData("bpftrace/raw-mmap-leak.json.gz")]
    [InlineData("perf/steady-healthy.txt.gz")]
    [InlineData("strace/ucx-leak.txt.gz")]
    [InlineData("perf/ucx-leak-dwarf.txt.gz")]
    public void Every_bucket_ends_with_what_a_replay_up_to_there_has_outstanding(string fixture)
    {
        var trace = Assert.Single(Reading.Of(TraceFixtures.Bytes(fixture)).Parsed.Traces);
        var timeline = TraceTimeline.Of(trace, 37);

        Assert.InRange(timeline.Buckets.Count, 30, 37);
        Assert.Equal((trace.Events.Min(e => e.TimeNs), trace.Events.Max(e => e.TimeNs)), (timeline.Buckets[0].FromNs, timeline.Buckets[^1].ToNs));
        Assert.All(timeline.Buckets.Zip(timeline.Buckets.Skip(1)), p => Assert.Equal(p.First.ToNs, p.Second.FromNs));
        foreach (var bucket in timeline.Buckets.SkipLast(1)) Assert.Equal(TraceReplay.Run(trace, new ReplayFilter { ToNs = bucket.ToNs - 1 }).OutstandingBytes, bucket.OutstandingBytes);

        var whole = TraceReplay.Run(trace);
        Assert.Equal(whole.OutstandingBytes, timeline.Buckets[^1].OutstandingBytes);
        Assert.Equal((whole.MappedBytes, whole.Total.UnmappedBytes), (timeline.Buckets.Sum(b => b.MappedBytes), timeline.Buckets.Sum(b => b.UnmappedBytes)));
        Assert.Equal(trace.Events.Count(e => e.Failed), timeline.Buckets.Sum(b => b.FailedCalls));
        foreach (var call in Enum.GetValues<MemoryCall>())
            Assert.Equal(trace.Events.Count(e => e.Call == call && !e.Failed), timeline.Buckets.Sum(b => b.Calls[(int)call]));
    }

    [Fact]
    public void A_program_that_maps_and_unmaps_all_it_maps_churns_and_does_not_grow()
    {
        var timeline = TraceTimeline.Of(Assert.Single(Reading.Of(TraceFixtures.Bytes("perf/steady-healthy.txt.gz")).Parsed.Traces), 10);

        Assert.True(Math.Abs(timeline.NetBytesPerSecond!.Value) < timeline.ChurnBytesPerSecond!.Value / 10, $"{timeline.NetBytesPerSecond} of {timeline.ChurnBytesPerSecond}");
    }

    [Fact]
    public void Without_times_there_is_no_timeline()
    {
        var timeline = TraceTimeline.Of(TraceOf(Mmap(100, 4, 1)) with { Clock = ClockDomain.None }, 10);

        Assert.Empty(timeline.Buckets);
        Assert.Null(timeline.Observed);
        Assert.Null(timeline.ChurnBytesPerSecond);
        Assert.Equal(4 * 4096L, timeline.Outstanding.OutstandingBytes);
        Assert.Empty(TraceTimeline.Of(TraceOf(), 10).Buckets);
    }

    [Fact]
    public void One_moment_is_one_bucket_and_times_that_are_absurd_are_survived()
    {
        Assert.Equal(4096, Assert.Single(TraceTimeline.Of(TraceOf(At(7, Mmap(100, 1, 1))), 100).Buckets).OutstandingBytes);
        Assert.Equal(3, TraceTimeline.Of(TraceOf(At(7, Mmap(100, 1, 1)), At(9, Mmap(200, 1, 1))), 100).Buckets.Count);

        var absurd = TraceTimeline.Of(TraceOf(At(long.MinValue, Mmap(100, 1, 1)), At(long.MaxValue, Mmap(200, 1, 1)), At(-5, Munmap(100, 1))), 10);
        Assert.InRange(absurd.Buckets.Count, 1, 10);
        Assert.Equal(4096, absurd.Buckets[^1].OutstandingBytes);
    }

    private static IEqualityComparer<(double, double)> RelativelyClose { get; } =
        EqualityComparer<(double A, double B)>.Create((x, y) => Math.Abs(x.A / y.A - 1) < 1e-12 && Math.Abs(x.B / y.B - 1) < 1e-12, _ => 0);

    private static TraceEvent At(long ns, TraceEvent e) => e with { TimeNs = ns };
}
