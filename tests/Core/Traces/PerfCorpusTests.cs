using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats.Perf;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

/// <summary>Figures are counted in the text of the capture or come from the program's own ledger, never typed.</summary>
public sealed partial class PerfCorpusTests
{
    [Theory]
    [InlineData("perf/raw-mmap-leak.txt.gz")]
    [InlineData("perf/raw-mmap-leak-dwarf.txt.gz")]
    [InlineData("perf/steady-healthy.txt.gz")]
    [InlineData("perf/malloc-leak-cpp.txt.gz")]
    [InlineData("perf/malloc-leak-cpp-dwarf.txt.gz")]
    [InlineData("perf/ucx-leak.txt.gz")]
    public void Beginning_and_end_of_a_call_are_one_event_with_the_stack_of_its_beginning(string fixture)
    {
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Script, fixture).Traces);
        var samples = Samples(fixture).ToArray();
        var enters = samples.Where(s => s.IsEnter).ToArray();

        Assert.Equal(enters.Length, trace.Events.Count);
        for (var i = 0; i < enters.Length; i++)
        {
            var (sample, e) = (enters[i], trace.Events[i]);
            // The program has one thread: the next end is this call's.
            var end = samples.FirstOrDefault(s => !s.IsEnter && s.Line > sample.Line);
            Assert.Equal((sample.Line, end?.Line ?? 0, sample.Call, sample.Tid), (e.Line, e.ResumedLine, e.Call.ToString().ToLowerInvariant(), e.Tid));
            Assert.Equal(sample.TimeNs, e.TimeNs);
            Assert.Equal(sample.Fields.GetValueOrDefault("addr", sample.Fields.GetValueOrDefault("brk")), e.Address);
            Assert.Equal(sample.Fields.GetValueOrDefault("new_len", sample.Fields.GetValueOrDefault("len")), e.Length);
            Assert.Equal(sample.Fields.GetValueOrDefault("old_len"), e.OldLength);
            Assert.Equal((sample.Fields.GetValueOrDefault("prot"), sample.Fields.GetValueOrDefault("flags")), (e.Protection, e.Flags));
            if (end is not null) Assert.Equal((end.Result, unchecked((long)end.Result) is < 0 and > -4096), (e.Result, e.Failed));
            Assert.Equal(sample.Frames, trace.Callchains[e.Callchain].Frames.Select(f => f.Function));
        }
        Assert.All(trace.Events, e => Assert.Equal(enters[0].Tid, e.Pid));
        Assert.Equal((enters[0].Tid, ClockDomain.Monotonic), (trace.Process.Pid, trace.Clock));
    }

    [Fact]
    public void Mappings_of_files_are_kept_and_offsets_of_frames_lie_in_them()
    {
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Script, "perf/raw-mmap-leak.txt.gz").Traces);
        var printed = TraceFixtures.Lines("perf/raw-mmap-leak.txt.gz").Select(l => Mmap().Match(l)).Where(m => m.Success && m.Groups["path"].Value is not "[vsyscall]").ToArray();

        Assert.Equal(printed.Select(m => (Hex(m, "start"), Hex(m, "length"), Hex(m, "offset"), m.Groups["path"].Value)),
            trace.Modules.Where(m => !m.Path.StartsWith("[kernel", StringComparison.Ordinal)).Select(m => (m.Range.Start, m.Range.Length, m.FileOffset, m.Path)));
        Assert.All(trace.Callchains.SelectMany(c => c.Frames), f =>
        {
            Assert.Equal(FrameAddressKind.InModule, f.AddressKind);
            Assert.Contains(trace.Modules, m => m.Path == f.Module && f.Address >= m.FileOffset && f.Address < m.FileOffset + m.Range.Length);
        });
    }

    /// <summary>
    /// The ledger's times and the capture's windows are Unix time, perf's are monotonic. Where the trace began in Unix time is not printed: the first blob that both know, by its address and
    /// length, is the anchor, and then the two must tell the same story.
    /// </summary>
    [Fact]
    public void Within_its_window_perf_saw_every_mapping_that_the_program_says_it_kept()
    {
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Script, "perf/raw-mmap-leak.txt.gz").Traces);
        var window = Window("raw-mmap-leak", "perf");
        var ledger = Ledger("raw-mmap-leak").Where(l => l.Time >= window.Begin && l.Time <= window.End).ToArray();
        var blobs = ledger.Where(l => l is { Op: "+", Site: "blob_store_append" }).Select(l => l.Address).ToArray();
        var moves = ledger.Where(l => l is { Op: "~", Site: "index_grow" }).Select(l => l.Address).ToArray();

        var seenBlobs = trace.Events.Where(e => e is { Call: MemoryCall.Mmap, Failed: false } && trace.Functions(e.Callchain).StartsWith("syscall <", StringComparison.Ordinal) && e.Length == 98304).Select(e => e.Result).ToArray();
        var seenMoves = trace.Events.Where(e => e is { Call: MemoryCall.Mremap, Failed: false }).Select(e => e.Result).ToArray();
        AssertRun(seenBlobs, blobs);
        AssertRun(seenMoves, moves);
        // perf needs its time to begin and to write: it saw a run of eight seconds (planned) of a window that is longer.
        Assert.InRange((trace.Events[^1].TimeNs - trace.Events[0].TimeNs) / 1e9, 7.5, 8.5);
        Assert.DoesNotContain(trace.Losses, l => l.Kind is "missed-unmaps" or "missed-ends" or "missed-begins" or "lost-events");
    }

    [Fact]
    public void A_healthy_program_maps_and_unmaps_as_often_in_its_ledger_as_under_perf()
    {
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Script, "perf/steady-healthy.txt.gz").Traces);
        var window = Window("steady-healthy", "perf");
        var ledger = Ledger("steady-healthy").Where(l => l.Time >= window.Begin && l.Time <= window.End).ToArray();

        // The ledger knows the mappings that the program makes by itself, perf those of malloc as well.
        var mapped = ledger.Where(l => l.Op == "+").Select(l => (l.Address, l.Length)).ToArray();
        var seen = trace.Events.Where(e => e is { Call: MemoryCall.Mmap, Failed: false }).Select(e => (e.Result, e.Length)).ToArray();
        var known = seen.Where(s => mapped.Contains(s)).ToArray();
        Assert.NotEmpty(known);
        AssertRun(known, mapped.Where(m => seen.Contains(m)).ToArray());
        var outstanding = TraceReplay.Run(trace);
        Assert.True(outstanding.OutstandingBytes < outstanding.MappedBytes / 10, $"{outstanding.OutstandingBytes} of {outstanding.MappedBytes}");
    }

    [Fact]
    public void Losses_show_although_perf_prints_none()
    {
        const string Fixture = "perf/ucx-leak-dwarf.txt.gz";
        Assert.DoesNotContain(TraceFixtures.Lines(Fixture), l => l.Contains("LOST", StringComparison.OrdinalIgnoreCase));
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Script, Fixture).Traces);
        var samples = Samples(Fixture).ToArray();

        // Two beginnings in a row: the end between them is missing. The same counted here in the plainest way.
        var missedEnds = samples.Zip(samples.Skip(1)).Count(p => p.First.IsEnter && p.Second.IsEnter);
        var missedBegins = samples.Zip(samples.Skip(1)).Count(p => !p.First.IsEnter && !p.Second.IsEnter);
        Assert.True(missedEnds > 0);
        Assert.Equal(missedEnds, trace.Losses.Single(l => l.Kind == "missed-ends").Count);
        Assert.Equal(missedBegins, trace.Losses.SingleOrDefault(l => l.Kind == "missed-begins")?.Count ?? 0);

        // Mappings over ones that are still live, page by page.
        var live = new HashSet<ulong>();
        var over = 0;
        foreach (var e in trace.Events)
        {
            var start = e.Call == MemoryCall.Mmap ? e.Result : e.Address;
            var pages = Enumerable.Range(0, (int)((e.Length + 4095) / 4096)).Select(i => start + (ulong)i * 4096).ToArray();
            if (e.Call == MemoryCall.Munmap) live.ExceptWith(pages);
            if (e is not { Call: MemoryCall.Mmap, HasResult: true }) continue;
            if (live.Overlaps(pages)) over++;
            live.UnionWith(pages);
        }
        Assert.True(over > 0);
        Assert.Equal(over, trace.Losses.Single(l => l.Kind == "missed-unmaps").Count);
    }

    [Theory]
    [InlineData("perf/raw-mmap-leak.txt.gz", 0)]
    [InlineData("perf/ucx-leak.txt.gz", 0)]
    [InlineData("strace/raw-mmap-leak.txt.gz", 0)]
    [InlineData("strace/ucx-leak.txt.gz", 0)]
    [InlineData("bpftrace/raw-mmap-leak.txt.gz", 0)]
    public void Whole_traces_show_no_missed_unmap(string fixture, long expected)
    {
        var trace = Assert.Single(Reading.Of(TraceFixtures.Bytes(fixture)).Parsed.Traces);
        Assert.Equal(expected, trace.Losses.SingleOrDefault(l => l.Kind == "missed-unmaps")?.Count ?? 0);
    }

    [Fact]
    public void Stacks_that_end_early_are_counted()
    {
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Script, "perf/steady-healthy.txt.gz").Traces);
        var cut = Samples("perf/steady-healthy.txt.gz").Count(s => s.IsEnter && s.Frames[^1] is not "__libc_start_call_main");
        Assert.Equal(cut, trace.Losses.Single(l => l.Kind == "cut-stacks").Count);
        Assert.DoesNotContain(Assert.Single(TraceFixtures.Read(PerfFormats.Script, "perf/malloc-leak-cpp-dwarf.txt.gz").Traces).Losses, l => l.Kind == "cut-stacks");
    }

    [Fact]
    public void Threads_forks_and_programs_are_told_apart_by_the_records_of_tasks()
    {
        var capture = TraceFixtures.Read(PerfFormats.Script, "perf/threads.txt.gz");
        var trace = Assert.Single(capture.Traces);
        var comm = TraceFixtures.Lines("perf/threads.txt.gz").Select(l => Fork().Match(l)).Where(m => m.Success).Select(m => (Pid: int.Parse(m.Groups["pid"].Value, CultureInfo.InvariantCulture), Tid: int.Parse(m.Groups["tid"].Value, CultureInfo.InvariantCulture))).ToArray();

        Assert.Equal(3, comm.Count(c => c.Pid == trace.Process.Pid));
        var child = comm.Single(c => c.Pid != trace.Process.Pid).Pid;
        Assert.Equal([trace.Process.Pid!.Value, child], trace.Events.Select(e => e.Pid).Distinct());
        Assert.Equal(["threads"], trace.ThreadNames.Where(n => comm.Any(c => c.Tid == n.Key)).Select(n => n.Value).Distinct());
        Assert.Equal((ulong)child, trace.Events.Single(e => e.Call == MemoryCall.Fork).Result);
        Assert.Equal(MemoryCall.Exec, trace.Events[0].Call);
        Assert.DoesNotContain(trace.Losses, l => l.Kind is "began-late" or "unmatched-resume" or "missed-unmaps" or "missed-ends" or "missed-begins");
        Assert.Equal("6.1.192", capture.Version);
        // What is beside the calls is a profile of its own.
        var faults = Assert.Single(capture.HeapProfiles);
        Assert.Equal("page-faults", Assert.Single(faults.Dumps).Label);
        Assert.Equal(TraceFixtures.Lines("perf/threads.txt.gz").Count(l => l.Contains(" page-faults:", StringComparison.Ordinal)), faults.Dumps[0].LiveCount);
    }

    [Fact]
    public void Raw_tracepoints_give_the_same_calls_as_the_ones_with_names()
    {
        var raw = Assert.Single(TraceFixtures.Read(PerfFormats.Script, "perf/raw-syscalls.txt.gz").Traces);
        var named = Assert.Single(TraceFixtures.Read(PerfFormats.Script, "perf/threads.txt.gz").Traces);

        // Two runs of one program: the same calls with the same sizes, at other addresses and in another order of the threads.
        Assert.Equal(Calls(named), Calls(raw));
        Assert.All(raw.Events.Where(e => e.Tid != e.Pid), e => Assert.Equal(raw.Process.Pid, e.Pid));
        Assert.True(raw.Events[0].TimeNs % 1000 != 0, "--ns prints nanoseconds");

        static IEnumerable<(MemoryCall, ulong, ulong, ulong, ulong, bool)> Calls(Trace trace) => trace.Events.Where(e => e.Call is MemoryCall.Mmap or MemoryCall.Munmap or MemoryCall.Mremap or MemoryCall.Madvise or MemoryCall.Mprotect)
            .Select(e => (e.Call, e.Length, e.OldLength, e.Protection, e.Flags, e.Failed)).Order();
    }

    [Fact]
    public void A_file_without_memory_calls_is_a_profile_of_samples_by_callchain()
    {
        const string Fixture = "perf/page-faults.txt.gz";
        var capture = TraceFixtures.Read(PerfFormats.Script, Fixture);
        Assert.Empty(capture.Traces);
        var headers = TraceFixtures.Lines(Fixture).Where(l => l.StartsWith("threads", StringComparison.Ordinal) || l.StartsWith("perf-exec", StringComparison.Ordinal)).ToArray();

        foreach (var name in (string[])["page-faults", "minor-faults"])
        {
            var profile = capture.HeapProfiles.Single(p => p.Dumps[0].Label == name);
            var printed = headers.Count(h => h.Contains($" {name}:", StringComparison.Ordinal));
            Assert.Equal((WeightUnit.Count, printed, printed), (profile.Unit, profile.Dumps[0].Sites.Sum(s => s.LiveCount), profile.Dumps[0].Sites.Sum(s => s.Live)));
            Assert.Null(profile.LiveBytes);
        }
        Assert.Equal("PERF003", Assert.Single(capture.Diagnostics).Id);
    }

    [Fact]
    public void Samples_without_a_callchain_have_one_frame_each()
    {
        var capture = TraceFixtures.Read(PerfFormats.Script, "perf/no-callchain.txt");
        var profile = Assert.Single(capture.HeapProfiles);
        var lines = TraceFixtures.Lines("perf/no-callchain.txt").Where(l => l.Length > 0).ToArray();

        Assert.Equal(lines.Length, profile.Dumps[0].LiveCount);
        Assert.All(profile.Callchains, c => Assert.Equal(FrameAddressKind.Absolute, Assert.Single(c.Frames).AddressKind));
        Assert.Equal(lines.Count(l => l.Contains(" _start+0x0 (", StringComparison.Ordinal)), profile.Dumps[0].Sites.Where(s => s.Callchain >= 0 && profile.Callchains[s.Callchain].Frames[0] is { Function: "_start", FunctionOffset: 0 }).Sum(s => s.LiveCount));
        Assert.Equal(["threads"], profile.Dumps[0].Sites.Select(s => s.Kind).Distinct());
    }

    [Fact]
    public void Inlined_frames_take_the_module_of_the_function_around_them()
    {
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Script, "perf/malloc-leak-cpp-dwarf.txt.gz").Traces);
        var chain = Assert.Single(trace.Callchains).Frames;

        var make = chain.Single(f => f.Function!.EndsWith("::make_entry", StringComparison.Ordinal));
        Assert.Equal(("/opt/memscope-corpus/bin/malloc_leak", true, 0x3186UL), (make.Module, make.Inlined, make.Address));
        Assert.Contains(chain, f => f is { Function: "std::function<void (int)>::operator()", FunctionOffset: 0x244, Inlined: true });
        Assert.Contains(chain, f => f is { Function: "operator new", Module: "/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30" });
        // libc's debug file calls the whole of sbrk inlined, into nothing.
        Assert.Contains(chain, f => f is { Function: "__GI___sbrk", Inlined: true, Module: null });
    }

    /// <summary>One list is a run of the other: the same in the same order, at most cut at its ends.</summary>
    private static void AssertRun<T>(T[] part, T[] whole)
    {
        var at = Array.IndexOf(whole, part[0]);
        Assert.True(at >= 0, "The first one is not known.");
        Assert.Equal(whole.Skip(at).Take(part.Length), part);
    }

    private static (double Begin, double End) Window(string name, string kind)
    {
        using var capture = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Case(name, "capture.json")));
        var window = capture.RootElement.GetProperty("trace_windows").EnumerateArray().Single(w => w.GetProperty("kind").GetString() == kind);
        return (window.GetProperty("begin").GetDouble(), window.GetProperty("end").GetDouble());
    }

    private sealed record LedgerLine(double Time, string Op, string Site, ulong Address, ulong Length);

    private static IEnumerable<LedgerLine> Ledger(string name) =>
        System.Text.Encoding.ASCII.GetString(Fixtures.Unzipped("cases", name, "ledger.tsv.gz")).Split('\n').Skip(1).Select(l => l.Split('\t')).Where(f => f.Length >= 5)
            .Select(f => new LedgerLine(double.Parse(f[0], CultureInfo.InvariantCulture), f[1], f[2], Convert.ToUInt64(f[3], 16), ulong.Parse(f[4], CultureInfo.InvariantCulture)));

    private sealed record Sample(int Line, int Tid, long TimeNs, bool IsEnter, string Call, Dictionary<string, ulong> Fields, ulong Result, string?[] Frames);

    /// <summary>The samples of a text, read by regular expressions.</summary>
    private static IEnumerable<Sample> Samples(string fixture)
    {
        var lines = TraceFixtures.Lines(fixture);
        for (var i = 0; i < lines.Length; i++)
        {
            if (Header().Match(lines[i]) is not { Success: true } m) continue;
            var time = decimal.Parse(m.Groups["time"].Value, CultureInfo.InvariantCulture);
            var fields = Field().Matches(m.Groups["rest"].Value).ToDictionary(f => f.Groups["key"].Value, f => Hex(f, "value"), StringComparer.Ordinal);
            var isEnter = m.Groups["way"].Value is "enter";
            var frames = lines.Skip(i + 1).TakeWhile(l => l.Length > 0).Select(l => Frame().Match(l).Groups["name"].Value).Select(f => f.Length == 0 ? null : f);
            yield return new Sample(i + 1, int.Parse(m.Groups["tid"].Value, CultureInfo.InvariantCulture), (long)(time * 1_000_000_000), isEnter, m.Groups["call"].Value, fields,
                isEnter ? 0 : Convert.ToUInt64(m.Groups["rest"].Value.Trim(), 16), [.. frames]);
        }
    }

    private static ulong Hex(Match match, string group) => Convert.ToUInt64(match.Groups[group].Value, 16);

    [GeneratedRegex(@"^\S+ +(?<tid>\d+) \[\d+\] +(?<time>[\d.]+): +syscalls:sys_(?<way>enter|exit)_(?<call>\w+):(?<rest>.*)$", RegexOptions.None, 1000)]
    private static partial Regex Header();

    [GeneratedRegex(@"(?<key>\w+): 0x(?<value>[0-9a-f]+)", RegexOptions.None, 1000)]
    private static partial Regex Field();

    [GeneratedRegex(@"^\t +[0-9a-f]+ (?<name>.+?)(?:\+0x[0-9a-f]+)? \((?:/|inlined|\[).*\)$", RegexOptions.None, 1000)]
    private static partial Regex Frame();

    [GeneratedRegex(@"PERF_RECORD_MMAP2 \S+ \[0x(?<start>[0-9a-f]+)\(0x(?<length>[0-9a-f]+)\) @ (?:0x)?(?<offset>[0-9a-f]+) .*\]: \S+ (?<path>.+)$", RegexOptions.None, 1000)]
    private static partial Regex Mmap();

    [GeneratedRegex(@"PERF_RECORD_FORK\((?<pid>\d+):(?<tid>\d+)\)", RegexOptions.None, 1000)]
    private static partial Regex Fork();
}
