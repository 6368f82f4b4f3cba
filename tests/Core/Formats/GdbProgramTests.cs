using System.Globalization;
using System.Text;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats.Gdb;
using MemScope.Core.Model;
using MemScope.Tests.Traces;

namespace MemScope.Tests;

/// <summary>A small program under gdb 13 (tests/fixtures/gdb/program); it printed what it mapped, and the kernel its maps at the same stop.</summary>
public sealed class GdbProgramTests
{
    [Theory]
    [InlineData("hits.txt")]
    [InlineData("stops.txt")]
    public void Results_on_lines_of_their_own_belong_to_the_hit_before_them(string run)
    {
        var read = Reading.Of(Fixtures.Bytes("gdb", "program", run)).Parsed;
        var trace = Assert.Single(read.Traces);

        var own = Lines(run).Where(l => l.StartsWith("store ", StringComparison.Ordinal)).Select(l => l.Split(' ')).Select(w => (ulong.Parse(w[2], CultureInfo.InvariantCulture), Hex(w[3])));
        Assert.Equal(own, trace.Events.Select(e => (e.Length, e.Result)));
        Assert.All(trace.Events, e => Assert.True(e is { HasResult: true, Failed: false }));
        Assert.DoesNotContain(trace.Losses, l => l is { Kind: "results-not-recorded" });
        // The munmap between the two was not traced: the second lies over what it freed.
        Assert.Equal(own.SelectMany(o => Enumerable.Range(0, (int)o.Item1 / 4096).Select(page => o.Item2 + (ulong)page * 4096)).Distinct().Count() * 4096L, TraceReplay.Run(trace).OutstandingBytes);
        Assert.Equal("__GI___mmap64 < store < deep < deep < main|__GI___mmap64 < store < deep < deep < deep < worker < start_thread < clone3", string.Join('|', trace.Events.Select(e => trace.Functions(e.Callchain))));
        Assert.Contains(trace.Process.Pid!.Value, Lines(run).Where(l => l.Contains("process ", StringComparison.Ordinal)).Select(l => int.Parse(l[(l.IndexOf("process ", StringComparison.Ordinal) + 8)..].Split(' ', ')')[0], CultureInfo.InvariantCulture)));
        Assert.Empty(read.HeapProfiles);
        Assert.Empty(read.Complaints());
    }

    [Fact]
    public void A_result_with_a_thread_belongs_to_that_thread_s_hit_whatever_another_did_meanwhile()
    {
        var trace = Assert.Single(Reading.Of(
            """
            === hit 1 nr=9 thread=1 addr=0x0 len=4096 prot=0x3 flags=0x22
            #0  syscall () at ../sysdeps/unix/sysv/linux/x86_64/syscall.S:30
            === hit 2 nr=9 thread=2 addr=0x0 len=8192 prot=0x3 flags=0x22
            #0  syscall () at ../sysdeps/unix/sysv/linux/x86_64/syscall.S:30
            === thread=1 ret=0x7f0000001000
            === thread=2 ret=0x7f0000002000
            process 4711
            """).Traces);

        Assert.Equal([(4096UL, 0x7f0000001000UL), (8192UL, 0x7f0000002000UL)], trace.Events.Select(e => (e.Length, e.Result)));
        Assert.DoesNotContain(trace.Losses, l => l is { Kind: "results-not-recorded" });
    }

    [Theory]
    [InlineData("hits")]
    [InlineData("threads")]
    public void Info_proc_mappings_is_the_snapshot_that_the_kernel_printed(string run)
    {
        var gdb = Assert.Single(Reading.Of(Fixtures.Bytes("gdb", "program", run + ".txt")).Parsed.Snapshots);
        var kernel = Assert.Single(Reading.Of(Fixtures.Bytes("gdb", "program", run + ".maps")).Parsed.Snapshots);

        static IEnumerable<string> Rows(Snapshot s) => Enumerable.Range(0, s.Vmas.Count).Select(i => s.Vmas[i]).Select(v => $"{v.Range} {v.Permissions.Text()} {v.Offset:x} {v.Name}");
        Assert.Equal(Rows(kernel), Rows(gdb));
        Assert.Equal(SnapshotSource.Maps, gdb.Source);
        Assert.NotNull(gdb.Process.Pid);
    }

