using System.Globalization;
using System.Text;
using System.Xml.Linq;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class GlibcTests
{
    [Fact]
    public void Each_dump_of_malloc_info_gives_its_arenas_and_their_sums()
    {
        var dumps = XElement.Parse("<all>" + TextOf("malloc-info", "arenas.xml") + "</all>").Elements("malloc").ToList();
        var figures = Of("malloc-info", "arenas.xml").Figures;
        var totals = figures.Where(f => f.Label is null).ToList();
        Assert.Equal((2, dumps.Count), (totals.Count, totals.Count));
        for (var i = 0; i < dumps.Count; i++)
        {
            Assert.Equal(Size(dumps[i], "system", "current"), totals[i].Bytes["system"]);
            Assert.Equal((Size(dumps[i], "total", "rest"), Size(dumps[i], "total", "fast"), Size(dumps[i], "total", "mmap")), (totals[i].Bytes["rest"], totals[i].Bytes["fast"], totals[i].Bytes["mmap"]));
            Assert.Equal(dumps[i].Elements("heap").Count(), totals[i].Counts["arenas"]);
        }
        var arenas = figures.Skip(figures.ToList().IndexOf(totals[0]) + 1).TakeWhile(f => f.Label is not null).ToList();
        Assert.Equal(["heap 0", "heap 1", "heap 2", "heap 3"], arenas.Select(a => a.Label));
        Assert.Equal((totals[1].Bytes["system"], totals[1].Bytes["in use"]), (arenas.Sum(a => a.Bytes["system"]), arenas.Sum(a => a.Bytes["in use"])));
    }

    /// <summary>malloc_info adds up sizes with the flag bit that each free chunk carries, so it shows one byte more as free for each unsorted chunk: 87 in each of three arenas here.</summary>
    [Fact]
    public void Malloc_info_and_malloc_stats_of_the_same_program_agree()
    {
        var unsorted = XElement.Parse("<all>" + TextOf("malloc-info", "arenas.xml") + "</all>").Elements("malloc").Last().Elements("heap").Elements("sizes").Elements("unsorted").Sum(u => (long)u.Attribute("count")!);
        var info = Of("malloc-info", "arenas.xml").Figures.Last(f => f.Label is null);
        var stats = Of("malloc-stats", "arenas.txt").Figures.Last(f => f.Label is null);
        Assert.Equal(info.Bytes["system"] + info.Bytes["mmap"], stats.Bytes["system"]);
        Assert.Equal(info.Bytes["in use"] + info.Bytes["mmap"] + unsorted, stats.Bytes["in use"]);
        Assert.Equal((info.Counts["mmap"], info.Bytes["mmap"]), (stats.Counts["mmap max"], stats.Bytes["mmap max"]));
    }

    [Fact]
    public void Malloc_stats_gives_each_arena_and_the_total_and_says_when_a_number_wrapped()
    {
        var parsed = Of("malloc-stats", "arenas.txt");
        Assert.Equal(["arena 0", null, "arena 0", "arena 1", "arena 2", "arena 3", null], parsed.Figures.Select(f => f.Label));
        Assert.Empty(parsed.Diagnostics);
        // 5 GiB in one arena, printed in 32 bits: 1 GiB, of which 4 GiB + 1 MiB less 4 GiB are in use, beside an arena of 4 GiB less 1 MiB.
        const string wrapped = "Arena 0:\nsystem bytes     = 1073741824\nin use bytes     = 2147483648\nTotal (incl. mmap):\nsystem bytes     =    1048576\nin use bytes     =       4096\nmax mmap regions =          0\nmax mmap bytes   =          0\n";
        Assert.Equal(2, Reading.Of(wrapped).Diagnostics.Count(d => d.Id == "GLIBC006"));
    }

    [Fact]
    public void What_stands_between_dumps_is_passed_over_and_a_time_is_taken()
    {
        var dump = TextOf("malloc-info", "arenas.xml");
        var parsed = Reading.Of("2026-11-21T13:27:18Z\n" + dump + "server: ready\n" + dump[..700]);
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 13, 27, 18, TimeSpan.Zero), parsed.Figures[0].TakenAt);
        Assert.Equal(["GLIBC001", "GLIBC002"], parsed.Diagnostics.Select(d => d.Id).Order(StringComparer.Ordinal));
    }

    private static ParsedCapture Of(string folder, string file)
    {
        var parsed = Reading.Of(Fixtures.Bytes(folder, file), file).Parsed;
        Assert.Equal(folder, parsed.Format);
        return parsed;
    }

    private static long Size(XElement dump, string element, string type) => dump.Elements(element).Where(e => (string)e.Attribute("type")! == type).Sum(e => long.Parse((string)e.Attribute("size")!, CultureInfo.InvariantCulture));

    private static string TextOf(string folder, string file) => Encoding.UTF8.GetString(Fixtures.Bytes(folder, file));

    [Fact]
    public void Reports_with_a_title_and_a_time_above_each_are_each_of_their_time()
    {
        var text = Fixtures.Bytes("malloc-stats", "titles.txt");
        var titles = System.Text.Encoding.ASCII.GetString(text).Split('\n').Where(l => l.StartsWith("=== malloc_stats ", StringComparison.Ordinal)).Select(l => l[(l.LastIndexOf(' ') + 1)..]).ToList();
        var parsed = Reading.Of(text).Parsed;

        Assert.Equal("malloc-stats", parsed.Format);
        Assert.Equal(titles, parsed.Figures.Select(f => f.TakenAt!.Value).Distinct().Select(t => (t.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(parsed.Figures, f => Assert.Equal(TimeOrigin.InFile, f.TimeOrigin));
    }
}
