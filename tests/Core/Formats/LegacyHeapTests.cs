using System.Globalization;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class LegacyHeapTests
{
    [Theory]
    [InlineData("threads")]
    [InlineData("sampled")]
    [InlineData("growth")]
    public void The_totals_are_those_that_google_pprof_prints(string name)
    {
        var profile = Assert.Single(Read(name + ".heap").HeapProfiles);
        var dump = Assert.Single(profile.Dumps);
        var printed = PrintedTotals.Of("heap-profile", name + ".google-pprof.txt");

        Assert.Equal(printed["inuse_space"], dump.LiveBytes);
        Assert.Equal(printed["inuse_objects"], dump.LiveCount);
        if (name is "threads") Assert.Equal((printed["alloc_space"], printed["alloc_objects"]), (dump.AllocatedBytes, dump.AllocatedCount));
        else Assert.Null(dump.AllocatedBytes);
        Assert.Equal(dump.LiveBytes, dump.Sites.Sum(s => s.Live));
        Assert.Equal(name is "growth" ? "growth" : null, dump.Label);
    }

    [Fact]
    public void The_heap_profiler_counts_every_block_and_the_sampler_estimates()
    {
        Assert.Null(Read("threads.heap").HeapProfiles[0].SamplePeriodBytes);
        Assert.Equal(65536, Read("sampled.heap").HeapProfiles[0].SamplePeriodBytes);
        Assert.Equal(1048576 / 2, Read("go.txt").HeapProfiles[0].SamplePeriodBytes);
    }

    [Fact]
    public void The_rewritten_mappings_give_modules_and_offsets()
    {
        var profile = Read("threads.heap").HeapProfiles[0];
        Assert.NotEmpty(profile.Modules);
        Assert.All(profile.Callchains.SelectMany(c => c.Frames), f => Assert.Equal(FrameAddressKind.InModule, f.AddressKind));
        Assert.Contains(profile.Callchains.SelectMany(c => c.Frames), f => f.Module!.EndsWith("/threads", StringComparison.Ordinal));
    }

    [Fact]
    public void Gos_samples_are_scaled_as_gos_own_pprof_does()
    {
        var raw = RawPprof.Read("heap-profile", "go.pprof-raw.txt");
        var dump = Read("go.txt").HeapProfiles[0].Dumps[0];

        Assert.Equal(raw.Sum("inuse_space/bytes"), dump.LiveBytes);
        Assert.Equal(raw.Sum("inuse_objects/count"), dump.LiveCount);
        Assert.Equal(raw.Sum("alloc_space/bytes"), dump.AllocatedBytes);
        Assert.Equal(raw.Sum("alloc_objects/count"), dump.AllocatedCount);
        Assert.Equal(raw.Values.Select(v => v[^1]).Order(), dump.Sites.Select(s => s.Live!.Value).Order());
    }

    [Fact]
    public void Gos_names_belong_to_the_addresses_above_them()
    {
        var profile = Read("go.txt").HeapProfiles[0];
        var printed = File.ReadLines(Fixtures.PathOf("heap-profile", "go.txt")).Where(l => l.StartsWith("#\t0x", StringComparison.Ordinal))
            .Select(l => l.Split('\t', StringSplitOptions.RemoveEmptyEntries)).Select(p => p[2] + " " + p[3]).ToHashSet(StringComparer.Ordinal);
        var read = profile.Callchains.SelectMany(c => c.Frames).Where(f => f.Function is not null)
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Function}+0x{f.FunctionOffset:x} {f.File}:{f.Line}")).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(printed.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
        Assert.Equal("main.leaky", profile.Callchains[profile.Dumps[0].Sites.MaxBy(s => s.Live).Callchain].Frames[0].Function);
    }

    [Fact]
    public void The_memstats_below_gos_profile_become_figures()
    {
        var figures = Assert.Single(Read("go.txt").Figures);
        var printed = File.ReadLines(Fixtures.PathOf("heap-profile", "go.txt")).Where(l => l.StartsWith("# ", StringComparison.Ordinal) && l.Contains(" = ", StringComparison.Ordinal))
            .Select(l => l[2..].Split(" = ")).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);

        Assert.Equal("go-memstats", figures.Kind);
        Assert.All(["HeapAlloc", "HeapSys", "HeapIdle", "HeapReleased", "GCSys", "OtherSys", "MaxRSS"], k => Assert.Equal(printed[k], figures.Bytes[k].ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(printed["Stack"], $"{figures.Bytes["StackInuse"]} / {figures.Bytes["StackSys"]}");
        Assert.Equal(printed["NumGC"], figures.Counts["NumGC"].ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Rows_that_do_not_add_up_to_the_header_are_reported()
    {
        var parsed = Reading.Of("heap profile: 12: 510586 [ 17: 1010586] @ heapprofile\n 5: 500000 [ 10: 1000000] @ 0x5576d2fe62e2 0x7f200864524a\n");
        Assert.Equal("HEAPTEXT004", Assert.Single(parsed.Diagnostics).Id);
        Assert.Equal(["missing-rows", "cut-off"], parsed.HeapProfiles[0].Losses.Select(l => l.Kind));
        Assert.Equal(500000, parsed.HeapProfiles[0].LiveBytes);
    }

    [Fact]
    public void Rows_of_freed_blocks_that_did_not_fit_are_missed()
    {
        var parsed = Reading.Of("heap profile: 5: 500 [ 17: 1010] @ heapprofile\n 5: 500 [ 10: 1000] @ 0x10\n\nMAPPED_LIBRARIES:\n");
        Assert.Equal("HEAPTEXT004", Assert.Single(parsed.Diagnostics).Id);
        Assert.Equal("missing-rows", Assert.Single(parsed.HeapProfiles[0].Losses).Kind);
    }

    [Fact]
    public void Several_profiles_in_one_file_are_several()
    {
        var text = System.Text.Encoding.UTF8.GetString(Fixtures.Bytes("heap-profile", "threads.heap"));
        var parsed = Reading.Of(text + text);
        Assert.Equal(2, parsed.HeapProfiles.Count);
        Assert.Equal(parsed.HeapProfiles[0].LiveBytes, parsed.HeapProfiles[1].LiveBytes);
        Assert.Empty(parsed.Diagnostics);
    }

    [Fact]
    public void A_difference_may_be_negative_and_a_missing_rate_is_said()
    {
        var parsed = Reading.Of("heap profile: -1: -10 [ 0: 0] @ heap\n-1: -10 [0: 0] @ 0x10\n");
        Assert.Equal(-10, parsed.HeapProfiles[0].LiveBytes);
        Assert.Equal("HEAPTEXT005", Assert.Single(parsed.Diagnostics).Id);
    }

    [Fact]
    public void Inlined_functions_share_the_address_of_the_one_that_holds_them()
    {
        var parsed = Reading.Of("heap profile: 1: 10 [1: 10] @ heap/2\n1: 10 [1: 10] @ 0x11 0x21\n#\t0x10\tmain.inner+0x2\t/a b/x.go:3\n#\t0x10\tmain.outer+0x2\t/a b/x.go:9\n#\t0x20\tmain.main+0x8\tx.go:1\n");
        var frames = parsed.HeapProfiles[0].Callchains[0].Frames;
        Assert.Equal(["main.inner", "main.outer", "main.main"], frames.Select(f => f.Function));
        Assert.Equal([true, false, false], frames.Select(f => f.Inlined));
        Assert.Equal(("/a b/x.go", 3, 0x11UL), (frames[0].File, frames[0].Line, frames[0].Address));
    }

    private static ParsedCapture Read(string name)
    {
        var parsed = Reading.Of(Fixtures.Bytes("heap-profile", name)).Parsed;
        Assert.Equal("heap-profile", parsed.Format);
        Assert.Empty(parsed.Diagnostics);
        return parsed;
    }
}
