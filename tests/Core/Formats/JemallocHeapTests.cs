using System.Globalization;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Jemalloc;
using MemScope.Core.Formats.LegacyHeap;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class JemallocHeapTests
{
    [Theory]
    [InlineData("sampled")]
    [InlineData("every")]
    public void The_totals_are_those_that_jeprof_prints(string name)
    {
        var dump = Assert.Single(Read(name).Dumps);
        var printed = PrintedTotals.Of("jemalloc-heap", name + ".jeprof.txt");

        Assert.Equal(printed["inuse_space"], dump.LiveBytes);
        Assert.Equal(printed["inuse_objects"], dump.LiveCount);
        Assert.Equal(printed["alloc_space"], dump.AllocatedBytes ?? 0);
        Assert.Equal(printed["alloc_objects"], dump.AllocatedCount ?? 0);
        Assert.Equal(dump.LiveBytes, dump.Sites.Sum(s => s.Live));
        Assert.Equal(dump.LiveCount, dump.Sites.Sum(s => s.LiveCount));
    }

    [Fact]
    public void What_was_not_counted_is_absent()
    {
        Assert.Null(Read("every").Dumps[0].AllocatedBytes);
        Assert.Null(Read("every").SamplePeriodBytes);
        Assert.Equal(4096, Read("sampled").SamplePeriodBytes);
    }

    [Fact]
    public void A_site_belongs_to_the_thread_that_the_totals_name()
    {
        var names = Lines("sampled").TakeWhile(l => l[0] != '@').Select(l => l.Trim().Split(": ")).Where(p => p[0] != "t*" && p.Length > 3 && p[3].Contains("] ", StringComparison.Ordinal))
            .ToDictionary(p => p[0], p => p[3].Split("] ")[1], StringComparer.Ordinal);
        Assert.Equal(3, names.Count);

        var samples = Lines("sampled").SkipWhile(l => l[0] != '@').Select(l => l.Trim().Split(": ")).Where(p => names.ContainsKey(p[0])).CountBy(p => names[p[0]]).ToDictionary(StringComparer.Ordinal);
        var sites = Read("sampled").Dumps[0].Sites;
        Assert.Equal(samples.OrderBy(s => s.Key, StringComparer.Ordinal), sites.CountBy(s => s.Kind!).OrderBy(s => s.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("sampled")]
    [InlineData("every")]
    public void Frames_are_offsets_in_the_files_that_the_profile_lists(string name)
    {
        var maps = Lines(name).SkipWhile(l => l != "MAPPED_LIBRARIES:").Skip(1).Where(l => l.Contains('/', StringComparison.Ordinal))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(p => (Start: Hex(p[0].Split('-')[0]), End: Hex(p[0].Split('-')[1]), Offset: Hex(p[2]), Path: p[5])).ToList();
        var expected = Lines(name).Where(l => l.StartsWith("@ ", StringComparison.Ordinal))
            .Select(l => string.Join(' ', l[2..].Split(' ').Select(a => Hex(a[2..])).Select(a => maps.Single(m => m.Start <= a && a < m.End) is var m ? $"{m.Path}+{a - m.Start + m.Offset:x}" : "")));

        var read = Read(name).Callchains.Select(c => string.Join(' ', c.Frames.Select(f => $"{f.Module}+{f.Address:x}")));
        Assert.Equal(expected.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
        Assert.All(Read(name).Callchains.SelectMany(c => c.Frames), f => Assert.Equal(FrameAddressKind.InModule, f.AddressKind));
    }

    [Fact]
    public void Estimates_need_a_rate_above_one()
    {
        Assert.Equal((3, 30), new SampleScaling(1, Rounding.Carried).Scale(3, 30));
        Assert.Equal((0, 30), new SampleScaling(4096, Rounding.Carried).Scale(0, 30));
        Assert.Equal((3, 30), new SampleScaling(long.MaxValue, Rounding.Carried).Scale(3, 30));
        var (count, bytes) = new SampleScaling(4096, Rounding.EachRow).Scale(1, 40);
        Assert.Equal((long)(1 / (1 - Math.Exp(-40.0 / 4096))), count);
        Assert.Equal((long)(40 / (1 - Math.Exp(-40.0 / 4096))), bytes);
    }

    [Fact]
    public void A_profile_that_is_cut_off_says_so_and_keeps_its_whole_sites()
    {
        var text = Fixtures.Bytes("jemalloc-heap", "sampled.heap");
        var cut = JemallocFormats.Heap.Parse(text[..text.AsSpan().IndexOf("  t1: "u8)], new ParseOptions(Core.Limits.Default));
        Assert.Equal("cut-off", Assert.Single(Assert.Single(cut.HeapProfiles).Losses).Kind);

        const string Sites = "heap_v2/1\n  t*: 2: 20 [0: 0]\n@ 0x10 0x20\n  t*: 1: 10 [0: 0]\n@ 0x10 0x30\n  t*: 1: 1";
        var two = Assert.Single(Reading.Of(Sites).HeapProfiles);
        Assert.Equal(10, two.LiveBytes);
        Assert.Equal(FrameAddressKind.Absolute, two.Callchains[0].Frames[0].AddressKind);
    }

    [Fact]
    public void Lines_that_are_not_understood_are_counted()
    {
        var parsed = Reading.Of("heap_v2/524288\n  t*: 1: 10 [0: 0]\n@ 0x10 nonsense\n  t*: 1: 10 [0: 0]\n  t0: x\n\nMAPPED_LIBRARIES:\nnone\n");
        Assert.Equal(3, parsed.Diagnostics.Count(d => d.Id == "JEHEAP002"));
    }

    private static HeapProfile Read(string name)
    {
        var parsed = Reading.Of(Fixtures.Bytes("jemalloc-heap", name + ".heap")).Parsed;
        Assert.Equal("jemalloc-heap", parsed.Format);
        Assert.Empty(parsed.Diagnostics);
        return Assert.Single(parsed.HeapProfiles);
    }

    private static IEnumerable<string> Lines(string name) => File.ReadLines(Fixtures.PathOf("jemalloc-heap", name + ".heap")).Skip(1).Where(l => l.Length > 0);

    private static ulong Hex(string digits) => ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
