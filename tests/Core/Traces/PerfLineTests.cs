using System.Text;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Perf;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

/// <summary>Lines that are backed by perf's source (builtin-script.c, event.c, evsel_fprintf.c), where no capture has them.</summary>
public sealed class PerfLineTests
{
    private const string Mmap = "syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000";

    [Theory]
    [InlineData("leak  4317 [000]  1368.321863:   ", "leak", 0, 4317, 1368_321863_000)]
    [InlineData("leak  4317  1368.321863:   ", "leak", 0, 4317, 1368_321863_000)]
    [InlineData("leak  4317/4320 [011]  1368.321863:   ", "leak", 4317, 4320, 1368_321863_000)]
    [InlineData("leak  4317/4320  1368.321863123: ", "leak", 4317, 4320, 1368_321863_123)]
    [InlineData("leak  1368.321863: ", "leak", 0, 0, 1368_321863_000)]
    [InlineData("Web Content 4317 [000]  1368.321863: ", "Web Content", 0, 4317, 1368_321863_000)]
    [InlineData("V8 Worker: 3 4317 [000]  1368.321863: ", "V8 Worker: 3", 0, 4317, 1368_321863_000)]
    [InlineData("a 1.234567: b 4317 [000]  1368.321863: ", "a", 0, 0, 1_234567_000)]
    [InlineData("            leak  4317 [000]  1368.321863: ", "leak", 0, 4317, 1368_321863_000)]
    [InlineData("(sd-pam) [x] 4317 [000] 1368.321863:          1 ", "(sd-pam) [x]", 0, 4317, 1368_321863_000)]
    [InlineData(":-1    -1/0     0.000000: ", ":-1", 0, 0, 0)]
    public void A_sample_begins_with_what_the_user_asked_for(string prefix, string comm, int pid, int tid, long timeNs)
    {
        Assert.True(PerfHeader.TryRead(Encoding.ASCII.GetBytes(prefix + Mmap), out var header));
        Assert.Equal((comm, pid, tid, timeNs), (Encoding.ASCII.GetString(header.Comm), header.Pid, header.Tid, header.TimeNs));
    }

    [Theory]
    [InlineData("leak 4317 [000] 1368.3218: " + Mmap)]
    [InlineData("3358  1795189479.522261 mmap(NULL, 4096) = 0x7f00")]
    [InlineData("12:30:01.123456: text")]
    [InlineData("leak 1 99999999999999999999.000000: x:")]
    public void Other_lines_are_no_sample(string line) => Assert.False(PerfHeader.TryRead(Encoding.ASCII.GetBytes(line), out _));

    [Theory]
    [InlineData("\t          1019b3 __mmap+0x13 (/usr/lib/libc.so.6)", "1019b3 InModule __mmap+13 /usr/lib/libc.so.6")]
    [InlineData("\t    7f9d017dc829 syscall+0x19 (/usr/lib/libc.so.6)", "7f9d017dc829 Absolute syscall+19 /usr/lib/libc.so.6")]
    [InlineData("\t          401136 main+0x10 (/bin/mapped)", "401136 Absolute main+10 /bin/mapped")]
    [InlineData("\t            1136 main+0x10 (/bin/mapped)", "1136 InModule main+10 /bin/mapped")]
    [InlineData("\t    7fe8d2ff08a8 [unknown] ([unknown])", "7fe8d2ff08a8 Absolute ")]
    [InlineData("\t            12e1 [unknown] (/opt/app/leak (deleted))", "12e1 InModule  /opt/app/leak (deleted)")]
    [InlineData("\t            12e1 std::function<void (int)>::operator()(int) const+0x11 (/opt/my app (x86)/leak)", "12e1 InModule std::function<void (int)>::operator()(int) const+11 /opt/my app (x86)/leak")]
    [InlineData("\t            12e1 operator new+0x1b (//anon)", "12e1 InModule operator new+1b //anon")]
    [InlineData("\t    7f8e58f038a8 Lfoo;::bar+0x10 (/tmp/perf-4317.map)", "7f8e58f038a8 Absolute Lfoo;::bar+10 /tmp/perf-4317.map")]
    [InlineData("\tffffffff8175336a elf_load+0x28a ([kernel.kallsyms])", "ffffffff8175336a Absolute elf_load+28a [kernel.kallsyms]")]
    [InlineData("\t            12e1 main (/opt/app/leak)", "12e1 InModule main /opt/app/leak")]
    [InlineData("\t            12e1 main+0x1 (inlined)", "12e1 InModule main+1")]
    [InlineData("                 12e1 main+0x1 (/opt/app/leak)", "12e1 InModule main+1 /opt/app/leak")]
    public void Frames_are_matched_from_the_right(string line, string expected)
    {
        var text = "leak 4317 [000] 0.000000: PERF_RECORD_MMAP2 4317/4317: [0x401000(0x1000) @ 0x1000 fe:00 11 0]: r-xp /bin/mapped\nleak 4317 [000] 1.000000: " + Mmap + "\n" + line + "\n\n";
        var f = Assert.Single(Assert.Single(TraceFixtures.Trace(PerfFormats.Script, text).Callchains).Frames);
        Assert.Equal(expected, string.Join(' ', new[] { $"{f.Address:x} {f.AddressKind} {f.Function}" + (f.FunctionOffset is { } o ? $"+{o:x}" : ""), f.Module }.Where(p => p is not null)));
    }

