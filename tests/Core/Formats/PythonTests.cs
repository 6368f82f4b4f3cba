using System.Globalization;
using System.Text;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class PythonTests
{
    /// <summary>The program printed the same statistics in bytes beside it: file, line, size, count of each.</summary>
    [Theory]
    [InlineData("lineno")]
    [InlineData("filename")]
    [InlineData("traceback")]
    [InlineData("diff")]
    public void Statistics_of_tracemalloc_are_the_exact_ones_up_to_their_digits(string way)
    {
        var (profile, dump) = Tracemalloc(way);
        var exact = Exact(way);
        Assert.Equal(exact.Count, dump.Sites.Count);
        for (var i = 0; i < exact.Count; i++)
        {
            Assert.InRange(dump.Sites[i].Live!.Value, (long)(exact[i].Size * 0.998), (long)(exact[i].Size * 1.002) + 1);
            Assert.Equal(exact[i].Count, dump.Sites[i].LiveCount);
            var frame = profile.Callchains[dump.Sites[i].Callchain].Frames.Single();
            if (way != "traceback") Assert.Equal((exact[i].File, exact[i].Line == 0 ? null : exact[i].Line), (frame.File, frame.Line));
        }
        Assert.Equal(exact.Sum(e => e.Count), dump.LiveCount);
    }

    [Fact]
    public void A_difference_of_tracemalloc_gives_what_was_before_too()
    {
        var profile = Read("tracemalloc", "diff.txt");
        Assert.Equal(["before", "after"], profile.Dumps.Select(d => d.Label));
        // Only the function itself was there before: 152 bytes in one block.
        Assert.Equal((152, 1), (profile.Dumps[0].LiveBytes, profile.Dumps[0].LiveCount));
        Assert.InRange(profile.Dumps[1].LiveBytes!.Value - profile.Dumps[0].LiveBytes!.Value, (long)((1_000_000 + 6_170) * 0.998), (long)((1_000_000 + 6_170) * 1.01));
    }

    [Fact]
    public void Tracebacks_of_tracemalloc_are_turned_so_that_the_leaf_is_first()
    {
        var (profile, dump) = Tracemalloc("blocks");
        var exact = Exact("blocks");
        Assert.Equal(exact.Select(e => e.Count), dump.Sites.Select(s => s.LiveCount!.Value));
        for (var i = 0; i < exact.Count; i++) Assert.Equal((exact[i].File, (int?)exact[i].Line), (profile.Callchains[dump.Sites[i].Callchain].Frames[0].File, profile.Callchains[dump.Sites[i].Callchain].Frames[0].Line));
        Assert.Equal([10, 15], profile.Callchains[dump.Sites[0].Callchain].Frames.Select(f => f.Line!.Value));
        // What the documentation calls the pretty top has the total of all places.
        var (_, top) = Tracemalloc("pretty");
        Assert.Equal(Exact("pretty").Sum(e => e.Size) / 1024.0, top.LiveBytes!.Value / 1024.0, 0.1);
        Assert.Equal((4, "other"), (top.Sites.Count, top.Sites[3].Kind));
    }

    [Fact]
    public void Tables_of_guppy_have_their_own_totals()
    {
        var profile = Read("guppy", "made.txt");
        Assert.Equal([(1000L, 200000L), (2L, 128L)], profile.Dumps.Select(d => (d.LiveCount!.Value, d.LiveBytes!.Value)));
        Assert.Equal(["Kind (class / dict of class)", "Referred Via:"], profile.Dumps.Select(d => d.Label));
        Assert.Equal([("str", 120000L), ("dict of __main__.Node", 60000L), ("types.CodeType", 18000L)], profile.Dumps[0].Sites.Select(s => (profile.Callchains[s.Callchain].Frames[0].Function!, s.Live!.Value)));
        Assert.Equal("PYTHON003", Assert.Single(Reading.Of(Fixtures.Bytes("guppy", "made.txt")).Parsed.Diagnostics).Id);
    }

    [Fact]
    public void Each_export_of_memray_tells_the_same()
    {
        var csv = Read("memray", "made.csv", "memray-csv");
        var gprof = Read("memray", "made-gprof2dot.json.gz", "memray-gprof2dot");
        var stats = Read("memray", "made-stats.json.gz", "memray-stats");
        Assert.Equal((1_071_770, 1_071_770, 1_071_770, 1_071_770), (csv.LiveBytes, gprof.LiveBytes, stats.PeakBytes, stats.Dumps[0].AllocatedBytes));
        Assert.Equal((18, 18), (csv.Dumps[0].LiveCount, stats.Dumps[0].AllocatedCount));
        Assert.Equal((4711, "leak.py --all"), (stats.Process.Pid, stats.Process.CommandLine));
        long Of(HeapProfile p, string leaf, Func<HeapSite, long?> of) => p.Dumps[0].Sites.Where(s => s.Callchain >= 0 && p.Callchains[s.Callchain].Frames[0].Function == leaf).Sum(s => of(s) ?? 0);
        Assert.Equal((1_006_234, 1_006_234, 1_006_234), (Of(csv, "leaky", s => s.Live), Of(gprof, "leaky", s => s.Live), Of(stats, "leaky", s => s.Allocated)));
        Assert.Equal((65_536, 65_536, 65_536), (Of(csv, "split(a, b)", s => s.Live), Of(gprof, "split(a, b)", s => s.Live), Of(stats, "split(a, b)", s => s.Allocated)));
        Assert.Equal([("leaky", 12), ("main", 15), ("<module>", 20)], csv.Callchains[0].Frames.Select(f => (f.Function!, f.Line!.Value)));
        Assert.Contains(csv.Dumps[0].Sites, s => s is { Kind: "MMAP", LiveCount: 1 } && csv.Callchains[s.Callchain].Frames[0].File == "/app/with, comma.py");
    }

    [Fact]
    public void More_rows_of_the_same_stacks_cost_no_memory() => SteadyState.AssertPerLine(Fixtures.Bytes("memray", "made.csv"), InputFormats.Find("memray-csv")!, _ => 0);

    [Fact]
    public void Json_that_is_cut_off_or_holds_half_a_character_is_read_as_far_as_it_goes()
    {
        var text = Encoding.UTF8.GetString(Fixtures.Unzipped("memray", "made-stats.json.gz"));
        Assert.Equal("PYTHON005", Assert.Single(Reading.Of(text[..(text.Length / 2)]).Diagnostics).Id);
        Assert.NotNull(Reading.Of(text.Replace("\"leaky:", "\"\\ud800:", StringComparison.Ordinal)).HeapProfiles.Single());
        Assert.NotNull(Reading.Of(text.Replace("\"pid\"", "\"\\ud800\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Memrays_binary_and_its_pages_are_refused_with_what_to_run()
    {
        Assert.Contains("memray transform csv", Reading.Refused("memray\0\r\0\0\0"u8.ToArray()).Message, StringComparison.Ordinal);
        var page = Reading.Refused("<!DOCTYPE html>\n<html lang=\"en\"><head><title>memray-flamegraph report</title>"u8.ToArray());
        Assert.Equal("memray-html", page.Code);
        Assert.Contains("memray transform csv", page.Message, StringComparison.Ordinal);
    }

    private static (HeapProfile Profile, HeapDump Dump) Tracemalloc(string way) => Read("tracemalloc", way + ".txt") is var profile ? (profile, profile.Dumps[^1]) : default;

    private static List<(string File, int Line, long Size, long Count)> Exact(string way) =>
        [.. Encoding.UTF8.GetString(Fixtures.Bytes("tracemalloc", "exact." + way)).TrimEnd().Split('\n').Select(l => l.Split(' ')).Select(f => (f[0], int.Parse(f[1], CultureInfo.InvariantCulture), long.Parse(f[2], CultureInfo.InvariantCulture), long.Parse(f[3], CultureInfo.InvariantCulture)))];

    private static HeapProfile Read(string folder, string file, string? format = null)
    {
        var parsed = Reading.Of(Fixtures.Bytes(folder, file), file).Parsed;
        Assert.Equal(format ?? folder, parsed.Format);
        return Assert.Single(parsed.HeapProfiles);
    }
}
