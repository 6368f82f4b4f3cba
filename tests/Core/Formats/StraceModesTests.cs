using System.Globalization;
using System.Text;
using MemScope.Core.Formats.Strace;
using MemScope.Core.Model;
using MemScope.Tests.Traces;

namespace MemScope.Tests;

/// <summary>One program in each of strace's modes (tests/fixtures/strace/modes); it wrote down its own calls, with what they returned.</summary>
public sealed class StraceModesTests
{
    [Theory]
    [InlineData("none", ClockDomain.None, true)]
    [InlineData("relative", ClockDomain.Relative, true)]
    [InlineData("day-relative", ClockDomain.WallTimeOfDay, true)]
    [InlineData("day", ClockDomain.WallTimeOfDay, true)]
    [InlineData("unix", ClockDomain.Wall, true)]
    [InlineData("unix-ns", ClockDomain.Wall, true)]
    [InlineData("stack", ClockDomain.Wall, true)]
    [InlineData("descriptors", ClockDomain.None, true)]
    [InlineData("more-descriptors", ClockDomain.None, true)]
    [InlineData("comm", ClockDomain.Wall, true)]
    [InlineData("raw", ClockDomain.None, true)]
    [InlineData("verbose", ClockDomain.None, true)]
    [InlineData("abbrev", ClockDomain.None, true)]
    [InlineData("numbers", ClockDomain.WallTimeOfDay, true)]
    [InlineData("summary", ClockDomain.None, true)]
    [InlineData("terminal", ClockDomain.WallTimeOfDay, false)]
    [InlineData("terminal-comm", ClockDomain.None, false)]
    [InlineData("terminal-relative", ClockDomain.Relative, false)]
    [InlineData("exec", ClockDomain.WallTimeOfDay, true)]
    [InlineData("attached", ClockDomain.Wall, true)]
    public void Every_mode_gives_the_calls_that_the_program_made(string mode, ClockDomain clock, bool printsAllThreads)
    {
        var read = Reading.Of(Fixtures.Bytes("strace", "modes", mode + ".txt"), mode + ".txt").Parsed;
        var trace = Assert.Single(read.Traces);

        Assert.Equal(clock, trace.Clock);
        AssertHolds(trace, mode, e => e.Tid, printsAllThreads);
        Assert.Empty(read.Complaints());
        Assert.Empty(trace.Losses.Select(l => l.Kind).Except(["missing-stacks", "began-late"]));
        Assert.Equal(mode == "attached", trace.Losses.Any(l => l is { Kind: "began-late" }));
        for (var i = 1; i < trace.Events.Count; i++) Assert.True(trace.Events[i].TimeNs >= trace.Events[i - 1].TimeNs);
        if (clock != ClockDomain.None) Assert.True(trace.Events[^1].TimeNs - trace.Events[0].TimeNs > 20_000_000 || mode == "attached", "The thread rests for 20 ms.");
    }

    [Theory]
    [InlineData("stack")]
    [InlineData("terminal-relative")]
    public void With_stacks_each_call_has_the_functions_of_the_program(string mode)
    {
        var trace = Assert.Single(Reading.Of(Fixtures.Bytes("strace", "modes", mode + ".txt")).Parsed.Traces);

        var madvise = trace.Events.First(e => e.Call == MemoryCall.Madvise);
        Assert.Contains("madvise < calls < main", trace.Functions(madvise.Callchain), StringComparison.Ordinal);
        Assert.Contains("__mmap < map < on_signal", trace.Functions(trace.Events.Single(e => e.Length == 7 * 4096).Callchain), StringComparison.Ordinal);
        Assert.DoesNotContain(trace.Losses, l => l is { Kind: "missing-stacks" });
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("verbose")]
    public void Numbers_and_names_of_flags_are_the_same_bits(string mode)
    {
        static IEnumerable<(MemoryCall, ulong, ulong)> Bits(string mode) =>
            Assert.Single(Reading.Of(Fixtures.Bytes("strace", "modes", mode + ".txt")).Parsed.Traces).Events.Select(e => (e.Call, e.Protection, e.Flags));

        Assert.Equal(Bits("abbrev"), Bits(mode));
    }

    [Fact]
    public void The_files_of_one_run_with_ff_become_one_trace_with_the_threads_of_their_names()
    {
        var read = Reading.Of(Fixtures.Bytes("strace", "modes", "split.tar.gz"), "split.tar.gz").Parsed;
        var trace = Assert.Single(read.Traces);

        AssertHolds(trace, "split", e => e.Tid, true);
        Assert.Equal(trace.Process.Pid, Assert.Single(trace.Events.Select(e => e.Pid).Distinct()));
        Assert.Equal(2, trace.Events.Select(e => e.Tid).Distinct().Count());
        Assert.Equal("missing-stacks", Assert.Single(trace.Losses).Kind);
        Assert.Equal(1, trace.Events.Count(e => e.Call == MemoryCall.Exit));
        Assert.Empty(read.Complaints());
    }

    [Theory]
    [InlineData("strace.1", "strace.2", 2)]
    [InlineData("strace.100", "strace.101", 1)]
    [InlineData("strace.100", "other.101", 2)]
    public void Rotated_logs_and_other_runs_are_not_joined(string first, string second, int traces)
    {
        var archive = Packing.Tar((first, "1795189479.5 brk(NULL) = 0x1000\n"u8.ToArray()), (second, "1795189478.5 brk(NULL) = 0x2000\n"u8.ToArray()));

        var read = Reading.Of(archive).Parsed;

        Assert.Equal(traces, read.Traces.Count);
        if (traces == 1) Assert.Equal([(101, 0x2000UL), (100, 0x1000UL)], read.Traces[0].Events.Select(e => (e.Tid, e.Result)));
    }

