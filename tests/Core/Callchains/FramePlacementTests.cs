using System.Globalization;
using System.Text;
using System.Text.Json;
using MemScope.Core;
using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Formats.Gdb;
using MemScope.Core.Formats.Perf;
using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Strace;
using MemScope.Core.Model;
using MemScope.Tests.Traces;

namespace MemScope.Tests.Callchains;

/// <summary>Five tools watched the same programs; what they print of one call must become one place. The places are those that symbols.json looked up with binutils.</summary>
public sealed class FramePlacementTests
{
    [Theory]
    [InlineData("raw-mmap-leak", "strace", "strace/raw-mmap-leak.txt.gz")]
    [InlineData("raw-mmap-leak", "perf", "perf/raw-mmap-leak.txt.gz")]
    [InlineData("raw-mmap-leak", "perf", "perf/raw-mmap-leak-dwarf.txt.gz")]
    [InlineData("raw-mmap-leak", "bpftrace", "bpftrace/raw-mmap-leak.txt.gz")]
    [InlineData("malloc-leak-cpp", "strace", "strace/malloc-leak-cpp.txt.gz")]
    [InlineData("malloc-leak-cpp", "perf", "perf/malloc-leak-cpp-dwarf.txt.gz")]
    public void Every_tool_places_a_call_of_the_program_where_binutils_looked_it_up(string name, string format, string fixture)
    {
        var trace = Assert.Single(TraceFixtures.Read(Formats[format], fixture).Traces);
        var known = KnownPlaces(name);

        var frames = FramePlacement.Of(trace, ModuleMap.Of(trace, [Maps(name)])).SelectMany(c => c).Where(f => f.Module == known.Module && f.Kind != FrameAddressKind.None).Distinct().ToList();

        Assert.NotEmpty(frames);
        Assert.All(frames, f => Assert.True(known.LookedUp.Contains(f.Address), $"{f.Function}+{f.FunctionOffset:x} at {f.Address:x}"));
        // By what strace prints of the function, with the byte taken off there too.
        Assert.All(frames.Where(f => f.FunctionOffset is not null), f => Assert.Equal(known.Starts[f.Address], f.Address - f.FunctionOffset));
    }

    /// <summary>gdb prints lines, and sees a call in serve_request that strace's walk left out.</summary>
    [Fact]
    public void Gdb_prints_for_a_place_the_line_that_binutils_looked_up_there()
    {
        var frames = Placed("gdb", "gdb/raw-mmap-leak.txt.gz").Where(f => f.Kind == FrameAddressKind.FileOffset).ToList();
        using var json = JsonDocument.Parse(Fixtures.Bytes("elf", "raw-mmap-leak", "symbols.json"));
        var lines = json.RootElement.GetProperty("frames").EnumerateArray().ToDictionary(f => Hex(f, "looked_up"), f => f.GetProperty("frames_innermost_first")[0].GetProperty("at").GetString());

        var known = frames.Where(f => lines.ContainsKey(f.Address)).ToList();

        Assert.Equal(["index_grow", "main", "raw_map", "serve_request"], known.Select(f => f.Function).Distinct().Order(StringComparer.Ordinal));
        Assert.All(known, f => Assert.Equal(lines[f.Address], $"{f.File}:{f.Line}"));
        Assert.Equal("serve_request", Assert.Single(frames.Except(known)).Function);
    }

