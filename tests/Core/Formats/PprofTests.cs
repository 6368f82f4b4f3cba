using System.Diagnostics;
using System.Globalization;
using System.Text;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Pprof;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class PprofTests
{
    [Theory]
    [InlineData("heap.pb")]
    [InlineData("cpp.pb.gz")]
    public void The_totals_of_a_heap_are_those_that_pprof_prints(string file)
    {
        var (profile, raw) = Read(file);
        var dump = Assert.Single(profile.Dumps);

        Assert.Equal(WeightUnit.Bytes, profile.Unit);
        Assert.Equal(raw.Sum("inuse_space/bytes"), dump.LiveBytes);
        Assert.Equal(raw.Sum("inuse_objects/count"), dump.LiveCount);
        Assert.Equal(raw.Sum("alloc_space/bytes"), dump.AllocatedBytes);
        Assert.Equal(raw.Sum("alloc_objects/count"), dump.AllocatedCount);
        Assert.Equal(raw.Values.Select(v => (v[0], v[1], v[2], v[3])), dump.Sites.Select(s => (s.AllocatedCount!.Value, s.Allocated!.Value, s.LiveCount!.Value, s.Live!.Value)));
    }

    [Theory]
    [InlineData("cpu.pb.gz", "cpu/nanoseconds", WeightUnit.Nanoseconds, "cpu")]
    [InlineData("goroutine.pb.gz", "goroutine/count", WeightUnit.Count, "goroutine")]
    public void Another_profile_is_weighed_in_its_own_unit(string file, string type, WeightUnit unit, string label)
    {
        var (profile, raw) = Read(file);

        Assert.Equal((unit, label), (profile.Unit, profile.Dumps[0].Label));
        Assert.Equal(raw.Sum(type), profile.Dumps[0].Sites.Sum(s => s.Live));
        Assert.Null(profile.LiveBytes);
        Assert.Null(profile.SamplePeriodBytes);
    }

    [Theory]
    [InlineData("heap.pb")]
    [InlineData("cpp.pb.gz")]
    [InlineData("cpu.pb.gz")]
    [InlineData("goroutine.pb.gz")]
    public void Stacks_lines_and_labels_are_those_that_pprof_prints(string file)
    {
        var (profile, raw) = Read(file);
        var sites = profile.Dumps[0].Sites;

        // pprof adds up samples of the same stack and labels, and shows no mapping that no frame lies in.
        var printed = raw.Values.Select((v, i) => (Key: string.Join('\n', raw.Stacks[i].SelectMany(l => FramesOf(raw, l))) + raw.Labels[i], Value: v[^1]));
        var read = sites.Select(s => (Key: string.Join('\n', profile.Callchains[s.Callchain].Frames.Select(Text)) + s.Kind, Value: s.Live!.Value));
        Assert.Equal(Totals(printed), Totals(read));
        Assert.All(raw.Mappings, m => Assert.Contains(profile.Modules, p => m.Contains($"0x{p.Range.Start:x}/0x{p.Range.End:x}/0x{p.FileOffset:x} {p.Path} {p.BuildId}", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_head_gives_time_period_and_build_id()
    {
        var (profile, raw) = Read("heap.pb");
        var lines = File.ReadAllLines(Fixtures.PathOf("pprof", "heap.raw.txt"));

        var time = DateTimeOffset.ParseExact(lines.Single(l => l.StartsWith("Time: ", StringComparison.Ordinal))[6..33], "yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.Equal(time, profile.Dumps[0].TakenAt);
        Assert.Equal(TimeOrigin.InFile, profile.Dumps[0].TimeOrigin);
        Assert.Equal(lines.Single(l => l.StartsWith("Period: ", StringComparison.Ordinal))[8..], profile.SamplePeriodBytes?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(raw.Mappings[0].Split(' ')[3], profile.Modules[0].BuildId);
        Assert.Equal(profile.Modules[0].BuildId, profile.Callchains[0].Frames[0].BuildId);
    }

    [Fact]
    public void A_profile_of_gperftools_says_the_same_as_text_and_as_proto()
    {
        var proto = Read("cpp.pb.gz").Profile;
        var text = Reading.Of(Fixtures.Bytes("heap-profile", "threads.heap")).Parsed.HeapProfiles[0];

        Assert.Equal(text.Dumps[0].Sites.Select(s => (s.Live, s.LiveCount, s.Allocated)).Order(), proto.Dumps[0].Sites.Select(s => (s.Live, s.LiveCount, s.Allocated)).Order());
        // Two runs lie at different addresses; in their files they do not. pprof took one byte off the callers' return addresses.
        string Offsets(HeapProfile profile, HeapSite site, int back) =>
            string.Join(' ', profile.Callchains[site.Callchain].Frames.Select((f, i) => string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(f.Module)}+{f.Address - (ulong)(i == 0 ? 0 : back):x}")));
        Assert.Equal(text.Dumps[0].Sites.Select(s => Offsets(text, s, 1)).Order(StringComparer.Ordinal).Select(s => s[s.IndexOf(' ', StringComparison.Ordinal)..]),
            proto.Dumps[0].Sites.Select(s => Offsets(proto, s, 0)).Order(StringComparer.Ordinal).Select(s => s[s.IndexOf(' ', StringComparison.Ordinal)..]));
    }

    [Fact]
    public void Packed_and_single_numbers_and_fields_of_later_versions_are_read()
    {
        var packed = Parse(Profile([Message(2, [.. Message(1, [1, 2]), .. Message(2, [.. Varint(7), .. Varint(100)])])]));
        var single = Parse(Profile([Message(2, [.. Number(1, 1), .. Number(1, 2), .. Number(2, 7), .. Number(2, 100), .. Message(99, "later"u8)]), Message(77, "later"u8)]));

        Assert.Equal(Dump(packed), Dump(single));
        var site = Assert.Single(packed.HeapProfiles[0].Dumps[0].Sites);
        Assert.Equal((100L, 7L), (site.Live, site.LiveCount));
        Assert.Equal(["inner", "outer", "main"], packed.HeapProfiles[0].Callchains[0].Frames.Select(f => f.Function));
        Assert.Equal([true, false, false], packed.HeapProfiles[0].Callchains[0].Frames.Select(f => f.Inlined));
        Assert.Equal(new RawFrame { Address = 0x1010, AddressKind = FrameAddressKind.InModule, Module = "/bin/app", Function = "main" }, packed.HeapProfiles[0].Callchains[0].Frames[2]);
    }

    [Theory]
    [InlineData("cpu-samples/count cpu-time/nanoseconds alloc-samples/count alloc-space/bytes heap-space/bytes", 5, null, 4, 3)]
    [InlineData("objects/count space/bytes", 2, 1, null, null)]
    [InlineData("alloc_objects/count alloc_space/bytes", null, null, 2, 1)]
    [InlineData("samples/count sent/bytes", 2, null, null, null)]
    public void Live_and_allocated_are_told_by_their_names(string types, int? live, int? liveCount, int? allocated, int? allocatedCount)
    {
        // The values of the one sample are 1, 2, 3 …
        var named = types.Split(' ').Select(t => t.Split('/')).Select(t => (t[0], t[1])).ToList();
        var site = PprofValues.Of(named, null).Site([.. Enumerable.Range(1, named.Count).Select(i => (long)i)]);
        Assert.Equal((live, liveCount, allocated, allocatedCount), ((int?)site.Live, (int?)site.LiveCount, (int?)site.Allocated, (int?)site.AllocatedCount));
    }

    [Fact]
    public void Other_units_of_time_become_nanoseconds()
    {
        Assert.Equal(3_000_000, PprofValues.Of([("samples", "count"), ("wall", "milliseconds")], null).Site([1, 3]).Live);
        Assert.Equal((1L, WeightUnit.Count), PprofValues.Of([("samples", "count"), ("wall", "milliseconds")], "samples") is var v ? (v.Site([1, 3]).Live!.Value, v.Unit) : default);
        Assert.Equal(long.MaxValue, PprofValues.Of([("wall", "seconds")], null).Site([long.MaxValue]).Live);
    }

    [Fact]
    public void A_profile_cut_before_its_strings_keeps_its_stacks()
    {
        var file = Fixtures.Bytes("pprof", "heap.pb");
        var whole = Parse(file);
        // The string table stands behind all that has messages in it.
        var strings = file.AsSpan().IndexOf("\x32\x00"u8);
        var cut = Parse(file[..(strings + 1)]);
        Assert.Equal(whole.HeapProfiles[0].Dumps[0].Sites.Count, cut.HeapProfiles[0].Dumps[0].Sites.Count);
        Assert.Equal(["PPROF002", "PPROF005"], cut.Diagnostics.Where(d => d.Severity == Severity.Warning).Select(d => d.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void References_that_lead_nowhere_are_counted_and_leave_a_frame_without_a_name()
    {
        var parsed = Parse(Profile([Message(2, [.. Number(1, 1), .. Number(1, 4_000_000_000), .. Number(2, 1), .. Number(2, 100)])]));
        Assert.Equal("PPROF005", Assert.Single(parsed.Diagnostics).Id);
        Assert.Equal(FrameAddressKind.None, parsed.HeapProfiles[0].Callchains[0].Frames[^1].AddressKind);
    }

    [Fact]
    public void A_length_that_is_not_there_costs_no_memory()
    {
        byte[] file = [.. Profile([]), 0x12, 0xff, 0xff, 0xff, 0x07, 1];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var parsed = Parse(file);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
        Assert.Equal("PPROF002", Assert.Single(parsed.Diagnostics).Id);
        Assert.Equal("cut-off", Assert.Single(parsed.HeapProfiles[0].Losses).Kind);
    }

    [Fact]
    public void A_million_strings_and_many_samples_are_read_in_linear_time()
    {
        const int Strings = 1_000_000, Many = 200_000;
        var file = new MemoryStream();
        file.Write(Profile([]));
        for (var i = 0; i < Strings; i++) file.Write([0x32, 3, (byte)i, (byte)(i >> 8), (byte)(i >> 16)]);
        for (var i = 0; i < Many; i++)
        {
            file.Write(Message(5, [.. Number(1, i + 10), .. Number(2, i + 10)]));
            file.Write(Message(4, [.. Number(1, i + 10), .. Number(3, i), .. Message(4, Number(1, i + 10))]));
            file.Write(Message(2, [.. Number(1, i + 10), .. Number(1, 1), .. Number(2, 1), .. Number(2, 10)]));
        }
        var watch = Stopwatch.StartNew();
        var parsed = Parse(file.ToArray());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
        Assert.Equal(10L * Many, parsed.HeapProfiles[0].LiveBytes);
        Assert.Equal(Many, parsed.HeapProfiles[0].Callchains.Count);
    }

    [Fact]
    public void Frames_do_not_multiply_without_bound()
    {
        // Every sample holds the location with 1000 inlined functions: a few bytes each would become thousands of frames.
        var file = new MemoryStream();
        file.Write(Profile([]));
        file.Write(Message(4, [.. Number(1, 9), .. Enumerable.Range(0, 1000).SelectMany(_ => Message(4, Number(1, 1)))]));
        for (var i = 0; i < 100_000; i++) file.Write(Message(2, [.. Number(1, i + 100), .. Number(1, 9), .. Number(2, 1), .. Number(2, 1)]));
        var parsed = Parse(file.ToArray());
        Assert.InRange(parsed.HeapProfiles[0].Callchains.Sum(c => (long)c.Frames.Count), 1, (16 << 20) + 100_000);
        Assert.Contains(parsed.HeapProfiles[0].Losses, l => l.Kind == "cut-stacks");
    }

    [Theory]
    [InlineData("\n\n\n\n\nText behind empty lines\n")]
    [InlineData("\n\u0008\n")]
    [InlineData("\u0012\u0000\u0012\u0000")]
    [InlineData("2\u00002\u0003abc")]
    public void Other_bytes_are_not_taken_for_a_profile(string text) => Assert.NotEqual("pprof", InputFormats.Sniff(Encoding.Latin1.GetBytes(text))?.Slug);

    [Fact]
    public void A_perfetto_trace_and_random_bytes_are_not_taken_for_a_profile()
    {
        // TracePacket: timestamp (8), trusted_packet_sequence_id (10), clock_snapshot (6) …, each in a field 1 of the trace.
        var perfetto = Enumerable.Range(0, 100).SelectMany(i => Message(1, [.. Number(8, 1_000_000 + i), .. Number(10, 1), .. Message(6, Number(1, 3))])).ToArray();
        Assert.NotEqual("pprof", InputFormats.Sniff(perfetto)?.Slug);
        var random = new Random(1);
        var bytes = new byte[4096];
        for (var round = 0; round < 10_000; round++)
        {
            random.NextBytes(bytes);
            Assert.False(PprofFormat.Format.Sniff(bytes));
        }
    }

    [Fact]
    public void A_profile_larger_than_what_is_looked_at_is_recognised()
    {
        var samples = Enumerable.Range(0, 20_000).Select(i => Message(2, [.. Number(1, 1), .. Number(2, 1), .. Number(2, i)])).ToArray();
        Assert.Equal("pprof", InputFormats.Sniff([.. Message(1, [.. Number(1, 1), .. Number(2, 2)]), .. samples.SelectMany(s => s)])?.Slug);
    }

    private static (HeapProfile Profile, RawPprof Raw) Read(string file)
    {
        var parsed = Reading.Of(Fixtures.Bytes("pprof", file), file).Parsed;
        Assert.Equal("pprof", parsed.Format);
        Assert.Empty(parsed.Diagnostics);
        return (Assert.Single(parsed.HeapProfiles), RawPprof.Read("pprof", file.Split('.')[0] + ".raw.txt"));
    }

    private static ParsedCapture Parse(byte[] file) => PprofFormat.Format.Parse(file, new ParseOptions(Core.Limits.Default));

    private static string Dump(ParsedCapture parsed)
    {
        var text = new StringWriter();
        ModelDump.Write(parsed, text);
        return text.ToString();
    }

    /// <summary>Frames as raw prints a location: the address of the mapping's file, then name and line, or nothing.</summary>
    private static IEnumerable<string> FramesOf(RawPprof raw, int location)
    {
        var lines = raw.Locations[location];
        var head = lines[0].Split(' ', 3);
        var mapping = raw.Mappings[int.Parse(head[1][2..], CultureInfo.InvariantCulture) - 1].Split(' ');
        var range = mapping[1].Split('/').Select(a => ulong.Parse(a[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToArray();
        var offset = ulong.Parse(head[0][2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) - range[0] + range[2];
        foreach (var name in lines.Select((l, i) => i == 0 ? head[2] : l)) yield return $"{mapping[2]} {offset:x} {name.Replace(" s=0", "", StringComparison.Ordinal)}".TrimEnd();
    }

    private static IEnumerable<(string, long)> Totals(IEnumerable<(string Key, long Value)> rows) =>
        rows.GroupBy(r => r.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Sum(r => r.Value))).OrderBy(t => t.Key, StringComparer.Ordinal);

    private static string Text(RawFrame f) => $"{f.Module} {f.Address:x} {f.Function} {f.File}{(f.Line is null ? "" : ":")}{f.Line}".TrimEnd();

    /// <summary>A profile with the types objects/count and space/bytes, the strings of them, two locations and further fields: location 1 is inner inlined into outer, 2 main.</summary>
    private static byte[] Profile(byte[][] more)
    {
        string[] strings = ["", "objects", "count", "space", "bytes", "/bin/app", "inner", "outer", "main"];
        return
        [
            .. Message(1, [.. Number(1, 1), .. Number(2, 2)]), .. Message(1, [.. Number(1, 3), .. Number(2, 4)]), .. more.SelectMany(m => m),
            .. Message(3, [.. Number(1, 1), .. Number(2, 0x400000), .. Number(3, 0x500000), .. Number(4, 0x1000), .. Number(5, 5)]),
            .. Message(4, [.. Number(1, 1), .. Number(2, 1), .. Number(3, 0x400020), .. Message(4, Number(1, 1)), .. Message(4, Number(1, 2))]),
            .. Message(4, [.. Number(1, 2), .. Number(2, 1), .. Number(3, 0x400010), .. Message(4, Number(1, 3))]),
            .. Enumerable.Range(0, 3).SelectMany(i => Message(5, [.. Number(1, i + 1), .. Number(2, i + 6)])), .. strings.SelectMany(s => Message(6, Encoding.ASCII.GetBytes(s))),
        ];
    }

    private static byte[] Message(int field, ReadOnlySpan<byte> content) => [.. Varint(((long)field << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Number(int field, long value) => [.. Varint((long)field << 3), .. Varint(value)];

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7) bytes.Add((byte)(rest | 0x80));
        bytes.Add((byte)rest);
        return [.. bytes];
    }
}
