using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Outputs of bcc's documentation and lines as its sources print them; memleak itself could not be run.</summary>
public sealed class MemleakTests
{
    [Fact]
    public void Each_report_is_a_dump_of_what_is_outstanding_then()
    {
        var read = Reading.Of(Fixtures.Bytes("memleak", "example.txt")).Parsed;
        var profile = Assert.Single(read.HeapProfiles);

        Assert.Equal(("memleak", 5193, WeightUnit.Bytes, ClockDomain.WallTimeOfDay), (profile.Tool, profile.Process.Pid, profile.Unit, profile.Clock));
        var seconds = (11L * 3600 + 16 * 60 + 33) * 1_000_000_000;
        Assert.Equal([(seconds, 64L, 4L), (seconds + 1_000_000_000, 160L, 10L)], profile.Dumps.Select(d => (d.Time!.Value, d.LiveBytes!.Value, d.LiveCount!.Value)));
        Assert.All(profile.Dumps, d => Assert.Equal((d.LiveBytes, d.LiveCount, null), (d.Sites.Single().Live, d.Sites.Single().LiveCount, d.Sites.Single().Allocated)));
        Assert.Equal(160, profile.LiveBytes);
        Assert.Equal([("main", 0x6dUL, "allocs"), ("__libc_start_main", 0xf0UL, "libc-2.21.so")], Assert.Single(profile.Callchains).Frames.Select(f => (f.Function!, f.FunctionOffset!.Value, f.Module!)));
        Assert.Empty(read.Diagnostics);
    }

    [Fact]
    public void Newer_frames_have_addresses()
    {
        var profile = Assert.Single(Reading.Of(Fixtures.Bytes("memleak", "example-redis.txt")).Parsed.HeapProfiles);

        var frames = Assert.Single(profile.Callchains).Frames;
        Assert.Equal((0x559b4789639fUL, FrameAddressKind.Absolute, "zmalloc", "redis-server"), (frames[0].Address, frames[0].AddressKind, frames[0].Function!, frames[0].Module!));
        Assert.Equal((6, 45L, 45L), (frames.Count, profile.LiveBytes!.Value, profile.Dumps[0].LiveCount!.Value));
    }

    [Theory]
    [InlineData("                 main+0x6d [allocs]", 0, FrameAddressKind.None, "main", 0x6d, "allocs", null, 0)]
    [InlineData("\t\tbpf_prog_load [kernel]", 0, FrameAddressKind.None, "bpf_prog_load", -1, "kernel", null, 0)]
    [InlineData("\t\t0x00007fdf47029d90\t[unknown] [libc.so.6]", 0x7fdf47029d90, FrameAddressKind.Absolute, null, -1, "libc.so.6", null, 0)]
    [InlineData("\t\t0x00007fdf47029d90\t[unknown]", 0x7fdf47029d90, FrameAddressKind.Absolute, null, -1, null, null, 0)]
    [InlineData("\t\toperator new[](unsigned long)+0x1c [libstdc++.so.6.0.30]", 0, FrameAddressKind.None, "operator new[](unsigned long)", 0x1c, "libstdc++.so.6.0.30", null, 0)]
    [InlineData("\t0 [<000055b2a1c3d1a9>] main+0x29 [/opt/app/leak]", 0x55b2a1c3d1a9, FrameAddressKind.Absolute, "main", 0x29, "/opt/app/leak", null, 0)]
    [InlineData("\t1 [<000055b2a1c3d1a9>] <null sym>", 0x55b2a1c3d1a9, FrameAddressKind.Absolute, null, -1, null, null, 0)]
    [InlineData("\t#1 0x000055b2a1c3d1a9 main+0x29 (/opt/app/le ak+0x11a9)", 0x11a9, FrameAddressKind.InModule, "main", 0x29, "/opt/app/le ak", null, 0)]
    [InlineData("000055b2a1c3d1a9: main @ 0x1180+0x29 /src/leak.c:12", 0x55b2a1c3d1a9, FrameAddressKind.Absolute, "main", 0x29, null, "/src/leak.c", 12)]
    [InlineData("000055b2a1c3d1a9: <no-symbol>", 0x55b2a1c3d1a9, FrameAddressKind.Absolute, null, -1, null, null, 0)]
    public void Frames_of_every_version_are_read(string line, ulong address, FrameAddressKind kind, string? function, long offset, string? module, string? file, int number)
    {
        var profile = Profile($"[9:5:1] Top 1 stacks with outstanding allocations:\n32 bytes in 2 allocations from stack\n{line}\n");

        var frame = Assert.Single(Assert.Single(profile.Callchains).Frames);
        Assert.Equal((address, kind, function, module), (frame.Address, frame.AddressKind, frame.Function, frame.Module));
        Assert.Equal((offset < 0 ? null : (ulong)offset, file, file is null ? null : number), (frame.FunctionOffset, frame.File, frame.Line));
    }

