using System.Globalization;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Tests.Traces;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

/// <summary>A part of a trace: up to a moment, from a moment, of one thread.</summary>
public sealed class ReplayFilterTests
{
    [Fact]
    public void Up_to_a_moment_later_calls_have_not_happened()
    {
        var trace = TraceOf(At(10, Mmap(100, 4, 1)), At(20, Munmap(100, 2)), At(30, Mmap(200, 1, 2)), At(40, Munmap(102, 2)));

        var memory = TraceReplay.Run(trace, new ReplayFilter { ToNs = 30 });

        Assert.Equal([(102UL, 104UL, 1), (200UL, 201UL, 2)], memory.Places());
        Assert.Equal((5 * 4096L, 3 * 4096L), (memory.MappedBytes, memory.OutstandingBytes));
        Assert.Equal(new ObservedSpan(10, 30), memory.Observed);
    }

    [Fact]
    public void From_a_moment_on_earlier_blocks_are_cut_and_moved_but_not_told()
    {
        var trace = TraceOf(At(10, Mmap(100, 4, 1)), At(20, Mremap(100, 4, 300, 6, 2)), At(30, Munmap(300, 1)), At(30, Munmap(700, 1)));

        var memory = TraceReplay.Run(trace, new ReplayFilter { FromNs = 20 });

        Assert.Equal([(304UL, 306UL, 2)], memory.Places());
        Assert.Equal((2 * 4096L, 4096L), (memory.MappedBytes, memory.BeforeTraceUnmappedBytes));
        Assert.Equal(new ObservedSpan(20, 30), memory.Observed);
    }

    [Fact]
    public void Of_one_thread_the_blocks_are_its_own_whoever_unmaps_them()
    {
        var trace = TraceOf(At(10, Mmap(100, 4, 1)) with { Tid = 7 }, At(20, Mmap(200, 4, 1)), At(30, Munmap(100, 1)), At(40, Munmap(200, 1)) with { Tid = 7 }, At(90, Munmap(900, 1) with { Failed = true }));

        var memory = TraceReplay.Run(trace, new ReplayFilter { Tid = 7 });

        Assert.Equal([(101UL, 104UL, 1)], memory.Places());
        Assert.Equal((4 * 4096L, 4096L, 4096L, 0), (memory.Total.MappedBytes, memory.Total.FreedBytes, memory.Total.UnmappedBytes, memory.FailedCalls));
        // Rates of a thread are over the time that was observed, not over the time between its own calls.
        Assert.Equal(new ObservedSpan(10, 90), memory.Observed);
    }

    [Fact]
    public void The_times_of_a_trace_that_runs_backwards_decide_and_not_the_lines()
    {
        var trace = TraceOf(At(10, Mmap(100, 4, 1)), At(40, Mmap(200, 4, 1)), At(20, Mmap(300, 4, 1)));

        Assert.Equal([100UL, 300UL], TraceReplay.Run(trace, new ReplayFilter { ToNs = 20 }).Places().Select(p => p.From));
    }

    [Theory]
    [InlineData("bpftrace/raw-mmap-leak.txt.gz")]
    [InlineData("bpftrace/steady-healthy.txt.gz")]
    public void What_passes_between_the_tracer_s_begin_mark_and_the_first_event_is_told_and_not_observed(string fixture)
    {
        var trace = Assert.Single(Reading.Of(TraceFixtures.Bytes(fixture)).Parsed.Traces);
        var mark = long.Parse(TraceFixtures.Lines(fixture).Single(l => l.StartsWith("TRACE-BEGIN ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

        var memory = TraceReplay.Run(trace);

        Assert.Equal(trace.Events[0].TimeNs - mark, memory.StartUpLagNs);
        Assert.Equal((trace.Events[0].TimeNs, trace.Events[^1].TimeNs), (memory.Observed!.Value.FirstNs, memory.Observed.Value.LastNs));
        Assert.Null(TraceReplay.Run(trace, new ReplayFilter { FromNs = trace.Events[5].TimeNs }).StartUpLagNs);
        Assert.Null(TraceReplay.Run(trace with { BeganNs = null }).StartUpLagNs);
        Assert.Null(TraceReplay.Run(trace with { BeganNs = long.MaxValue }).StartUpLagNs);
    }

    private static TraceEvent At(long ns, TraceEvent e) => e with { TimeNs = ns };
}
