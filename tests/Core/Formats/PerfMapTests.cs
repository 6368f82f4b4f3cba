using System.Globalization;
using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class PerfMapTests
{
    private static readonly string[] Names = [.. Directory.EnumerateFiles(Fixtures.PathOf("perf-map"), "perf-*.map*").Select(f => Path.GetFileName(f)!)];

    public static TheoryData<string> Files => [.. Names];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_line_is_an_entry_and_the_file_names_the_process(string file)
    {
        var parsed = Reading.Of(Fixtures.Bytes("perf-map", file), file).Parsed;
        var map = Assert.Single(parsed.PerfMaps);
        var text = Encoding.UTF8.GetString(file.EndsWith(".gz", StringComparison.Ordinal) ? Fixtures.Unzipped("perf-map", file) : Fixtures.Bytes("perf-map", file));
        var lines = text.TrimEnd('\n').Split('\n');
        Assert.Equal(("perf-map", int.Parse(file.Split('-', '.')[1], CultureInfo.InvariantCulture)), (parsed.Format, map.Process.Pid));
        Assert.Equal(lines.Length, map.Entries.Count + parsed.Diagnostics.Where(d => d.Id == "PERFMAP003").Sum(d => d.Count));
        Assert.All(map.Entries, e => Assert.True(e.Range.Length > 0));
        Assert.Equal(lines[^1], lines[^1].Split(' ', 3)[0] + " " + lines[^1].Split(' ', 3)[1] + " " + map.Entries[^1].Name);
    }

    /// <summary>.NET lists the blocks that it puts stubs into, and then what it puts there: the later entry lies within the earlier one.</summary>
    [Fact]
    public void Entries_that_lie_over_earlier_ones_are_kept_in_the_order_of_the_file()
    {
        var file = Names.Single(f => f.EndsWith(".gz", StringComparison.Ordinal));
        var entries = Reading.Of(Fixtures.Bytes("perf-map", file), file).Parsed.PerfMaps[0].Entries;
        Assert.Contains(Enumerable.Range(1, entries.Count - 1), i => entries[i].Range.Overlap(entries[i - 1].Range) > 0 || entries.Take(i).Any(e => e.Range.Overlap(entries[i].Range) > 0));
        const string reused = "7f0000001000 40 first()\n7f0000002000 0 nothing\n7f0000001000 20 second()\n";
        var map = Reading.Of(reused).PerfMaps[0];
        Assert.Equal([("first()", 0x40UL), ("second()", 0x20UL)], map.Entries.Select(e => (e.Name, e.Range.Length)));
        Assert.Null(map.Process.Pid);
    }

    [Theory]
    [InlineData("0000000000001139 00000040 T main\n0000000000001129 00000010 t leaky\n")]
    [InlineData("0000000000001139 T main\n")]
    [InlineData("12345678 12345 r-xp\n")]
    [InlineData("1 2 three\n")]
    [InlineData("7f1f61ddb000 4 words\nand another line\n")]
    public void Other_lists_of_addresses_are_no_perf_map(string text) => Assert.NotEqual("perf-map", InputFormats.Sniff(Encoding.ASCII.GetBytes(text))?.Slug);
}
