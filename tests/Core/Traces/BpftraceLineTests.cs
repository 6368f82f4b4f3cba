using System.Text;
using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

public sealed class BpftraceLineTests
{
    [Theory]
    [InlineData("\t7f8e58eefca3 mmap64+19 (/usr/lib/libc.so.6)", 0x7f8e58eefca3, FrameAddressKind.Absolute, "/usr/lib/libc.so.6", "mmap64", 19, null, 0)]
    [InlineData("\t7f8e58eefca3 0x7f8e58eefca3 ([unknown])", 0x7f8e58eefca3, FrameAddressKind.Absolute, null, "0x7f8e58eefca3", -1, null, 0)]
    [InlineData("\t7f8e58eefca3 [unknown] (/opt/app (deleted))", 0x7f8e58eefca3, FrameAddressKind.Absolute, "/opt/app (deleted)", null, -1, null, 0)]
    [InlineData("\t55ce Handler::operator()(int) const+834 (/opt/a(b)/app)", 0x55ce, FrameAddressKind.Absolute, "/opt/a(b)/app", "Handler::operator()(int) const", 834, null, 0)]
    [InlineData("        mmap64+19", 0, FrameAddressKind.None, null, "mmap64", 19, null, 0)]
    [InlineData("        std::operator+(int, int)+19", 0, FrameAddressKind.None, null, "std::operator+(int, int)", 19, null, 0)]
    [InlineData("        std::operator+(int, int)", 0, FrameAddressKind.None, null, "std::operator+(int, int)", -1, null, 0)]
    [InlineData("        spin+37@/path/uprobe_loop.c:14", 0, FrameAddressKind.None, null, "spin", 37, "/path/uprobe_loop.c", 14)]
    [InlineData("        memcpy@GLIBC_2.14+37", 0, FrameAddressKind.None, null, "memcpy@GLIBC_2.14", 37, null, 0)]
    [InlineData("        0x7f8e58f038a8", 0x7f8e58f038a8, FrameAddressKind.Absolute, null, null, -1, null, 0)]
    [InlineData("        7f8e58eefca3", 0x7f8e58eefca3, FrameAddressKind.Absolute, null, null, -1, null, 0)]
    public void Every_stack_mode_is_read(string line, long address, FrameAddressKind kind, string? module, string? function, long offset, string? file, int number)
    {
        var frame = FrameOf(line);

        Assert.Equal(((ulong)address, kind, module, function), (frame.Address, frame.AddressKind, frame.Module, frame.Function));
        Assert.Equal(offset < 0 ? null : (ulong)offset, frame.FunctionOffset);
        Assert.Equal((file, file is null ? null : number), (frame.File, frame.Line));
    }

    [Fact]
    public void Inlined_frames_and_build_ids_are_read()
    {
        Assert.Equal(new RawFrame { Function = "add", Inlined = true }, FrameOf("        add (inlined)"));
        Assert.Equal(new RawFrame { Function = "f", Inlined = true }, FrameOf("        f(inlined)"));
        Assert.Equal(new RawFrame { BuildId = "5a0901d53f8c8d2b6fd2e8f5b0f1d7a3c2e49131", Address = 0x12e1, AddressKind = FrameAddressKind.InModule },
            FrameOf("        5a0901d53f8c8d2b6fd2e8f5b0f1d7a3c2e49131 0x12e1"));
    }

    [Fact]
    public void A_thread_s_name_may_hold_blanks_signs_and_the_name_of_a_call()
    {
        var trace = TraceFixtures.Trace(BpftraceFormat.Format, "10 20 30 my mmap addr=1 x munmap addr=0x1000 len=4096\n");

        var e = Assert.Single(trace.Events);
        Assert.Equal((MemoryCall.Munmap, 10L, 20, 30, 0x1000UL, 4096UL, false), (e.Call, e.TimeNs, e.Pid, e.Tid, e.Address, e.Length, e.HasResult));
        Assert.Equal("my mmap addr=1 x", trace.Process.Comm);
    }

    [Theory]
    [InlineData("mmap nsecs=10 pid=20 tid=30 len=8192 ret=0x7f0000000000")]
    [InlineData("10 20 30 app mmap len=8192 ret=0x7f0000000000")]
    [InlineData("mmap 10 30 8192 0x7f0000000000")]
    public void Calls_come_in_several_layouts(string line)
    {
        var e = Assert.Single(TraceFixtures.Trace(BpftraceFormat.Format, line + "\n").Events);

        Assert.Equal((MemoryCall.Mmap, 10L, 30, 8192UL, 0x7f0000000000UL, true), (e.Call, e.TimeNs, e.Tid, e.Length, e.Result, e.HasResult));
    }

    [Fact]
    public void Numbers_between_minus_4095_and_minus_1_are_errors()
    {
        var trace = TraceFixtures.Trace(BpftraceFormat.Format, "1 2 3 a mmap len=1 ret=0xffffffffffffffef\n1 2 3 a mmap len=1 ret=-12\n1 2 3 a mmap len=1 ret=0xfffffffffffff000\n");

        Assert.Equal([true, true, false], trace.Events.Select(e => e.Failed));
    }

    [Fact]
    public void Map_keys_that_hold_stacks_are_no_stacks_of_events()
    {
        var capture = BpftraceFormat.Format.Parse("""
            1 2 3 a mmap len=4096 ret=0x1000

            @m[
                mmap64+19
                main+5
            , leak]: 3792544
            @us:
            [4, 8)                 1 |@@@@                                                |
            [1K, 2K)               2 |@@@@@@@@                                            |
            (..., 0)               1 |@@@@                                                |
            @a[1, x]: 1
            @stacks[]: 26198
            1 2 3 a mmap len=4096 ret=0x2000
                f+1
            Lost 12 events
            Lost 3 events

            """u8.ToArray(), TraceFixtures.Options);

        var trace = Assert.Single(capture.Traces);
        Assert.Equal([-1, 0], trace.Events.Select(e => e.Callchain));
        Assert.Equal("f", trace.Functions(0));
        Assert.Equal("1 @a, 1 @m, 1 @stacks, 1 @us", Assert.Single(capture.Diagnostics).Text.Split(": ")[1].TrimEnd('.'));
        Assert.Equal(15, trace.Losses.Single(l => l is { Kind: "lost-events" }).Count);
        Assert.Equal(1, trace.Losses.Single(l => l is { Kind: "missing-stacks" }).Count);
    }

    [Fact]
    public void Lines_of_the_script_itself_are_reported()
    {
        var capture = BpftraceFormat.Format.Parse("1 2 3 a mmap len=4096 ret=0x1000\nhello world\n\n        stray+1\n"u8.ToArray(), TraceFixtures.Options);

        Assert.Equal([2, 4], capture.Diagnostics.Where(d => d is { Id: "BPFTRACE002" }).Select(d => d.Line));
    }

    private static RawFrame FrameOf(string line) => Assert.Single(Assert.Single(TraceFixtures.Trace(BpftraceFormat.Format, $"1 2 3 a mmap len=4096 ret=0x1000\n\n{line}\n\n").Callchains).Frames);
}