    [Fact]
    public void Build_ids_of_mappings_are_kept()
    {
        var trace = TraceFixtures.Trace(PerfFormats.Script, "leak 1 [000] 0.000000: PERF_RECORD_MMAP2 1/1: [0x7f9d01701000(0x156000) @ 0x26000 <93ac61ec5a8eb1396f9fbd350e3169a558528a40>]: r-xp /usr/lib/my libc.so.6\n");
        Assert.Equal([new MappedModule(new AddressRange(0x7f9d01701000, 0x7f9d01857000), 0x26000, "/usr/lib/my libc.so.6", "93ac61ec5a8eb1396f9fbd350e3169a558528a40")], trace.Modules);
    }

    [Theory]
    [InlineData("leak 1 [000] 2.000000: PERF_RECORD_LOST lost 17\n", 17)]
    [InlineData("leak 1 [000] 2.000000: PERF_RECORD_LOST_SAMPLES lost 3\n", 3)]
    [InlineData("LOST 17 events!\n", 17)]
    [InlineData("Warning:\nProcessed 1232 events and lost 3 chunks!\n\nCheck IO/CPU overload!\n", 3)]
    [InlineData("Warning:\nProcessed 330 samples and lost 40.91%!\n\n", 0)]
    public void What_perf_says_it_lost_is_a_loss(string message, long count)
    {
        var trace = TraceFixtures.Trace(PerfFormats.Script, "leak 1 [000] 1.000000: " + Mmap + "\n\n" + message);
        Assert.Equal(count, trace.Losses.Single(l => l.Kind == "lost-events").Count);
    }

    [Fact]
    public void Calls_of_threads_are_joined_thread_by_thread()
    {
        var trace = TraceFixtures.Trace(PerfFormats.Script, """
            a 10/11 [000] 1.000001: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00001000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000

            b 10/12 [001] 1.000002: syscalls:sys_enter_munmap: addr: 0x7f0000000000, len: 0x00001000

            a 10/11 [000] 1.000003: syscalls:sys_exit_mmap: 0x7f0000001000

            b 10/12 [001] 1.000004: syscalls:sys_exit_munmap: 0xffffffffffffffea

            """);
        Assert.Equal([(MemoryCall.Mmap, 1, 5, 0x7f0000001000UL, false), (MemoryCall.Munmap, 3, 7, 0xffffffffffffffeaUL, true)], trace.Events.Select(e => (e.Call, e.Line, e.ResumedLine, e.Result, e.Failed)));
        Assert.Equal((10, "a", "b"), (trace.Process.Pid, trace.ThreadNames[11], trace.ThreadNames[12]));
    }

    [Fact]
    public void A_break_that_stays_where_it_was_was_refused()
    {
        var trace = TraceFixtures.Trace(PerfFormats.Script, "a 1 [000] 1.000001: syscalls:sys_enter_brk: brk: 0x55cce6614000\n\na 1 [000] 1.000002: syscalls:sys_exit_brk: 0x55cce6600000\n\n");
        Assert.True(Assert.Single(trace.Events).Failed);
    }

    [Fact]
    public void Mremap_mprotect_and_madvise_have_their_numbers()
    {
        var trace = TraceFixtures.Trace(PerfFormats.Script, """
            a 1 [000] 1.000001: syscalls:sys_enter_mremap: addr: 0x7f0000001000, old_len: 0x00001000, new_len: 0x00003000, flags: 0x00000001, new_addr: 0x00000009

            a 1 [000] 1.000002: syscalls:sys_exit_mremap: 0x7f0000002000

            a 1 [000] 1.000003: syscalls:sys_enter_mprotect: start: 0x7f0000002000, len: 0x00001000, prot: 0x00000005

            a 1 [000] 1.000004: syscalls:sys_enter_madvise: start: 0x7f0000002000, len_in: 0x00001000, behavior: 0x00000004

            """);
        var e = trace.Events;
        Assert.Equal((0x7f0000001000UL, 0x1000UL, 0x3000UL, 1UL, 0x7f0000002000UL), (e[0].Address, e[0].OldLength, e[0].Length, e[0].Flags, e[0].Result));
        Assert.Equal((0x7f0000002000UL, 0x1000UL, 5UL, false), (e[1].Address, e[1].Length, e[1].Protection, e[1].HasResult));
        Assert.Equal((0x7f0000002000UL, 0x1000UL, 4UL), (e[2].Address, e[2].Length, e[2].Protection));
        Assert.Equal(1, trace.Losses.Single(l => l.Kind == "missed-ends").Count);
    }

