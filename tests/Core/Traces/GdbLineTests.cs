using MemScope.Core.Formats.Gdb;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

public sealed class GdbLineTests
{
    [Theory]
    [InlineData("#0  syscall () at ../sysdeps/unix/sysv/linux/x86_64/syscall.S:30", 0, "syscall", null, "../sysdeps/unix/sysv/linux/x86_64/syscall.S", 30)]
    [InlineData("#1  0x0000557ba1a138c4 in raw_map (len=98304) at /src/raw_mmap_leak.c:13", 0x557ba1a138c4, "raw_map", null, "/src/raw_mmap_leak.c", 13)]
    [InlineData("#2  0x00007faad4ec7545 in operator new(unsigned long) () from /lib/libstdc++.so.6", 0x7faad4ec7545, "operator new(unsigned long)", "/lib/libstdc++.so.6", null, 0)]
    [InlineData("#3  0x00007faad4ec7545 in ?? ()", 0x7faad4ec7545, null, null, null, 0)]
    [InlineData("#4  0x00007faad4ec7545 in ?? () from /lib/with blank.so", 0x7faad4ec7545, null, "/lib/with blank.so", null, 0)]
    [InlineData("#5  <signal handler called>", 0, "<signal handler called>", null, null, 0)]
    [InlineData("#6  0x1 in std::function<void (int)>::operator()(int) const (this=0x5 <x>, __args#0=1) at f.h:5", 1, "std::function<void (int)>::operator()(int) const", null, "f.h", 5)]
    [InlineData("#7  0x1 in (anonymous namespace)::run (s=0x55 \"a) at b:1 (\") at /src/x (1).cpp:9", 1, "(anonymous namespace)::run", null, "/src/x (1).cpp", 9)]
    [InlineData("#8  0x1 in Matrix::operator<< (this=0x1, n=2) at m.cpp:7", 1, "Matrix::operator<<", null, "m.cpp", 7)]
    [InlineData("#9  0x1 in ptr<int>::operator-> (this=<optimized out>) at p.h:3", 1, "ptr<int>::operator->", null, "p.h", 3)]
    [InlineData("#10 main", 0, "main", null, null, 0)]
    public void Frames_of_every_form_are_read(string line, long address, string? function, string? module, string? file, int number)
    {
        var trace = TraceFixtures.Trace(GdbFormat.Format, $"=== hit 1 nr=9 arg1=0x0 len=4096\n{line}\n");

        var frame = Assert.Single(Assert.Single(trace.Callchains).Frames);
        Assert.Equal(((ulong)address, function, module), (frame.Address, frame.Function, frame.Module));
        Assert.Equal((file, file is null ? null : number), (frame.File, frame.Line));
        Assert.Equal(address == 0 ? FrameAddressKind.None : FrameAddressKind.Absolute, frame.AddressKind);
    }

    [Fact]
    public void A_frame_broken_at_the_terminal_s_width_is_joined()
    {
        var trace = TraceFixtures.Trace(GdbFormat.Format, "=== hit 1 nr=9 arg1=0x0 len=4096\n#0  0x1 in f (a=1,\n    b=2)\n    at x.c:3\n#1  0x2 in main () at x.c:9\n");

        Assert.Equal([("f", "x.c", 3), ("main", "x.c", 9)], trace.Callchains[0].Frames.Select(f => (f.Function!, f.File!, f.Line!.Value)));
    }

    [Fact]
    public void Threads_noise_and_other_system_calls_do_not_disturb()
    {
        var capture = GdbFormat.Format.Parse("""
            [New LWP 23430]
            [Switching to Thread 0x7f9d018b6740 (LWP 23429)]
            === hit 1 nr=11 arg1=0x7f0000000000 len=8192
            Temporary breakpoint 2 at 0x7f9d017dc810
            #0  0x1 in munmap () from /lib/libc.so.6
            Backtrace stopped: previous frame inner to this frame (corrupt stack?)
            === hit 2 nr=1 arg1=0x1 len=5
            #0  0x1 in write () from /lib/libc.so.6
            === hit 3 nr=9 arg1=0x0 len=4096 ret=0x7f0000002000 tid=5
            #0  0x1 in mmap () from /lib/libc.so.6
            #1  0x2 in main ()
            [Inferior 1 (process 23400) detached]

            """u8.ToArray(), TraceFixtures.Options);

        var trace = Assert.Single(capture.Traces);
        Assert.Equal([(MemoryCall.Munmap, 23429, false), (MemoryCall.Mmap, 5, true)], trace.Events.Select(e => (e.Call, e.Tid, e.HasResult)));
        Assert.Equal("munmap|mmap < main", string.Join('|', trace.Events.Select(e => trace.Functions(e.Callchain))));
        Assert.Equal(23400, trace.Process.Pid);
        Assert.Equal("GDB002 GDB003 GDB006", string.Join(' ', capture.Diagnostics.Select(d => d.Id).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void A_second_stack_behind_a_hit_is_nobody_s()
    {
        var trace = TraceFixtures.Trace(GdbFormat.Format, "=== hit 1 nr=9 arg1=0x0 len=4096\n#0  0x1 in a ()\n#1  0x2 in main ()\n#0  0x3 in other ()\n");

        Assert.Equal("a < main", trace.Functions(Assert.Single(trace.Events).Callchain));
    }

    [Fact]
    public void A_log_without_a_hit_or_a_backtrace_says_so()
    {
        var capture = GdbFormat.Format.Parse("[Thread debugging using libthread_db enabled]\nprocess 5\n"u8.ToArray(), TraceFixtures.Options);

        Assert.Empty(Assert.Single(capture.Traces).Events);
        Assert.Contains(capture.Diagnostics, d => d is { Id: "GDB001", Severity: Severity.Warning });
    }
}
