using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Totals, and every single stack, are those of heaptrack_print 1.4.</summary>
public sealed class HeaptrackTotalsTests
{
    public static TheoryData<string, string> Files => new()
    {
        { "leak.txt", "leak.summary.txt.gz" },
        { "leak.raw.txt", "leak.summary.txt.gz" },
        { "malloc-leak.zst", "malloc-leak.summary.txt.gz" },
        { "malloc-leak.zst", "malloc-leak.print.txt.gz" },
        { "malloc-leak-long.zst", "malloc-leak-long.summary.txt.gz" },
        { "malloc-leak-long.zst", "malloc-leak-long.print.txt.gz" },
        { "malloc-leak-long.raw.zst", "malloc-leak-long.summary.txt.gz" },
        { "ucx-leak.zst", "ucx-leak.summary.txt.gz" },
        { "ucx-leak.zst", "ucx-leak.print.txt.gz" },
        { "ucx-leak.raw.zst", "ucx-leak.summary.txt.gz" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void The_summary_is_that_of_heaptrack_print(string file, string said)
    {
        var text = HeaptrackPrint.Text(said);
        var profile = Profile(file);
        var end = profile.Dumps.Single();

        Assert.Equal(HeaptrackPrint.Summary(text, "calls to allocation functions"), end.AllocatedCount!.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(HeaptrackPrint.Summary(text, "temporary memory allocations"), end.Sites.Sum(s => s.TemporaryCount)!.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(HeaptrackPrint.Summary(text, "peak heap memory consumption"), HeaptrackPrint.Bytes(profile.PeakBytes!.Value));
        Assert.Equal(HeaptrackPrint.Summary(text, "peak RSS (including heaptrack overhead)"), HeaptrackPrint.Bytes(profile.Timeline.Max(p => p.ResidentBytes)!.Value));
        // heaptrack_print leaves known leaks of system libraries out unless it is told otherwise, and says how much.
        var suppressed = text.Contains("suppressed leaks", StringComparison.Ordinal);
        Assert.Equal(suppressed, file.StartsWith("ucx", StringComparison.Ordinal) && said.Contains("print", StringComparison.Ordinal));
        if (suppressed) Assert.InRange(end.LiveBytes!.Value, 494_390 + 3_920 - 10, 494_390 + 3_920 + 10);
        else Assert.Equal(HeaptrackPrint.Summary(text, "total memory leaked"), HeaptrackPrint.Bytes(end.LiveBytes!.Value));
        var runtime = double.Parse(HeaptrackPrint.Summary(text, "total runtime").TrimEnd('.').TrimEnd('s'), CultureInfo.InvariantCulture);
        Assert.InRange((end.Time!.Value / 1e9) + 0.001 - runtime, -0.0051, 0.0051);
    }

    [Theory]
    [InlineData("leak.txt", "leak")]
    [InlineData("malloc-leak.zst", "malloc-leak")]
    [InlineData("malloc-leak-long.zst", "malloc-leak-long")]
    [InlineData("ucx-leak.zst", "ucx-leak")]
    public void Every_stack_has_the_calls_bytes_and_temporaries_that_heaptrack_print_folds(string file, string said)
    {
        var profile = Profile(file);
        Assert.NotEmpty(HeaptrackPrint.Folded(profile, s => s.Peak));
        Assert.Equal(HeaptrackPrint.Folded(said + ".allocations.folded.gz").Where(c => c.Value != 0), HeaptrackPrint.Folded(profile, s => s.AllocatedCount));
        Assert.Equal(HeaptrackPrint.Folded(said + ".temporary.folded.gz").Where(c => c.Value != 0), HeaptrackPrint.Folded(profile, s => s.TemporaryCount));
        Assert.Equal(HeaptrackPrint.Folded(said + ".leaked.folded.gz").Where(c => c.Value != 0), HeaptrackPrint.Folded(profile, s => s.Live));
        Assert.Equal(HeaptrackPrint.Folded(said + ".peak.folded.gz").Where(c => c.Value != 0), HeaptrackPrint.Folded(profile, s => s.Peak));
    }

    [Theory]
    [InlineData("leak.txt")]
    [InlineData("leak.raw.txt")]
    [InlineData("malloc-leak-long.raw.zst")]
    [InlineData("malloc-leak-long.zst")]
    [InlineData("ucx-leak.raw.zst")]
    [InlineData("ucx-leak.zst")]
    public void Sites_sum_to_the_totals(string file)
    {
        var profile = Profile(file);
        var end = profile.Dumps.Single();
        Assert.Equal(profile.PeakBytes, end.Sites.Sum(s => s.Peak));
        Assert.Equal(end.LiveBytes, end.Sites.Sum(s => s.Live));
        Assert.Equal(end.LiveCount, end.Sites.Sum(s => s.LiveCount));
        Assert.Equal(profile.LiveBytes, end.LiveBytes);
        Assert.Equal(end.Sites.Count, end.Sites.Select(s => s.Callchain).Distinct().Count());
        Assert.Equal(profile.Callchains.Count, end.Sites.Count);
    }

    /// <summary>heaptrack_interpret made the one file of the other.</summary>
    [Theory]
    [InlineData("leak.raw.txt", "leak.txt")]
    [InlineData("malloc-leak-long.raw.zst", "malloc-leak-long.zst")]
    [InlineData("ucx-leak.raw.zst", "ucx-leak.zst")]
    public void A_raw_file_and_its_interpretation_agree(string raw, string interpreted)
    {
        var (one, other) = (Profile(raw), Profile(interpreted));
        Assert.Equal(other.Timeline, one.Timeline);
        Assert.Equal((other.PeakBytes, other.PeakTime, other.LiveBytes), (one.PeakBytes, one.PeakTime, one.LiveBytes));
        Assert.Equal(Numbers(other), Numbers(one));
        // Link address and segment give the address that the interpretation prints, return address less one.
        var addresses = other.Callchains.SelectMany(c => c.Frames).Where(f => f.AddressKind == FrameAddressKind.Absolute).Select(f => (f.Module, f.Address)).ToHashSet();
        var inModule = one.Callchains.SelectMany(c => c.Frames).Where(f => f.AddressKind == FrameAddressKind.InModule).ToList();
        Assert.True(inModule.Count > 8);
        Assert.All(inModule, f => Assert.Contains(one.Modules, m => m.Path == f.Module && m.Range.Start <= f.Address - m.FileOffset + m.Range.Start && f.Address - m.FileOffset + m.Range.Start < m.Range.End));
        var shown = addresses.Count(a => one.Modules.Any(m => m.Path == a.Module && m.Range.Start <= a.Address && a.Address < m.Range.End && inModule.Any(f => f.Module == m.Path && f.Address == a.Address - m.Range.Start + m.FileOffset)));
        Assert.Equal(addresses.Count(a => a.Module is not null), shown);
        Assert.Equal(one.Process.CommandLine, other.Process.CommandLine);
        Assert.Empty(other.Modules);

        static IEnumerable<HeapSite> Numbers(HeapProfile profile) =>
            profile.Dumps.Single().Sites.Select(s => s with { Line = 0, Callchain = 0 }).OrderBy(s => s.Allocated).ThenBy(s => s.AllocatedCount).ThenBy(s => s.Live).ThenBy(s => s.Peak).ThenBy(s => s.TemporaryCount);
    }

    [Theory]
    [InlineData("leak.txt")]
    [InlineData("leak.raw.txt")]
    public void The_program_whose_leak_is_known_shows_it_to_the_byte(string file)
    {
        var profile = Profile(file);
        var end = profile.Dumps.Single();
        // leak.c; 72,704 bytes are the emergency pool of libstdc++, which comes with heaptrack's library and is freed at the end.
        Assert.Equal((1_006_170, 15), (end.LiveBytes, end.LiveCount));
        Assert.Equal((1_071_706 + 72_704, 17), (end.AllocatedBytes, end.AllocatedCount));
        Assert.Equal(1_071_706 + 72_704, profile.PeakBytes);
        Assert.Equal([(1_000_000, 10, 1_000_000), (6_170, 5, 6_170)], end.Sites.Where(s => s.Live > 0).Select(s => ((int)s.Live!, (int)s.LiveCount!, (int)s.Peak!)));
    }

    [Fact]
    public void The_stacks_of_the_known_leak_name_function_and_line()
    {
        var profile = Profile("leak.txt");
        var stacks = profile.Dumps.Single().Sites.Where(s => s.Live > 0).Select(s => string.Join(" < ", profile.Callchains[s.Callchain].Frames.Take(2).Select(f => $"{f.Function}:{f.Line}")));
        Assert.Equal(["leaky:12 < main:15", "leaky:12 < main:16"], stacks);
    }

    /// <summary>attach.c holds 3 blocks from before, which it frees, allocates 20 of 1,000 bytes and 7 of 300, which it frees at once.</summary>
    [Fact]
    public void Of_a_process_that_was_attached_to_only_what_came_after_counts()
    {
        var parsed = Reading.Of(Fixtures.Bytes("heaptrack", "attached.raw.zst")).Parsed;
        var profile = parsed.HeapProfiles.Single();
        var end = profile.Dumps.Single();
        Assert.Equal((20_000, 20, 22_100, 27), (end.LiveBytes, end.LiveCount, end.AllocatedBytes, end.AllocatedCount));
        Assert.Equal((20_300, 7), (profile.PeakBytes, end.Sites.Sum(s => s.TemporaryCount)));
        Assert.Equal("began-late", Assert.Single(profile.Losses).Kind);
        // The three, and one of the C library's.
        Assert.Equal("4 frees are of blocks whose allocation is not in the file; they count for nothing.", Assert.Single(parsed.Diagnostics, d => d.Id == "HEAPTRACK006").Text);
        Assert.Empty(parsed.Complaints());
    }

    [Fact]
    public void Two_frees_of_the_raw_file_are_of_blocks_from_before() =>
        Assert.StartsWith("2 frees", Assert.Single(Reading.Of(Fixtures.Bytes("heaptrack", "ucx-leak.raw.zst")).Parsed.Diagnostics, d => d.Id == "HEAPTRACK006").Text, StringComparison.Ordinal);

    private static HeapProfile Profile(string file)
    {
        var parsed = Reading.Of(Fixtures.Bytes("heaptrack", file)).Parsed;
        Assert.Equal("heaptrack", parsed.Format);
        Assert.Empty(parsed.Complaints());
        return parsed.HeapProfiles.Single();
    }
}