    [Fact]
    public void A_date_that_the_script_prints_is_the_time_of_the_mappings()
    {
        var snapshot = Assert.Single(Reading.Of(Fixtures.Bytes("gdb", "program", "hits.txt")).Parsed.Snapshots);

        var printed = Lines("hits.txt").Single(l => l.StartsWith("20", StringComparison.Ordinal) && l.Contains('T', StringComparison.Ordinal)).Replace(',', '.');
        Assert.Equal(DateTimeOffset.Parse(printed, CultureInfo.InvariantCulture), snapshot.TakenAt!.Value, TimeSpan.FromMicroseconds(1));
        Assert.Equal(TimeOrigin.InFile, snapshot.TimeOrigin);
        Assert.Null(Assert.Single(Reading.Of(Fixtures.Bytes("gdb", "program", "threads.txt")).Parsed.Snapshots).TakenAt);
    }

    [Fact]
    public void Backtraces_without_a_hit_are_samples_of_their_threads()
    {
        var read = Reading.Of(Fixtures.Bytes("gdb", "program", "threads.txt")).Parsed;
        var profile = Assert.Single(read.HeapProfiles);
        var dump = Assert.Single(profile.Dumps);

        Assert.Empty(read.Traces);
        Assert.Equal(("gdb", WeightUnit.Count), (profile.Tool, profile.Unit));
        Assert.Equal(Lines("threads.txt").Count(l => l.StartsWith("#0 ", StringComparison.Ordinal)), dump.LiveCount);
        Assert.Equal(["worker \"1\" (x): __libc_pause < worker < start_thread < clone3 x1", "program: ready < main x1", ": ready x1", ": ready < main x1"],
            dump.Sites.Select(s => $"{s.Kind}: {string.Join(" < ", profile.Callchains[s.Callchain].Frames.Select(f => f.Function))} x{s.Live}"));
        Assert.All(profile.Callchains.SelectMany(c => c.Frames), f => Assert.NotNull(f.Line));
        Assert.Contains(profile.Modules, m => m.Path.EndsWith("/program", StringComparison.Ordinal));
        Assert.Empty(read.Complaints());
    }

    [Theory]
    [InlineData("Breakpoint 2, 0x00007ffff7ed59a0 in mmap64 () from /lib/libc.so.6", false)]
    [InlineData("Breakpoint 1, main (count=2, len=5) at program.c:48", false)]
    [InlineData("Breakpoint 2.1, __GI___mmap64 (addr=addr@entry=0x0, len=len@entry=8192, prot=3) at mmap64.c:50", true)]
    [InlineData("Temporary breakpoint 3, 0x00007ffff7ed59a0 in mmap (addr=0x0, len=8192, prot=3, flags=34) at x.c:1", true)]
    [InlineData("Thread 2 \"a (b) \" hit\" hit Breakpoint 2, mmap (start=0x0, len=8192, prot=3) at x.c:1", true)]
    public void A_stop_of_gdb_s_own_is_a_hit_where_it_shows_the_arguments(string line, bool isHit)
    {
        var read = TraceFixtures.Read(GdbFormat.Format, Encoding.ASCII.GetBytes($"{line}\n#0  0x1 in a ()\n#1  0x2 in main ()\n"));

        Assert.Equal(isHit ? [(MemoryCall.Mmap, 8192UL, 3UL)] : [], read.Traces.SelectMany(t => t.Events).Select(e => (e.Call, e.Length, e.Protection)));
        Assert.Equal(isHit ? 0 : 1, read.HeapProfiles.Count);
    }

    [Theory]
    [InlineData("Value returned is $1 = (void *) 0x7f0000002000", 0x7f0000002000, false)]
    [InlineData("Value returned is $1 = 139637976735744", 0x7f0000002000, false)]
    [InlineData("Value returned is $1 = (void *) 0xffffffffffffffff", ulong.MaxValue, true)]
    [InlineData("Value returned is $1 = -1", ulong.MaxValue, true)]
    [InlineData("$2 = (void *) 0x7f0000002000", 0x7f0000002000, false)]
    [InlineData("rax            0x7f0000002000      139637976735744", 0x7f0000002000, false)]
    [InlineData("=== ret=0x7f0000002000", 0x7f0000002000, false)]
    public void Results_are_printed_in_many_ways(string line, ulong result, bool failed)
    {
        var trace = TraceFixtures.Trace(GdbFormat.Format, $"=== hit 1 nr=9 arg1=0x0 len=4096\n#0  0x1 in a ()\n#1  0x2 in main ()\n{line}\n$3 = (void *) 0x5\n");

        Assert.Equal((true, result, failed), (trace.Events[0].HasResult, trace.Events[0].Result, trace.Events[0].Failed));
        Assert.Equal("a < main", trace.Functions(trace.Events[0].Callchain));
    }

