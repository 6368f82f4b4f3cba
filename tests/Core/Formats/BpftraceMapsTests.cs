using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MemScope.Core;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Model;
using MemScope.Tests.Traces;

namespace MemScope.Tests;

/// <summary>Sums by stack (tests/fixtures/bpftrace/maps): the program printed how much it mapped by each of its two ways.</summary>
public sealed partial class BpftraceMapsTests
{
    [Theory]
    [InlineData("sums")]
    [InlineData("sums-json")]
    public void A_map_with_stacks_is_a_profile_whose_last_print_is_what_the_program_counted(string run)
    {
        var read = Reading.Of(Fixtures.Bytes("bpftrace", "maps", run + ".txt")).Parsed;
        var own = Own(run);

        Assert.Equal(["@bytes", "@calls", "@sizes"], read.HeapProfiles.Select(p => p.Dumps[0].Label).Order(StringComparer.Ordinal));
        var bytes = read.HeapProfiles.Single(p => p.Dumps[0].Label == "@bytes");
        Assert.Equal((WeightUnit.Bytes, ClockDomain.WallTimeOfDay, "bpftrace"), (bytes.Unit, bytes.Clock, bytes.Tool));
        var last = bytes.Dumps[^1];
        Assert.Equal(own.ToDictionary(o => o.Key, o => o.Value.Bytes), last.Sites.ToDictionary(s => Function(bytes, s), s => s.Allocated!.Value));
        Assert.All(last.Sites, s => Assert.Equal(("maps", null), (s.Kind, s.Live)));
        Assert.Equal((own.Values.Sum(o => o.Bytes), null, null), (last.AllocatedBytes, last.LiveBytes, last.AllocatedCount));
        var sizes = read.HeapProfiles.Single(p => p.Dumps[0].Label == "@sizes");
        Assert.Equal(own.ToDictionary(o => o.Key, o => (o.Value.Bytes, o.Value.Calls)), Assert.Single(sizes.Dumps).Sites.ToDictionary(s => Function(sizes, s), s => (s.Allocated!.Value, s.AllocatedCount!.Value)));
        var calls = read.HeapProfiles.Single(p => p.Dumps[0].Label == "@calls");
        Assert.Equal(WeightUnit.Count, calls.Unit);
        Assert.Equal(own.ToDictionary(o => o.Key, o => o.Value.Calls), Assert.Single(calls.Dumps).Sites.ToDictionary(s => Function(calls, s), s => s.Allocated!.Value));
        Assert.All(calls.Callchains.SelectMany(c => c.Frames), f => Assert.Equal(FrameAddressKind.Absolute, f.AddressKind));
        Assert.Empty(read.Complaints());
        Assert.Empty(read.Traces);
    }