    [Fact]
    public void Inlined_functions_stand_before_the_one_that_holds_them()
    {
        var profile = Profile("""
            [09:05:01] Top 10 stacks with outstanding allocations:
            32 bytes in 2 allocations from stack
            000055b2a1c3d1a9: store @ 0x1180+0x29 /src/leak.c:12
                              outer /src/leak.c:5 [inlined]
                              inner [inlined]
            000055b2a1c3d200: main @ 0x1200+0x0 /src/leak.c:20

            """);

        Assert.Equal([("inner", true), ("outer", true), ("store", false), ("main", false)], profile.Callchains[0].Frames.Select(f => (f.Function!, f.Inlined)));
        Assert.Equal(5, profile.Callchains[0].Frames[1].Line);
    }

    [Fact]
    public void A_kernel_report_lost_stacks_and_midnight_are_read()
    {
        var read = Reading.Of("""
            Attaching to kernel allocators, Ctrl+C to quit.
            [23:59:58] Top 2 stacks with outstanding allocations:
            	248 bytes in 4 allocations from stack
            		bpf_prog_load [kernel]
            		sys_bpf [kernel]
            	8192 bytes in 1 allocations from stack
            		stack information lost
            [0:0:3] Top 2 stacks with outstanding allocations:
            	248 bytes in 4 allocations from stack
            		bpf_prog_load [kernel]
            		sys_bpf [kernel]
            nonsense

            """);

        var profile = Assert.Single(read.HeapProfiles);
        Assert.Equal(5_000_000_000, profile.Dumps[1].Time - profile.Dumps[0].Time);
        Assert.Equal([8440L, 248L], profile.Dumps.Select(d => d.LiveBytes!.Value));
        Assert.Equal([0, -1], profile.Dumps[0].Sites.Select(s => s.Callchain));
        Assert.Single(profile.Callchains);
        Assert.Null(profile.Process.Pid);
        Assert.Equal(["MEMLEAK002", "MEMLEAK004", "MEMLEAK005"], read.Diagnostics.Select(d => d.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Blocks_that_are_listed_count_also_where_their_stacks_are_not_among_the_largest()
    {
        var read = Reading.Of("""
            [11:16:33] Top 1 stacks with outstanding allocations:
            	addr = 948cd0 size = 16
            	addr = 948d10 size = 100
            	100 bytes in 1 allocations from stack
            		main+0x6d [allocs]

            """);

        var dump = Assert.Single(Assert.Single(read.HeapProfiles).Dumps);
        Assert.Equal((116L, 2L, 100L), (dump.LiveBytes!.Value, dump.LiveCount!.Value, dump.Sites.Single().Live!.Value));
    }

    [Fact]
    public void Reports_in_an_archive_take_the_date_of_their_file()
    {
        var archive = Packing.Tar(("memleak.txt", Fixtures.Bytes("memleak", "example.txt")));

        var dumps = Assert.Single(Reading.Of(archive).Parsed.HeapProfiles).Dumps;
        var day = new DateTimeOffset(Packing.ModifiedAt.Date, TimeSpan.Zero);
        Assert.Equal([(day + new TimeSpan(11, 16, 33), TimeOrigin.ModificationTime), (day + new TimeSpan(11, 16, 34), TimeOrigin.ModificationTime)], dumps.Select(d => (d.TakenAt!.Value, d.TimeOrigin)));
    }

    [Fact]
    public void A_file_without_a_report_is_refused_with_the_reason() =>
        Assert.Contains("unknown", Reading.Refused("Attaching to pid 5193, Ctrl+C to quit.\n"u8.ToArray()).Code, StringComparison.Ordinal);

    [Fact]
    public void Numbers_that_no_process_has_do_not_overflow()
    {
        var entries = string.Concat(Enumerable.Repeat("\t9223372036854775807 bytes in 9223372036854775807 allocations from stack\n\t\tmain+0x6d [allocs]\n", 3));
        var maps = string.Concat(Enumerable.Range(1, 3).Select(i => $"@bytes[\n    f+{i}\n]: 9223372036854775807\n"));

        Assert.Equal(long.MaxValue, Profile("[11:16:33] Top 9 stacks with outstanding allocations:\n" + entries).LiveBytes);
        Assert.Equal(long.MaxValue, Profile("Attaching 1 probe...\n" + maps).Dumps[0].AllocatedBytes);
    }

    private static HeapProfile Profile(string text) => Assert.Single(Reading.Of(text).HeapProfiles);
}