    [Theory]
    [InlineData("          Start Addr           End Addr       Size     Offset  Perms  objfile\n      0x555555555000     0x555555556000     0x1000     0x1000  r-xp   /tmp/a b\n      0x7ffff7dd1000     0x7ffff7dd4000     0x3000        0x0  rw-p   \n", "r-xp", "")]
    [InlineData("Start Addr         End Addr           Size               Offset             Perms File\n0x0000555555555000 0x0000555555556000 0x1000             0x1000             r-xp  /tmp/a b\n0x00007ffff7dd1000 0x00007ffff7dd4000 0x3000             0x0                rw-p\n", "r-xp", "")]
    [InlineData("\tStart Addr   End Addr       Size     Offset objfile\n\t0x555555555000 0x555555556000     0x1000     0x1000 /tmp/a b\n\t0x7ffff7dd1000 0x7ffff7dd4000     0x3000        0x0 [heap]\n", "---p", "[heap]")]
    public void Mappings_of_every_gdb_are_read(string text, string permissions, string second)
    {
        var read = Reading.Of("process 4711\nMapped address spaces:\n\n" + text.Replace("\t", "  ", StringComparison.Ordinal));
        var snapshot = Assert.Single(read.Snapshots);

        Assert.Equal((4711, 2), (snapshot.Process.Pid, snapshot.Vmas.Count));
        Assert.Equal((0x555555555000UL, 0x1000UL, 0x1000UL, permissions, "/tmp/a b"), (snapshot.Vmas[0].Start, snapshot.Vmas[0].VirtualBytes, snapshot.Vmas[0].Offset, snapshot.Vmas[0].Permissions.Text(), snapshot.Vmas[0].Name));
        Assert.Equal(second, snapshot.Vmas[1].Name);
        Assert.Equal(permissions == "---p", read.Diagnostics.Any(d => d is { Id: "GDB007" }));
    }

    [Fact]
    public void Mappings_that_overlap_are_skipped_and_two_processes_are_two_snapshots()
    {
        const string head = "Mapped address spaces:\n\n          Start Addr           End Addr       Size     Offset  Perms  objfile\n";
        var read = Reading.Of($"process 1\n{head}  0x2000 0x3000 0x1000 0x0 rw-p [heap]\n  0x1000 0x2000 0x1000 0x0 rw-p x\nprocess 2\n{head}  0x2000 0x3000 0x1000 0x0 rw-p [heap]\n");

        Assert.Equal([(1, 1), (2, 1)], read.Snapshots.Select(s => (s.Process.Pid!.Value, s.Vmas.Count)));
        Assert.Equal(6, Assert.Single(read.Diagnostics, d => d is { Id: "GDB008" }).Line);
    }

    [Fact]
    public void Stacks_that_end_early_broken_frames_and_threads_without_names_are_read()
    {
        var read = Reading.Of("""
            Thread 2 (LWP 23430):
            #0  0x00007ffff7ea7df2 in run (text=0x55 "a ) at b:1 (",
                n=3)
                at /src/x.c:29
            #1  0x00005555555552bc in main ()
            (More stack frames follow...)

            Thread 1 (Thread 0x7ffff7dd1740 (LWP 23429)):
            #0  0x0000000000000001 in ?? ()
            Backtrace stopped: previous frame identical to this frame (corrupt stack?)
            Thread 1 (Thread 0x7ffff7dd1740 (LWP 23429)):
            #0  0x0000000000000001 in ?? ()

            """);

        var profile = Assert.Single(read.HeapProfiles);
        Assert.Equal([("LWP 23430", 1L), ("LWP 23429", 2L)], profile.Dumps[0].Sites.Select(s => (s.Kind!, s.Live!.Value)));
        Assert.Equal([("run", 29), ("main", 0)], profile.Callchains[0].Frames.Select(f => (f.Function!, f.Line ?? 0)));
        Assert.Equal(2, read.Diagnostics.Count(d => d is { Id: "GDB006" }));
    }

    private static string[] Lines(string name) => Encoding.UTF8.GetString(Fixtures.Bytes("gdb", "program", name)).Split('\n');

    private static ulong Hex(string text) => ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