    [Theory]
    [InlineData("sums")]
    [InlineData("sums-json")]
    public void Each_print_is_a_dump_with_its_second_and_the_one_at_the_end_is_not_counted_twice(string run)
    {
        var text = Encoding.ASCII.GetString(Fixtures.Bytes("bpftrace", "maps", run + ".txt"));
        var read = Reading.Of(text);
        var bytes = read.HeapProfiles.Single(p => p.Dumps[0].Label == "@bytes");

        var values = ValueOfBytes().Matches(text).Select(m => long.Parse(m.Groups["value"].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.True(values.Count > 6);
        Assert.Equal(values.SkipLast(2), bytes.Dumps.SelectMany(d => d.Sites).Select(s => s.Allocated!.Value));
        Assert.Equal(values.TakeLast(2), bytes.Dumps[^1].Sites.Select(s => s.Allocated!.Value));
        var seconds = Clock().Matches(text).Select(m => (long)TimeSpan.ParseExact(m.Groups["time"].Value, "c", CultureInfo.InvariantCulture).TotalSeconds).ToList();
        Assert.Equal(seconds.TakeLast(bytes.Dumps.Count).Select(s => (long?)(s * 1_000_000_000)), bytes.Dumps.Select(d => d.Time));
    }

    [Fact]
    public void A_script_with_a_layout_of_its_own_gives_its_calls_with_the_stacks_before_them()
    {
        var read = Reading.Of(Fixtures.Bytes("bpftrace", "maps", "generic.txt")).Parsed;
        var trace = Assert.Single(read.Traces);
        var own = Own("generic");

        Assert.Empty(read.Complaints());
        Assert.Equal(own.ToDictionary(o => o.Key, o => o.Value.Bytes),
            trace.Events.Where(e => e.Call == MemoryCall.Mmap).GroupBy(e => trace.Callchains[e.Callchain].Frames[1].Function!).ToDictionary(g => g.Key, g => g.Sum(e => (long)e.Length)));
        Assert.Equal(own.Values.Sum(o => o.Calls / 4), trace.Events.Count(e => e is { Call: MemoryCall.Munmap, Length: 4096 }));
        Assert.All(trace.Events, e => Assert.True(e.Callchain >= 0));
        Assert.All(trace.Events.Where(e => e.Call == MemoryCall.Mmap), e => Assert.True(e is { HasResult: true, Failed: false, TimeNs: > 0, Tid: > 0 }));
        Assert.Equal("maps", trace.Process.Comm);
        Assert.Equal(own.Values.Sum(o => o.Bytes) - trace.Events.Count(e => e.Call == MemoryCall.Munmap) * 4096L, TraceReplay.Run(trace).OutstandingBytes);
    }

    [Theory]
    [InlineData("25375 sys_enter_munmap addr: 0x7f0000000000, len: 4096", MemoryCall.Munmap, 0x7f0000000000, 4096)]
    [InlineData("munmap(): size=4096; address=0x7f0000000000;", MemoryCall.Munmap, 0x7f0000000000, 4096)]
    [InlineData("event=madvise comm=x pid=5 addr=0x7f0000000000 length=4096", MemoryCall.Madvise, 0x7f0000000000, 4096)]
    [InlineData("probe=tracepoint:syscalls:sys_exit_mmap bytes=4096 start=0x7f0000000000", MemoryCall.Mmap, 0x7f0000000000, 4096)]
    public void Words_with_values_in_any_order_are_a_call(string line, MemoryCall call, ulong address, ulong length)
    {
        var e = Assert.Single(TraceFixtures.Trace(BpftraceFormat.Format, $"Attaching 1 probe...\n{line}\n").Events);

        Assert.Equal((call, address, length), (e.Call, e.Address, e.Length));
    }

    [Theory]
    [InlineData("mmap 4096 0x7f0000000000")]
    [InlineData("mmap by maps: 3")]
    [InlineData("len=4096 addr=0x7f0000000000")]
    public void A_line_without_a_call_or_without_a_length_is_none_and_counted(string line)
    {
        var read = TraceFixtures.Read(BpftraceFormat.Format, Encoding.ASCII.GetBytes($"Attaching 1 probe...\n1 2 3 a munmap addr=0x1000 len=4096\n{line}\n"));

        Assert.Single(Assert.Single(read.Traces).Events);
        Assert.Contains(read.Diagnostics, d => d is { Id: "BPFTRACE002", Line: 3 });
        Assert.StartsWith("1 line", Assert.Single(read.Diagnostics, d => d is { Id: "BPFTRACE009" }).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Prints_without_a_sign_between_them_are_told_apart_by_their_order()
    {
        var profile = Assert.Single(Reading.Of("""
            Attaching 1 probe...
            @b[
                f+1
            ]: 100
            @b[
                g+1
            ]: 300
            @b[
                f+1
            ]: 200
            @b[
                g+1
            ]: 300
            @one[
                f+1
            ]: 1
            @one[
                f+1
            ]: 2

            """).HeapProfiles, p => p.Dumps[0].Label == "@b");

        Assert.Equal(["100 300", "200 300"], profile.Dumps.Select(d => string.Join(' ', d.Sites.Select(s => s.Allocated))));
        Assert.Equal(WeightUnit.Unknown, profile.Unit);
    }

    [Fact]
    public void Kernel_and_user_stacks_lost_stacks_and_names_of_maps_are_told_apart()
    {
        var read = Reading.Of("""
            Attaching 1 probe...
            bytes by stack:
            @[
                k+1
            ,
                u+2
            , x]: 5
            @live_bytes[]: 7
            @live_bytes[
                u+2
            ]: 9

            """);

        var both = read.HeapProfiles[0];
        Assert.Equal((WeightUnit.Bytes, 5L, "x"), (both.Unit, both.Dumps[0].AllocatedBytes!.Value, both.Dumps[0].Sites[0].Kind));
        Assert.Equal(["k", "u"], both.Callchains[0].Frames.Select(f => f.Function!));
        var live = read.HeapProfiles[1];
        Assert.Equal([(-1, 7L), (0, 9L)], live.Dumps[0].Sites.Select(s => (s.Callchain, s.Live!.Value)));
        Assert.Equal(16, live.LiveBytes);
        Assert.Equal("missing-stacks", Assert.Single(live.Losses).Kind);
    }

    [Fact]
    public void Every_kind_of_json_object_is_read_or_counted()
    {
        var capture = BpftraceFormat.Json.Parse("""
            {"type": "attached_probes", "count": 2, "data": {"probes": 2}}
            {"type": "map", "data": {"@a": {"1,x": 1}}}
            {"type": "map", "data": {"@sc": 7}}
            {"type": "map", "data": {"@tup": [1, "a"]}}
            {"type": "map", "data": {"@tups": {"\n    f+1\n": [1, 2]}}}
            {"type": "hist", "data": {"@h": {"\n    f+1\n": [{"max": -1, "count": 1}, {"min": 4, "count": 1}]}}}
            {"type": "stats", "data": {"@avg": 3}}
            {"type": "tseries", "data": {"@t": [{"interval_start": "1970-01-01 00:00:00.500000000", "value": 9}]}}
            {"type": "value", "data": null}
            {"type": "value", "data": [1, {"a": 2}]}
            {"type": "helper_error", "msg": "Failed to probe_read_user_str: Bad address (-14)", "helper": "probe_read_user_str", "retcode": -14, "line": 5, "col": 3}
            {"type": "runtime_error", "msg": "Divide by 0", "filename": "a.bt", "line": 1, "col": 2}
            {"type": "warnf", "msg": "careful\n"}
            {"type": "lost_events", "count": 3, "data": {"events": 3}}
            {"type": "printf", "data": "1 7 7 a mmap len=4096 "}
            {"type": "printf", "data": "ret=0x1000\n\n    f+1\n"}

            """u8.ToArray(), TraceFixtures.Options);

        var trace = Assert.Single(capture.Traces);
        Assert.Equal((0x1000UL, 0, 16), (Assert.Single(trace.Events).Result, trace.Events[0].Callchain, trace.Events[0].Line));
        Assert.Equal(3, trace.Losses.Single(l => l is { Kind: "lost-events" }).Count);
        Assert.Equal([(11, Severity.Warning), (12, Severity.Error), (13, Severity.Warning)], capture.Diagnostics.Where(d => d is { Id: "BPFTRACE006" }).Select(d => (d.Line, d.Severity)));
        Assert.DoesNotContain(capture.Diagnostics, d => d is { Id: "BPFTRACE002" });
        Assert.Empty(capture.HeapProfiles);
        Assert.Contains("1 @a, 1 @avg, 1 @h, 1 @sc, 1 @t, 1 @tup, 1 @tups", Assert.Single(capture.Diagnostics, d => d is { Id: "BPFTRACE003" }).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400_000, true)]
    [InlineData(1_500_000, false)]
    public void A_map_with_many_stacks_is_one_long_line_of_json(int entries, bool fits)
    {
        var line = new StringBuilder("{\"type\": \"attached_probes\", \"data\": {\"probes\": 1}}\n{\"type\": \"map\", \"data\": {\"@bytes\": {");
        for (var i = 0; i < entries; i++) line.Append(i == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"\"\\n\\t{i & 63:x}\\n\": 1");
        line.Append("}}}\n");
        Assert.Equal(fits, line.Length < Limits.Default.JsonLineBytes && line.Length > 64 << 10);

        var read = Reading.Of(line.ToString());

        if (fits) Assert.Equal((entries, 64), (read.HeapProfiles[0].Dumps[0].AllocatedBytes, read.HeapProfiles[0].Callchains.Count));
        else Assert.Contains(read.Diagnostics, d => d is { Id: "BPFTRACE007", Line: 2 });
    }

    [Theory]
    [InlineData("{\"type\": \"map\", \"data\": {\"@m\": {\"\\n\\tf+1\\n\": 3}")]
    [InlineData("{\"type\": \"map\", \"data\": {\"@m\": {\"\\n\\t\\ud800\\n\": 3}}}")]
    [InlineData("{\"type\": \"map\", \"data\": {]}")]
    public void A_broken_object_is_reported(string line)
    {
        var read = BpftraceFormat.Json.Parse(Encoding.ASCII.GetBytes($"{{\"type\": \"attached_probes\", \"data\": {{\"probes\": 1}}}}\n{line}\n"), TraceFixtures.Options);

        Assert.Contains(read.Diagnostics, d => d is { Id: "BPFTRACE002", Line: 2 });
    }

    [Fact]
    public void Steady_state_costs_no_memory_per_line()
    {
        SteadyState.AssertPerLine(Fixtures.Unzipped("bpftrace/raw-mmap-leak.txt.gz"), BpftraceFormat.Format, read => read.Traces[0].Events.Count);
        SteadyState.AssertPerLine(Fixtures.Unzipped("bpftrace/raw-mmap-leak.json.gz"), BpftraceFormat.Json, read => read.Traces[0].Events.Count);
    }

    [GeneratedRegex("(^, maps\\]: |\\\\n,maps\": )(?<value>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ValueOfBytes();

    [GeneratedRegex("\\b(?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(\\n|\\\\n)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Clock();

    private static string Function(HeapProfile profile, HeapSite site) => profile.Callchains[site.Callchain].Frames[1].Function!;

    private static Dictionary<string, (long Bytes, long Calls)> Own(string run) =>
        Encoding.ASCII.GetString(Fixtures.Bytes("bpftrace", "maps", run + ".own.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' '))
            .ToDictionary(w => w[0], w => (long.Parse(w[1], CultureInfo.InvariantCulture), long.Parse(w[3], CultureInfo.InvariantCulture)), StringComparer.Ordinal);
}