    [Fact]
    public void Files_of_ff_without_times_are_joined_thread_after_thread_and_said_so()
    {
        var archive = Packing.Tar(("s.200", "brk(NULL) = 0x1000\nclone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 201\n"u8.ToArray()), ("s.201", "brk(NULL) = 0x2000\n"u8.ToArray()));

        var read = Reading.Of(archive).Parsed;

        Assert.Contains(read.Diagnostics, d => d is { Id: "STRACE007", Severity: Severity.Warning });
        Assert.Equal([(200, 200), (200, 200), (201, 201)], Assert.Single(read.Traces).Events.Select(e => (e.Pid, e.Tid)));
    }

    [Fact]
    public void A_call_of_a_thread_that_becomes_another_program_is_resumed_by_the_first_thread()
    {
        var trace = Assert.Single(Reading.Of(Fixtures.Bytes("strace", "modes", "exec.txt")).Parsed.Traces);

        var exec = trace.Events.Last(e => e.Call == MemoryCall.Exec);
        Assert.True(exec is { HasResult: true, Failed: false, ResumedLine: > 0 });
        Assert.NotEqual(exec.Pid, exec.Tid);
        Assert.Equal(trace.Process.Pid, Assert.Single(trace.Events.Select(e => e.Pid).Distinct()));
        Assert.All(trace.Events.SkipWhile(e => e.Line <= exec.Line), e => Assert.Equal(e.Pid, e.Tid));
    }

    [Theory]
    [InlineData("i386")]
    [InlineData("i386-raw")]
    public void Calls_of_a_32_bit_program_are_read(string mode)
    {
        var trace = Assert.Single(Reading.Of(Fixtures.Bytes("strace", "modes", mode + ".txt")).Parsed.Traces);
        var own = Encoding.ASCII.GetString(Fixtures.Bytes("strace", "modes", mode + ".list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' '));

        Assert.Equal(own.Select(o => (o[0].TrimEnd('2'), Hex(o[1]), Hex(o[2]))),
            trace.Events.Where(e => e.Call is not (MemoryCall.Exec or MemoryCall.Exit)).Select(e => (e.Call.ToString().ToLowerInvariant(), e.Length, e.Result)));
    }

    [Theory]
    [InlineData("old_mmap({NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0}) = 0x40017000")]
    [InlineData("mmap({0, 8192, 0x3, 0x22, 0xffffffff, 0}) = 0x40017000")]
    [InlineData("[  90] [b7f0c424] old_mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x40017000")]
    [InlineData("[????????????????] mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x40017000")]
    public void The_old_mmap_is_read(string line)
    {
        var e = Assert.Single(TraceFixtures.Trace(StraceFormat.Format, line + "\n").Events);

        Assert.Equal((MemoryCall.Mmap, 8192UL, 3UL, 0x22UL, 0x40017000UL), (e.Call, e.Length, e.Protection, e.Flags, e.Result));
    }

    [Fact]
    public void Notices_anywhere_in_a_line_are_taken_out()
    {
        const string text = """
            strace: Process 7 attached with 2 threads
            strace: [ Process PID=7 runs in 32 bit mode. ]
            [pid 7] mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0strace: Process 9 attached
            strace: Process 10 attached
             <unfinished ...>
            [pid 8] brk(0x5000Process 11 attached
            ) = 0x5000
             > /lib/libc.so.6(brk+0x7strace: Process 12 detached
            ) [0x101a07]
            [pid 7] <... mmap resumed>) = 0x7f0000000000
            strace: Process 7 detached
             <detached ...>

            """;

        var capture = TraceFixtures.Read(StraceFormat.Format, Encoding.ASCII.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)));

        var trace = Assert.Single(capture.Traces);
        Assert.Equal([(MemoryCall.Mmap, 7, 0x7f0000000000UL), (MemoryCall.Brk, 8, 0x5000UL)], trace.Events.Select(e => (e.Call, e.Tid, e.Result)));
        Assert.Equal("brk", trace.Functions(trace.Events[1].Callchain));
        Assert.Equal(7, trace.Process.Pid);
        Assert.Empty(capture.Complaints());
    }

    [Fact]
    public void Steady_state_costs_no_memory_per_line()
    {
        SteadyState.AssertPerLine(Fixtures.Unzipped("strace/raw-mmap-leak.txt.gz"), StraceFormat.Format, read => read.Traces[0].Events.Count);
        SteadyState.AssertPerLine(Fixtures.Unzipped("strace/threads/file.txt.gz"), StraceFormat.Format, read => read.Traces[0].Events.Count);
    }

    private static void AssertHolds(Trace trace, string mode, Func<TraceEvent, int> threadOf, bool printsAllThreads)
    {
        var at = 0;
        foreach (var line in Encoding.ASCII.GetString(Fixtures.Bytes("strace", "modes", mode + ".list")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var own = line.Split(' ');
            var tid = int.Parse(own[0], CultureInfo.InvariantCulture);
            var (address, length, result) = (Hex(own[2]), ulong.Parse(own[3], CultureInfo.InvariantCulture), Hex(own[4]));
            while (at < trace.Events.Count && !Is(trace.Events[at])) at++;
            Assert.True(at < trace.Events.Count, $"{mode}: {line} is not in the trace, or not behind the calls before it.");
            at++;

            bool Is(TraceEvent e) =>
                e.Call.ToString().Equals(own[1], StringComparison.OrdinalIgnoreCase) && e.Address == address && e.Length == length && e.HasResult
                && (e.Failed ? own[1] == "mmap" && result == 0 : e.Result == result) && (threadOf(e) == tid || (!printsAllThreads && threadOf(e) == 0));
        }
    }

    private static ulong Hex(string text) => ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