    [Fact]
    public void The_frames_of_two_tools_are_equal_values()
    {
        var strace = Placed("strace", "strace/raw-mmap-leak.txt.gz");
        var dwarf = Placed("perf", "perf/raw-mmap-leak-dwarf.txt.gz");
        var bpftrace = Placed("bpftrace", "bpftrace/raw-mmap-leak.txt.gz");

        // strace's numbers are offsets into the file here; which they are its module's symbols would decide.
        var certain = strace.Where(f => f.Function is not null).Select(f => f with { Kind = FrameAddressKind.FileOffset }).ToHashSet();
        Assert.Equal(["_start", "blob_store_append", "index_grow", "main", "scratch_pass", "serve_request"], dwarf.Where(certain.Contains).Select(f => f.Function).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["main", "serve_request"], bpftrace.Where(certain.Contains).Select(f => f.Function).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("perf/raw-mmap-leak.txt.gz", Unwinder.FramePointers)]
    [InlineData("perf/raw-mmap-leak-dwarf.txt.gz", Unwinder.Tables)]
    [InlineData("perf/malloc-leak-cpp.txt.gz", Unwinder.FramePointers)]
    [InlineData("perf/malloc-leak-cpp-dwarf.txt.gz", Unwinder.Tables)]
    [InlineData("perf/ucx-leak.txt.gz", Unwinder.FramePointers)]
    [InlineData("perf/ucx-leak-dwarf.txt.gz", Unwinder.Tables)]
    [InlineData("perf/steady-healthy.txt.gz", Unwinder.FramePointers)]
    public void How_perf_walked_the_stacks_is_told_by_the_trace_with_and_without_its_list_of_mappings(string fixture, Unwinder unwinder)
    {
        var trace = Assert.Single(TraceFixtures.Read(PerfFormats.Script, fixture).Traces);

        Assert.Equal(unwinder, Unwinding.Of(trace).Unwinder);
        Assert.Equal(unwinder, Unwinding.Of(trace with { Modules = [] }).Unwinder);
        Assert.Equal(unwinder, Unwinding.Of(trace with { Callchains = [.. trace.Callchains.Select(c => new Callchain([.. c.Frames.Where(f => f.Function != "_start")]))] }).Unwinder);
    }

    [Fact]
    public void Once_placed_a_trace_needs_no_snapshot_any_more()
    {
        foreach (var (format, fixture) in new[] { ("bpftrace", "bpftrace/raw-mmap-leak.txt.gz"), ("gdb", "gdb/raw-mmap-leak.txt.gz") })
        {
            var trace = Assert.Single(TraceFixtures.Read(Formats[format], fixture).Traces);
            var map = ModuleMap.Of(trace, [Maps("raw-mmap-leak")]);

            var normalized = Normalization.Of(trace, map);

            Assert.True(Normalization.IsNeeded(trace.Callchains));
            Assert.False(Normalization.IsNeeded(normalized.Callchains));
            var later = FramePlacement.Of(normalized, new ModuleMap([], []));
            var atOnce = FramePlacement.Of(trace, map);
            for (var i = 0; i < atOnce.Count; i++) Assert.Equal(atOnce[i], later[i]);
        }
    }

    [Fact]
    public void The_byte_behind_a_mapping_is_placed_by_the_call_before_it()
    {
        // A call that never returns ends its function, and the function may end its mapping.
        var trace = OfFrames("bpftrace", At(0x1010), At(0x2000));
        var map = new ModuleMap([Module(0x1000, 0x2000, 0x5000, "/bin/app")], []);

        var placed = Assert.Single(FramePlacement.Of(trace, map));

        Assert.Equal([(FrameAddressKind.FileOffset, 0x500ful), (FrameAddressKind.FileOffset, 0x5ffful)], placed.Select(f => (f.Kind, f.Address)));
        Assert.Equal(placed, Assert.Single(FramePlacement.Of(Normalization.Of(trace, map), new ModuleMap([], []))));
    }

    [Fact]
    public void A_mapping_holds_from_its_own_time_on()
    {
        var trace = OfFrames("perf", At(0x1010)) with
        {
            Clock = ClockDomain.Monotonic,
            Callchains = [new Callchain([At(0x1010)]), new Callchain([At(0x1010), At(0x1020)])],
            Events = [new TraceEvent { TimeNs = 50, Callchain = 0 }, new TraceEvent { TimeNs = 150, Callchain = 1 }],
            Modules = [Module(0x1000, 0x2000, 0, "/lib/first.so"), Module(0x1000, 0x2000, 0x3000, "/lib/second.so") with { FromNs = 100 }],
        };

        foreach (var placed in new[] { FramePlacement.Of(trace, ModuleMap.Of(trace, [])), FramePlacement.Of(Normalization.Of(trace, ModuleMap.Of(trace, [])), new ModuleMap([], [])) })
            Assert.Equal(["/lib/first.so", "/lib/second.so"], placed.Select(c => c[0].Module));
    }

    [Fact]
    public void The_files_own_mappings_are_trusted_before_a_snapshot_and_the_nearest_snapshot_before_older_ones()
    {
        var trace = OfFrames("bpftrace", At(0x1010), At(0x3010), At(0x5010));
        var map = new ModuleMap([Module(0x1000, 0x2000, 0, "/own")], [Table("1000-2000 r-xp 00001000 fe:00 1 /near", "3000-4000 r-xp 00001000 fe:00 1 /near"),
            Table("1000-2000 r-xp 00001000 fe:00 1 /old", "3000-4000 r-xp 00001000 fe:00 1 /old", "5000-6000 r-xp 00001000 fe:00 1 /old")]);

        Assert.Equal(["/own", "/near", "/old"], Assert.Single(FramePlacement.Of(trace, map)).Select(f => f.Module));
    }

    [Fact]
    public void Text_that_was_copied_onto_huge_pages_is_found_by_an_older_snapshot()
    {
        var now = Table("200000-400000 r-xp 00000000 00:00 0", "400000-401000 r--p 00200000 fe:00 7 /bin/app");
        var before = Table("1ff000-400000 r-xp 00001000 fe:00 7 /bin/app", "400000-401000 r--p 00202000 fe:00 7 /bin/app");

        var placed = Assert.Single(Assert.Single(FramePlacement.Of(OfFrames("bpftrace", At(0x200011)), new ModuleMap([], [now, before]))));

        Assert.Equal(("/bin/app", FrameAddressKind.FileOffset, 0x2010ul), (placed.Module, placed.Kind, placed.Address));
    }

    [Fact]
    public void A_printed_module_that_is_not_the_mapped_one_is_not_placed_by_it()
    {
        var map = new ModuleMap([], [Table("1000-2000 r-xp 00001000 fe:00 1 /usr/lib/libfoo-2.31.so")]);

        var placed = Assert.Single(FramePlacement.Of(OfFrames("gdb", At(0x1010) with { Module = "/lib/libbar.so.1" }, At(0x1010) with { Module = "/lib/libfoo.so.6" }), map));

        Assert.Equal([FrameAddressKind.Absolute, FrameAddressKind.FileOffset], placed.Select(f => f.Kind));
        Assert.Equal(["/lib/libbar.so.1", "/usr/lib/libfoo-2.31.so"], placed.Select(f => f.Module));
    }

    [Theory]
    [InlineData("strace", 0xfff, 0x1fff)]
    [InlineData("bpftrace", 0xfff, 0x1fff)]
    [InlineData("gdb", 0x1000, 0x1fff)]
    [InlineData("perf", 0xfff, 0x1fff)]
    public void Each_tool_has_its_own_rule_of_return_addresses(string tool, ulong leaf, ulong caller) =>
        Assert.Equal([leaf, caller], Assert.Single(FramePlacement.Of(OfFrames(tool, At(0x1000), At(0x2000)), new ModuleMap([], []))).Select(f => f.Address));

    [Theory]
    [InlineData("heaptrack", 0x1000, 0x2000)]
    [InlineData("pprof", 0x1000, 0x2000)]
    [InlineData("massif", 0x1000, 0x2000)]
    [InlineData("dhat", 0x1000, 0x2000)]
    [InlineData("memcheck", 0x1000, 0x2000)]
    [InlineData("sanitizer", 0x1000, 0x2000)]
    [InlineData("jemalloc-heap", 0x1000, 0x1fff)]
    [InlineData("heap-profile", 0x1000, 0x1fff)]
    [InlineData("perf", 0x1000, 0x1fff)]
    public void Each_heap_profiler_has_its_own_rule_of_return_addresses(string tool, ulong leaf, ulong caller) =>
        Assert.Equal([leaf, caller], Assert.Single(FramePlacement.Of(new HeapProfile(tool, ProcessHint.None, [new Callchain([At(0x1000), At(0x2000)])], []), new ModuleMap([], []))).Select(f => f.Address));

    [Fact]
    public void What_a_signal_interrupted_is_not_moved()
    {
        var placed = Assert.Single(FramePlacement.Of(OfFrames("gdb", At(0x1000), At(0x2000) with { Function = "handler" }, new RawFrame { Function = "<signal handler called>" }, At(0x3000)), new ModuleMap([], [])));

        Assert.Equal([0x1000ul, 0x1ffful, 0ul, 0x3000ul], placed.Select(f => f.Address));
    }

    [Fact]
    public void The_name_of_the_function_behind_a_call_that_never_returns_is_not_taken_for_the_caller()
    {
        var placed = Assert.Single(FramePlacement.Of(OfFrames("strace", At(0x1000) with { Function = "abort", FunctionOffset = 0x10 }, At(0x2000) with { Function = "neighbour", FunctionOffset = 0 }), new ModuleMap([], [])));

        Assert.Equal((null, null, 0x1ffful), (placed[1].Function, placed[1].NamedBy, placed[1].Address));
    }

    [Fact]
    public void Code_of_a_jit_has_the_name_that_its_map_gives_last()
    {
        var map = new PerfMap(ProcessHint.None, [new(new(0x1000, 0x2000), "first"), new(new(0x1800, 0x1900), "second"), new(new(0x1880, 0x1890), "third")]);
        var memory = new ModuleMap([], [Table("1000-2000 r-xp 00000000 00:00 0", "5000-6000 r-xp 00001000 fe:00 1 /bin/app")]);

        var placed = Assert.Single(FramePlacement.Of(OfFrames("bpftrace", At(0x1801), At(0x1881), At(0x1891), At(0x1901), At(0x5001), At(0x9001)), memory, new JitNames(map)));

        Assert.Equal(["second", "third", "second", "first", null, null], placed.Select(f => f.Function));
        Assert.Equal(["perf map", null], placed.Select(f => f.NamedBy).Distinct());
        Assert.Equal([PlacedFrame.Jit, PlacedFrame.Jit, PlacedFrame.Jit, PlacedFrame.Jit, "/bin/app", null], placed.Select(f => f.Module));
    }

    [Fact]
    public void Of_several_jit_maps_the_first_after_the_trace_is_taken()
    {
        DateTimeOffset At(int minute) => new(2026, 1, 1, 12, minute, 0, TimeSpan.Zero);

        Assert.Equal(1, JitNames.Choose([At(1), At(5), At(9)], At(4)));
        Assert.Equal(2, JitNames.Choose([At(1), At(5), At(9)], At(10)));
        Assert.Equal(2, JitNames.Choose([At(1), At(5), At(9)], null));
        Assert.Equal(-1, JitNames.Choose([], At(4)));
    }

    [Fact]
    public void Build_ids_that_are_known_by_path_reach_the_frames()
    {
        var map = new ModuleMap([Module(0x1000, 0x2000, 0, "/bin/app")], [], new Dictionary<string, string>(StringComparer.Ordinal) { ["/bin/app"] = "aa11", ["/lib/libc.so.6"] = "bb22" });
        var inModule = new RawFrame { Address = 0x10, AddressKind = FrameAddressKind.InModule, Module = "/lib/libc.so.6 (deleted)" };

        Assert.Equal(["aa11", "bb22"], Assert.Single(FramePlacement.Of(OfFrames("bpftrace", At(0x1010), inModule), map)).Select(f => f.BuildId));
    }

    private static readonly Dictionary<string, InputFormat> Formats = new(StringComparer.Ordinal)
    {
        ["strace"] = StraceFormat.Format, ["perf"] = PerfFormats.Script, ["bpftrace"] = BpftraceFormat.Format, ["gdb"] = GdbFormat.Format,
    };

    private static List<PlacedFrame> Placed(string format, string fixture)
    {
        var trace = Assert.Single(TraceFixtures.Read(Formats[format], fixture).Traces);
        return [.. FramePlacement.Of(trace, ModuleMap.Of(trace, [Maps("raw-mmap-leak")])).SelectMany(c => c).Where(f => f.Module?.EndsWith("raw_mmap_leak", StringComparison.Ordinal) is true).Distinct()];
    }

    /// <summary>The first maps of a case.</summary>
    private static VmaTable Maps(string name) => Assert.Single(SmapsFormats.Maps.Parse(Fixtures.Members("cases", name, "maps.tar.gz").First().Text, TraceFixtures.Options).Snapshots).Vmas;

    private static VmaTable Table(params string[] lines) => Assert.Single(SmapsFormats.Maps.Parse(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), TraceFixtures.Options).Snapshots).Vmas;

    private static (string Module, HashSet<ulong> LookedUp, Dictionary<ulong, ulong> Starts) KnownPlaces(string name)
    {
        using var json = JsonDocument.Parse(Fixtures.Bytes("elf", name, "symbols.json"));
        var frames = json.RootElement.GetProperty("frames").EnumerateArray().ToList();
        var starts = frames.ToDictionary(f => Hex(f, "looked_up"), f => Hex(f, "offset_in_stack") - ulong.Parse(f.GetProperty("strace_symbol").GetString()!.Split("+0x")[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return (frames[0].GetProperty("module").GetString()!, [.. starts.Keys], starts);
    }

    private static ulong Hex(JsonElement frame, string name) => ulong.Parse(frame.GetProperty(name).GetString()![2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static RawFrame At(ulong address) => new() { Address = address, AddressKind = FrameAddressKind.Absolute };

    private static MappedModule Module(ulong start, ulong end, ulong offset, string path) => new(new AddressRange(start, end), offset, path);

    private static Trace OfFrames(string tool, params RawFrame[] frames) => new(tool, ClockDomain.None, ProcessHint.None, [], [new Callchain(frames)], []);
}