    [Fact]
    public void A_mapping_that_may_replace_others_misses_no_unmap()
    {
        string Text(string flags) => $"""
            a 1 [000] 1.000001: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000

            a 1 [000] 1.000002: syscalls:sys_exit_mmap: 0x7f0000001000

            a 1 [000] 1.000003: syscalls:sys_enter_mmap: addr: 0x7f0000002000, len: 0x00001000, prot: 0x00000003, flags: {flags}, fd: 0xffffffff, off: 0x00000000

            a 1 [000] 1.000004: syscalls:sys_exit_mmap: 0x7f0000002000

            """;
        Assert.DoesNotContain(TraceFixtures.Trace(PerfFormats.Script, Text("0x00000032")).Losses, l => l.Kind == "missed-unmaps");
        Assert.Equal(1, TraceFixtures.Trace(PerfFormats.Script, Text("0x00000022")).Losses.Single(l => l.Kind == "missed-unmaps").Count);
    }

    [Fact]
    public void Data_addresses_of_samples_are_not_taken_for_the_code()
    {
        var capture = TraceFixtures.Read(PerfFormats.Script, Encoding.ASCII.GetBytes("a 1 [000] 1.000001:  5 cpu/mem-loads/pp:   7ffc12345678     7f8e58f038a8 foo bar+0x3 (/bin/a b)\n"));
        var profile = Assert.Single(capture.HeapProfiles);
        Assert.Equal(new RawFrame { Address = 0x7f8e58f038a8, AddressKind = FrameAddressKind.Absolute, Function = "foo bar", FunctionOffset = 3, Module = "/bin/a b" }, Assert.Single(profile.Callchains).Frames[0]);
        Assert.Equal((5L, 1L), (profile.Dumps[0].Sites[0].Live, profile.Dumps[0].Sites[0].LiveCount));
    }

    [Theory]
    [InlineData("perf/raw-mmap-leak.txt.gz")]
    [InlineData("perf/malloc-leak-cpp-dwarf.txt.gz")]
    [InlineData("perf/threads.txt.gz")]
    public void Cut_at_every_byte_a_trace_keeps_the_calls_before_the_cut(string fixture)
    {
        var text = TraceFixtures.Bytes(fixture).AsSpan();
        text = text[..Math.Min(text.Length, 12 << 10)];
        var whole = TraceFixtures.Read(PerfFormats.Script, text.ToArray()).Traces[0].Events;
        for (var length = 0; length < text.Length; length++)
        {
            if (TraceFixtures.Read(PerfFormats.Script, text[..length].ToArray()) is not { Traces: [var cut] }) continue;
            var lines = text[..length].Count((byte)'\n');
            Assert.Equal(whole.Count(e => e.Line <= lines), cut.Events.Count);
            for (var i = 0; i < cut.Events.Count; i++)
            {
                Assert.Equal((whole[i].Call, whole[i].Address, whole[i].Length), (cut.Events[i].Call, cut.Events[i].Address, cut.Events[i].Length));
                Assert.Equal(whole[i].ResumedLine <= lines ? (whole[i].Result, whole[i].HasResult) : (0, false), (cut.Events[i].Result, cut.Events[i].HasResult));
            }
        }
    }

    [Fact]
    public void Perf_that_may_not_trace_is_refused_with_its_own_words()
    {
        var refused = Reading.Refused(TraceFixtures.Bytes("tool-messages/perf/not-root.txt"));
        Assert.Contains("No permissions", refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Files => [.. Directory.GetFiles(Fixtures.PathOf("perf")).Where(f => f.EndsWith(".txt.gz", StringComparison.Ordinal) && !Path.GetFileName(f).StartsWith("trace-", StringComparison.Ordinal)).Select(f => Path.GetFileName(f)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_fixture_is_recognised(string file) => Assert.Equal("perf", InputFormats.Sniff(TraceFixtures.Bytes("perf/" + file))?.Slug);
}
