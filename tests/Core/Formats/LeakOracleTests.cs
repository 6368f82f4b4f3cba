using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>
/// One program (tests/fixtures/leak-oracle/leak.c) as every heap profiler sees it: leaky leaks 10 blocks of 100,000 bytes from line 15 of main and 5 of 1,234 bytes from
/// line 16. Whatever the tool and the format, the same bytes in the same blocks come from the same places. A new format adds its part to record.sh and a line here.
/// </summary>
public sealed class LeakOracleTests
{
    private const long Line15 = 10 * 100_000, Line16 = 5 * 1_234, Leaked = Line15 + Line16, Blocks = 15;

    /// <summary>File and format of a capture whose last dump is the end of the program, with symbols.</summary>
    public static TheoryData<string, string> AtTheEnd => new()
    {
        { "leak.massif.out", "massif" },
        { "leak.memcheck.txt", "memcheck" },
        { "leak.memcheck.xml", "memcheck-xml" },
        { "leak.dhat.json", "dhat" },
        { "leak.lsan-gcc.log", "sanitizer" },
        { "leak.asan-clang.log", "sanitizer" },
        { "leak.pb.gz", "pprof" },
    };

    [Theory]
    [MemberData(nameof(AtTheEnd))]
    public void What_is_live_through_leaky_is_what_the_program_leaks(string file, string format)
    {
        var profile = Read(file, format);
        var leaks = Through(profile, "leaky");
        Assert.Equal(Leaked, leaks.Sum(s => s.Live));
        if (leaks.All(s => s.LiveCount is not null)) Assert.Equal(Blocks, leaks.Sum(s => s.LiveCount));
        Assert.Equal(Leaked, profile.Dumps[^1].LiveBytes);
    }

    [Theory]
    [MemberData(nameof(AtTheEnd))]
    public void Each_line_of_main_leaks_its_own_bytes(string file, string format)
    {
        var profile = Read(file, format);
        Assert.Equal(Line15, Through(profile, "leaky").Where(s => CallerOf(profile, s, "leaky") is { Function: "main", Line: 15 }).Sum(s => s.Live));
        Assert.Equal(Line16, Through(profile, "leaky").Where(s => CallerOf(profile, s, "leaky") is { Function: "main", Line: 16 }).Sum(s => s.Live));
        Assert.All(Through(profile, "leaky"), s => Assert.EndsWith("leak.c:12", Place(profile, s, "leaky"), StringComparison.Ordinal));
    }

    /// <summary>
    /// Profiles of addresses: leak.lines.txt, made by addr2line, says what stands at each file offset. jemalloc counts the size class of a block: 114,688 for 100,000 and 1,280 for 1,234.
    /// </summary>
    [Theory]
    [InlineData("leak.gperftools.heap", "heap-profile", 100_000, 1_234)]
    [InlineData("leak.jemalloc.heap", "jemalloc-heap", 114_688, 1_280)]
    public void Addresses_lead_to_the_lines_of_main(string file, string format, long block15, long block16)
    {
        var profile = Read(file, format);
        var lines = File.ReadLines(Fixtures.PathOf("leak-oracle", "leak.lines.txt")).Select(l => l.Split('\t'))
            .ToDictionary(p => Convert.ToUInt64(p[0], 16), p => $"{p[1]} {p[2].Split(' ')[0]}");
        string Named(HeapSite site) => string.Join(" < ", profile.Callchains[site.Callchain].Frames.Where(f => Path.GetFileName(f.Module) == "leak" && lines.ContainsKey(f.Address - 1)).Select(f => lines[f.Address - 1]));

        var of15 = profile.Dumps[^1].Sites.Where(s => Named(s) == "leaky leak.c:12 < main leak.c:15").ToList();
        var of16 = profile.Dumps[^1].Sites.Where(s => Named(s) == "leaky leak.c:12 < main leak.c:16").ToList();
        Assert.Equal((10 * block15, 10L), (of15.Sum(s => s.Live), of15.Sum(s => s.LiveCount)));
        Assert.Equal((5 * block16, 5L), (of16.Sum(s => s.Live), of16.Sum(s => s.LiveCount)));
        Assert.Equal(Blocks, of15.Concat(of16).Sum(s => s.LiveCount));
    }

    [Theory]
    [InlineData("leak.gperftools.heap", "leak.google-pprof.txt")]
    [InlineData("leak.jemalloc.heap", "leak.jeprof.txt")]
    public void The_total_is_what_the_tools_own_reader_prints(string file, string report)
    {
        var printed = File.ReadLines(Fixtures.PathOf("leak-oracle", report)).First().Split(' ');
        Assert.Equal(printed[1], Assert.Single(Reading.Of(Fixtures.Bytes("leak-oracle", file), file).Parsed.HeapProfiles).LiveBytes?.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("leak.gperftools.heap")]
    [InlineData("leak.pb.gz")]
    public void What_was_freed_counts_as_allocated(string file)
    {
        var dump = Assert.Single(Reading.Of(Fixtures.Bytes("leak-oracle", file), file).Parsed.HeapProfiles).Dumps[^1];
        Assert.Equal((Leaked + 65_536, Blocks + 1), (dump.AllocatedBytes, dump.AllocatedCount));
    }

    /// <summary>
    /// The allocator knows no callers, and counts chunks: a block of 100,000 bytes takes 100,016 and one of 1,234 takes 1,248, each with 8 bytes of its own and rounded up to 16; its
    /// cache of freed chunks lies there too, in a chunk of 656. That is all that is in use at the end.
    /// </summary>
    [Theory]
    [InlineData("leak.malloc_info.xml", "malloc-info")]
    [InlineData("leak.malloc_stats.txt", "malloc-stats")]
    public void The_allocator_has_the_leaked_blocks_in_use(string file, string format)
    {
        const long chunks = (10 * 100_016) + (5 * 1_248) + 656;
        var parsed = Reading.Of(Fixtures.Bytes("leak-oracle", file), file).Parsed;
        Assert.Equal(format, parsed.Format);
        Assert.Equal(chunks, parsed.Figures.Single(f => f.Label is null).Bytes["in use"]);
    }

    /// <summary>The one heap profile of a file of the oracle.</summary>
    private static HeapProfile Read(string file, string format)
    {
        var parsed = Reading.Of(Fixtures.Bytes("leak-oracle", file), file).Parsed;
        Assert.Equal(format, parsed.Format);
        return Assert.Single(parsed.HeapProfiles);
    }

    private static List<HeapSite> Through(HeapProfile profile, string function) =>
        [.. profile.Dumps[^1].Sites.Where(s => s.Callchain >= 0 && s.Live != 0 && profile.Callchains[s.Callchain].Frames.Any(f => f.Function == function))];

    private static RawFrame CallerOf(HeapProfile profile, HeapSite site, string function) => profile.Callchains[site.Callchain].Frames.SkipWhile(f => f.Function != function).Skip(1).First();

    private static string Place(HeapProfile profile, HeapSite site, string function) =>
        profile.Callchains[site.Callchain].Frames.First(f => f.Function == function) is var frame ? FormattableString.Invariant($"{frame.File}:{frame.Line}") : "";
}
