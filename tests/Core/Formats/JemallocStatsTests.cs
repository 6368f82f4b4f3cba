using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed partial class JemallocStatsTests
{
    private static readonly string[] Totals = ["allocated", "active", "metadata", "resident", "mapped", "retained"];

    [Fact]
    public void Json_is_found_among_a_programs_own_words()
    {
        var text = Encoding.UTF8.GetString(Fixtures.Unzipped("jemalloc-stats", "json.txt.gz"));
        var parsed = Reading.Of(Fixtures.Bytes("jemalloc-stats", "json.txt.gz")).Parsed;
        Assert.Empty(parsed.Diagnostics);

        var objects = text.Split("{\"jemalloc\"").Skip(1).Select(o => JsonDocument.Parse("{\"jemalloc\"" + o[..(o.LastIndexOf("}}", StringComparison.Ordinal) + 2)]).RootElement.GetProperty("jemalloc")).ToList();
        Assert.Equal(2, parsed.Figures.Count);
        foreach (var (expected, read) in objects.Zip(parsed.Figures))
        {
            Assert.Equal("jemalloc-stats", read.Kind);
            Assert.All(Totals, t => Assert.Equal(expected.GetProperty("stats").GetProperty(t).GetInt64(), read.Bytes[t]));
            var merged = expected.GetProperty("stats.arenas").GetProperty("merged");
            Assert.All(["pdirty", "pmuzzy", "pactive", "nthreads"], k => Assert.Equal(merged.GetProperty(k).GetInt64(), read.Counts[k]));
            Assert.Equal(expected.GetProperty("arenas").GetProperty("narenas").GetInt64(), read.Counts["narenas"]);
            Assert.Equal(merged.GetProperty("pdirty").GetInt64() * expected.GetProperty("arenas").GetProperty("page").GetInt64(), read.Bytes["dirty"]);
            Assert.Equal(expected.GetProperty("version").GetString(), parsed.Version);
        }
    }

    [Fact]
    public void The_text_says_the_same()
    {
        var text = Encoding.UTF8.GetString(Fixtures.Unzipped("jemalloc-stats", "text.txt.gz"));
        var parsed = Reading.Of(Fixtures.Bytes("jemalloc-stats", "text.txt.gz")).Parsed;
        Assert.Empty(parsed.Diagnostics);
        var figures = Assert.Single(parsed.Figures);

        var line = Assert.Single(text.Split('\n'), l => l.StartsWith("Allocated: ", StringComparison.Ordinal));
        foreach (Match total in Total().Matches(line))
            Assert.Equal(long.Parse(total.Groups["bytes"].Value, CultureInfo.InvariantCulture), figures.Bytes[total.Groups["name"].Value.ToLowerInvariant()]);
        Assert.Equal(Totals.Order(StringComparer.Ordinal), figures.Bytes.Keys.Where(k => k is not ("dirty" or "muzzy")).Order(StringComparer.Ordinal));

        var dirty = text[text.IndexOf("Merged arenas stats:", StringComparison.Ordinal)..].Split('\n').First(l => l.StartsWith("   dirty:", StringComparison.Ordinal));
        Assert.Equal(long.Parse(dirty.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2], CultureInfo.InvariantCulture), figures.Counts["pdirty"]);
        Assert.True(figures.Bytes["resident"] >= figures.Bytes["active"] && figures.Bytes["active"] >= figures.Bytes["allocated"]);
    }

    [Fact]
    public void Without_the_merged_numbers_the_arenas_are_added_up()
    {
        const string Stats = """
            {
            	"jemalloc": { "version": "5.2.1", "arenas": { "narenas": 2, "page": 4096 }, "stats": { "allocated": 10, "active": 20 },
            		"stats.arenas": { "0": { "pdirty": 3, "lextents": [ { "pdirty": 9 } ] }, "1": { "pdirty": 4 } } }
            }
            """;
        var figures = Assert.Single(Reading.Of("log line\n" + Stats + "more }").Figures);
        Assert.Equal(7, figures.Counts["pdirty"]);
        Assert.Equal(7 * 4096, figures.Bytes["dirty"]);
        Assert.False(figures.Bytes.ContainsKey("resident"));
    }

    [Theory]
    [InlineData("{\"jemalloc\":{\"stats\":{\"allocated\":10,\"active\":20,\"res")]
    [InlineData("___ Begin jemalloc statistics ___\nAllocated: 10, active: 20, metadata: 3 (n_thp 0), resident: 4, mapped: 5, retained: 6\nBackgr")]
    public void Statistics_that_are_cut_off_are_kept_and_reported(string text)
    {
        var parsed = Reading.Of(text);
        Assert.Equal((10, 20), (parsed.Figures[0].Bytes["allocated"], parsed.Figures[0].Bytes["active"]));
        Assert.Equal("JESTATS002", Assert.Single(parsed.Diagnostics).Id);
    }

    [Fact]
    public void A_trace_of_the_program_that_prints_them_stays_a_trace() =>
        Assert.Equal("strace", Core.Formats.InputFormats.Sniff("12 write(2, \"___ Begin jemalloc statistics ___\\n\", 34) = 34\n12 write(2, \"{\\\"jemalloc\\\":{\", 13) = 13\n"u8)?.Slug);

    [Fact]
    public void Many_statistics_are_read_in_linear_time()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var parsed = Reading.Of(string.Concat(Enumerable.Repeat("{\"jemalloc\":{\"stats\":{\"allocated\":10}}}", 50_000)));
        Assert.Equal(50_000, parsed.Figures.Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
    }

    [GeneratedRegex(@"(?<name>[A-Za-z]+): (?<bytes>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Total();
}
