using MemScope.Core;
using MemScope.Core.Formats.Strace;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

/// <summary>Forms of line that the captures do not show, most of them from strace's own tests and from terminals.</summary>
public sealed class StraceLineTests
{
    [Theory]
    [InlineData("mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 0, ClockDomain.None, 0)]
    [InlineData("28354 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 28354, ClockDomain.None, 0)]
    [InlineData("28354<my (comm) x> mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 28354, ClockDomain.None, 0)]
    [InlineData("[pid 12873] mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 12873, ClockDomain.None, 0)]
    [InlineData("[pid    87] 15:12:37.000250 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 87, ClockDomain.WallTimeOfDay, 54757_000250_000)]
    [InlineData("15:12:37 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 0, ClockDomain.WallTimeOfDay, 54757_000_000_000)]
    [InlineData("15:12:37 (+     0.000021) mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 0, ClockDomain.WallTimeOfDay, 54757_000_000_000)]
    [InlineData("1795187211.272668 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 0, ClockDomain.Wall, 1795187211_272668_000)]
    [InlineData("1795187211 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 0, ClockDomain.Wall, 1795187211_000_000_000)]
    [InlineData("4711 1795187211.272668123 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 4711, ClockDomain.Wall, 1795187211_272668_123)]
    [InlineData("     0.000121 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f48fe30d000", 0, ClockDomain.Relative, 121_000)]
    public void Pid_and_time_come_in_many_forms(string line, int tid, ClockDomain clock, long timeNs)
    {
        var trace = TraceFixtures.Trace(StraceFormat.Format, line + "\n");

        var e = Assert.Single(trace.Events);
        Assert.Equal((tid, clock, timeNs), (e.Tid, trace.Clock, e.TimeNs));
        Assert.Equal((MemoryCall.Mmap, 8192UL, 1UL, 0x22UL, 0x7f48fe30d000UL), (e.Call, e.Length, e.Protection, e.Flags, e.Result));
        Assert.True(StraceFormat.Format.Sniff(System.Text.Encoding.ASCII.GetBytes(line)));
    }

    [Fact]
    public void Every_memory_call_gives_its_numbers()
    {
        var trace = TraceFixtures.Trace(StraceFormat.Format, """
            brk(NULL)                               = 0x55e8c0a4e000
            brk(0x55e8c0a6f000)                     = 0x55e8c0a6f000
            mmap2(0x7f0000000000, 100, PROT_NONE, MAP_SHARED|MAP_FIXED, 3</tmp/a, b (x) = y>, 0x1000) = 0x7f0000000000
            munmap(0x7f0000000000, 4096)            = 0
            mremap(0x7f0000001000, 4096, 8192, MREMAP_MAYMOVE|MREMAP_FIXED, 0x7f0000010000) = 0x7f0000010000
            mprotect(0x7f0000010000, 4096, PROT_READ|PROT_EXEC) = 0
            pkey_mprotect(0x7f0000010000, 4096, PROT_READ, 1) = 0
            madvise(0x7f0000010000, 8192, MADV_DONTNEED) = 0
            mlock(0x7f0000010000, 8192) = 0
            shmat(3, NULL, 0) = 0x7f0000020000
            mmap(NULL, 2097152, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT, -1, 0) = -1 ENOMEM (Cannot allocate memory)
            mmap(0, 0x2000, 0x3 /* PROT_READ|PROT_WRITE */, 0x22 /* MAP_PRIVATE|MAP_ANONYMOUS */, 0xffffffff, 0) = 0x7f0000030000

            """);

        Assert.Equal(
            [MemoryCall.Brk, MemoryCall.Brk, MemoryCall.Mmap, MemoryCall.Munmap, MemoryCall.Mremap, MemoryCall.Mprotect, MemoryCall.Mprotect, MemoryCall.Madvise, MemoryCall.Other,
             MemoryCall.Other, MemoryCall.Mmap, MemoryCall.Mmap], trace.Events.Select(e => e.Call));
        Assert.All(trace.Events, e => Assert.True(e.HasResult));
        Assert.Equal((0x55e8c0a6f000UL, 0x55e8c0a6f000UL), (trace.Events[1].Address, trace.Events[1].Result));
        Assert.Equal((100UL, 0UL, 0x11UL), (trace.Events[2].Length, trace.Events[2].Protection, trace.Events[2].Flags));
        Assert.Equal((4096UL, 8192UL, 3UL, 0x7f0000010000UL), (trace.Events[4].OldLength, trace.Events[4].Length, trace.Events[4].Flags, trace.Events[4].Result));
        Assert.Equal(5UL, trace.Events[5].Protection);
        Assert.Equal(4UL, trace.Events[7].Protection);
        Assert.Equal((true, 0x40022UL | (21UL << 26)), (trace.Events[10].Failed, trace.Events[10].Flags));
        Assert.Equal((0x2000UL, 3UL, 0x22UL), (trace.Events[11].Length, trace.Events[11].Protection, trace.Events[11].Flags));
    }

    [Fact]
    public void A_split_call_stands_where_it_began_and_takes_the_stack_of_its_second_half()
    {
        var trace = TraceFixtures.Trace(StraceFormat.Format, """
            10 1795187211.000000 mmap(NULL, 67108864, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>
            11 1795187211.000001 munmap(0x7f0000000000, 4096) = 0 <0.000011>
             > /lib/libc.so.6(munmap+0x7) [0x101a07]
            10 1795187211.185743 <... mmap resumed>) = 0x7f4c00000000 <0.185743>
             > /lib/libc.so.6(__mmap+0x13) [0x1019b3]

            """);

        Assert.Equal([MemoryCall.Mmap, MemoryCall.Munmap], trace.Events.Select(e => e.Call));
        Assert.Equal((1, 4, 0x7f4c00000000UL), (trace.Events[0].Line, trace.Events[0].ResumedLine, trace.Events[0].Result));
        Assert.Equal(1795187211_000_000_000, trace.Events[0].TimeNs);
        Assert.Equal("__mmap", trace.Functions(trace.Events[0].Callchain));
        Assert.Equal("munmap", trace.Functions(trace.Events[1].Callchain));
    }

    [Fact]
    public void A_notice_in_the_middle_of_a_line_is_taken_out()
    {
        var trace = TraceFixtures.Trace(StraceFormat.Format, """
            [pid 16667] 15:14:49.224720 mmap(NULL, 8392704, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK, -1, 0strace: Process 16683 attached
             <unfinished ...>
            [pid 16683] 15:14:49.224900 munmap(0x7f0000000000, 4096) = 0
            [pid 16667] 15:14:49.296615 <... mmap resumed>) = 0x7f4c91732000 <0.071822>
             > /usr/lib/x86_64-linux-gnu/libc.so.6(__mmap+0x13) [0x1019b3]

            """);

        Assert.Equal(2, trace.Events.Count);
        Assert.Equal((MemoryCall.Mmap, 8392704UL, 0x7f4c91732000UL), (trace.Events[0].Call, trace.Events[0].Length, trace.Events[0].Result));
        Assert.Equal("__mmap", trace.Functions(trace.Events[0].Callchain));
    }

    [Fact]
    public void The_second_half_may_lack_the_thread_that_the_first_half_had()
    {
        var trace = TraceFixtures.Trace(StraceFormat.Format, """
            [pid 5] brk(0x2000 <unfinished ...>
            [pid 6] +++ exited with 0 +++
            <... brk resumed>) = 0x2000
            mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>
            [pid 5] <... mmap resumed>) = 0x7f0000000000
            +++ exited with 0 +++

            """);

        Assert.DoesNotContain(trace.Losses, l => l is { Kind: "unmatched-resume" or "cut-off" });
        Assert.Equal([0x2000UL, 0x7f0000000000UL, 0UL], trace.Events.Select(e => e.Result));
        Assert.Equal(MemoryCall.Exit, trace.Events[2].Call);
    }

    [Fact]
    public void A_time_of_day_that_starts_again_at_midnight_goes_on()
    {
        var trace = TraceFixtures.Trace(StraceFormat.Format, "23:59:59.5 brk(NULL) = 0x1000\n00:00:00.5 brk(NULL) = 0x1000\n");

        Assert.Equal(1_000_000_000, trace.Events[1].TimeNs - trace.Events[0].TimeNs);
    }

    [Fact]
    public void Signals_ends_and_foreign_calls_are_no_memory_calls()
    {
        var capture = TraceFixtures.Read(StraceFormat.Format, """
            7 execve("/bin/true", ["true"], 0x7ffd /* 20 vars */) = 0
            7 openat(AT_FDCWD, "a = b) = 3", O_RDONLY) = 3
            7 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---
            7 brk(NULL <detached ...>
            7 +++ exited with 0 +++

            """u8.ToArray());

        var trace = Assert.Single(capture.Traces);
        Assert.Equal([MemoryCall.Exec, MemoryCall.Brk, MemoryCall.Exit], trace.Events.Select(e => e.Call));
        Assert.False(trace.Events[1].HasResult);
        Assert.Contains("openat", Assert.Single(capture.Diagnostics).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(trace.Losses, l => l is { Kind: "began-late" });
        Assert.Contains(TraceFixtures.Trace(StraceFormat.Format, "munmap(0x7f0000000000, 4096) = 0\n").Losses, l => l is { Kind: "began-late" });
        Assert.DoesNotContain(TraceFixtures.Trace(StraceFormat.Format, "brk(NULL) = 0x1000\n").Losses, l => l is { Kind: "began-late" });
    }

    [Fact]
    public void A_thread_belongs_to_its_process_and_a_fork_is_one_of_its_own()
    {
        var trace = TraceFixtures.Trace(StraceFormat.Format, """
            100 brk(NULL) = 0x1000
            100 clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_FS|CLONE_SIGHAND|CLONE_THREAD|CLONE_SETTLS, parent_tid=[101], tls=0x7f, child_tidptr=0x7f) = 101
            100 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD <unfinished ...>
            102 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000
            100 <... clone resumed>, child_tidptr=0x7f) = 102
            101 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000
            100 clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, stack=0x7f, stack_size=0x9000}, 88) = 103
            103 munmap(0x7f0000000000, 4096) = 0
            103 execve("/bin/true", ["true"], 0x7ffd /* 20 vars */) = 0
            103 brk(NULL) = 0x2000
            101 +++ exited with 0 +++
            100 +++ exited with 0 +++

            """);

        Assert.Equal(
            [(100, MemoryCall.Brk), (100, MemoryCall.Fork), (102, MemoryCall.Mmap), (100, MemoryCall.Mmap), (100, MemoryCall.Munmap), (103, MemoryCall.Exec), (103, MemoryCall.Brk), (100, MemoryCall.Exit)],
            trace.Events.Select(e => (e.Pid, e.Call)));
        Assert.Equal(102UL, trace.Events[1].Result);
        Assert.Equal(100, trace.Process.Pid);
    }

    [Fact]
    public void With_several_threads_and_no_notice_the_process_is_not_guessed()
    {
        const string lines = "4769 brk(NULL) = 0x1000\n4770 brk(NULL) = 0x1000\n";

        Assert.Null(TraceFixtures.Trace(StraceFormat.Format, lines).Process.Pid);
        Assert.Equal(4767, TraceFixtures.Trace(StraceFormat.Format, "strace: Process 4767 attached with 9 threads\n" + lines).Process.Pid);
    }

    [Fact]
    public void Losses_are_told()
    {
        var trace = TraceFixtures.Trace(StraceFormat.Format, """
            5 <... mmap resumed>) = 0x7f0000000000
            5 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000
            5 munmap(0x7f0000001000, 4096 <unfinished ...>
            5 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f00
            """);

        Assert.Equal("began-late cut-off cut-off missing-stacks unmatched-resume", string.Join(" ", trace.Losses.Select(l => l.Kind).Order(StringComparer.Ordinal)));
        Assert.Equal(2, trace.Events.Count);
        Assert.Contains("-k", trace.Losses.Single(l => l is { Kind: "missing-stacks" }).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_traced_nothing_says_so()
    {
        var capture = TraceFixtures.Read(StraceFormat.Format, "strace/glibc-fragmentation.err.txt");
        Assert.Contains(capture.Diagnostics, d => d is { Id: "STRACE001" });
        Assert.Equal(4767, Assert.Single(capture.Traces).Process.Pid);

        capture = TraceFixtures.Read(StraceFormat.Format, "tool-messages/strace/already-traced.txt");
        Assert.Contains(capture.Diagnostics, d => d.Text.Contains("Operation not permitted", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(" > /usr/lib/libc.so.6(__mmap+0x13) [0x1019b3]", "/usr/lib/libc.so.6", "__mmap", 0x13, 0x1019b3, null, 0)]
    [InlineData(" > /usr/lib/libc.so.6() [0x101829]", "/usr/lib/libc.so.6", null, -1, 0x101829, null, 0)]
    [InlineData(" > /bin/x(Handler::operator()(int) const+0x342) [0x3862]", "/bin/x", "Handler::operator()(int) const", 0x342, 0x3862, null, 0)]
    [InlineData(" > /bin/x (deleted)(main+0x1) [0x3862]", "/bin/x (deleted)", "main", 1, 0x3862, null, 0)]
    [InlineData(" > /bin/a(b) [0x1]/x(main+0x1) [0x3862]", "/bin/a(b) [0x1]/x", "main", 1, 0x3862, null, 0)]
    [InlineData(" > /bin/x(main+0x2d9) [0x1595] /src/a b.c:18", "/bin/x", "main", 0x2d9, 0x1595, "/src/a b.c", 18)]
    [InlineData(" > /bin/x(a+0x1b) [0xffffffffffffffff]", "/bin/x", "a", 0x1b, -1, null, 0)]
    public void Frames_are_matched_from_the_right(string line, string module, string? function, long offset, long address, string? file, int number)
    {
        var trace = TraceFixtures.Trace(StraceFormat.Format, $"brk(NULL) = 0x1000\n{line}\n");

        var frame = Assert.Single(Assert.Single(trace.Callchains).Frames);
        Assert.Equal((module, function, (ulong)address), (frame.Module, frame.Function, frame.Address));
        Assert.Equal(offset < 0 ? null : (ulong)offset, frame.FunctionOffset);
        Assert.Equal((file, file is null ? null : number), (frame.File, frame.Line));
        Assert.Equal(FrameAddressKind.InModule, frame.AddressKind);
    }

    [Fact]
    public void A_stack_deeper_than_the_limit_is_cut_and_said_so()
    {
        var frames = string.Concat(Enumerable.Range(0, 1500).Select(i => $" > /bin/x(f{i}+0x1) [0x{i:x}]\n"));

        var trace = TraceFixtures.Trace(StraceFormat.Format, "brk(NULL) = 0x1000\n" + frames);

        Assert.Equal(Limits.Default.CallchainFrames, Assert.Single(trace.Callchains).Frames.Count);
        Assert.Contains(trace.Losses, l => l is { Kind: "cut-stacks", Count: 1 });
    }

    [Fact]
    public void Windows_line_ends_and_a_byte_order_mark_change_nothing()
    {
        const string text = "brk(NULL) = 0x1000\n > /bin/x(main+0x1) [0x10]\n";

        var read = Reading.Of("\uFEFF" + text.Replace("\n", "\r\n", StringComparison.Ordinal));

        var trace = Assert.Single(read.Traces);
        Assert.Equal((ulong)0x1000, Assert.Single(trace.Events).Result);
        Assert.Equal("main", trace.Functions(trace.Events[0].Callchain));
    }

    [Fact]
    public void Bytes_that_are_not_text_stand_as_hex()
    {
        var capture = StraceFormat.Format.Parse("brk(NULL) = 0x1000\n > /bin/\xff\xfe(ma\0in+0x1) [0x10]\n"u8.ToArray(), TraceFixtures.Options);
        Assert.Equal("/bin/\u00ff\u00fe", capture.Traces[0].Callchains[0].Frames[0].Module);

        byte[] raw = [.. "brk(NULL) = 0x1000\n > /bin/"u8, 0xff, 0xfe, .. "(main+0x1) [0x10]\n"u8];
        Assert.Equal(@"/bin/\xff\xfe", StraceFormat.Format.Parse(raw, TraceFixtures.Options).Traces[0].Callchains[0].Frames[0].Module);
    }
}
