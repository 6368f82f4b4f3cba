using System.Globalization;
using System.Text.Json;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class GoMemstatsTests
{
    private static readonly string[] Sizes = ["HeapAlloc", "HeapSys", "HeapIdle", "HeapInuse", "HeapReleased", "StackInuse", "StackSys", "MSpanSys", "MCacheSys", "BuckHashSys", "GCSys", "OtherSys", "Sys"];

    [Fact]
    public void The_figures_are_those_of_expvar()
    {
        var json = JsonDocument.Parse(Fixtures.Bytes("go-memstats", "vars.txt")).RootElement;
        var parsed = Reading.Of(Fixtures.Bytes("go-memstats", "vars.txt")).Parsed;
        var figures = Assert.Single(parsed.Figures);

        Assert.Empty(parsed.Diagnostics);
        Assert.Equal("go-memstats", figures.Kind);
        Assert.All(Sizes, s => Assert.Equal(json.GetProperty("memstats").GetProperty(s).GetInt64(), figures.Bytes[s]));
        Assert.Equal(json.GetProperty("memstats").GetProperty("HeapObjects").GetInt64(), figures.Counts["HeapObjects"]);
        Assert.Equal(string.Join(' ', json.GetProperty("cmdline").EnumerateArray()), figures.Process.CommandLine);
    }

    [Fact]
    public void The_parts_that_the_system_gave_add_up_to_sys()
    {
        var bytes = Assert.Single(Reading.Of(Fixtures.Bytes("go-memstats", "vars.txt")).Parsed.Figures).Bytes;
        Assert.Equal(bytes["Sys"], new[] { "HeapSys", "StackSys", "MSpanSys", "MCacheSys", "BuckHashSys", "GCSys", "OtherSys" }.Sum(k => bytes[k]));
    }

    [Fact]
    public void Memstats_alone_and_several_documents_are_read()
    {
        const string One = "{\"Alloc\":1,\"HeapAlloc\":2,\"HeapSys\":3,\"HeapReleased\":1,\"PauseNs\":[1,2],\"GCCPUFraction\":0.5,\"NumGC\":4}\n";
        Assert.Equal([4L, 4L], Reading.Of(One + One).Figures.Select(f => f.Counts["NumGC"]));

        var cut = Reading.Of(One + "{\"HeapAlloc\":2,\"HeapSys\":3,\"HeapReleased\":1,\"Pause");
        Assert.Equal(2, cut.Figures.Count);
        Assert.Equal("GOMEMSTATS002", Assert.Single(cut.Diagnostics).Id);
    }

    [Fact]
    public void Gctrace_is_the_course_of_the_heap()
    {
        var lines = File.ReadLines(Fixtures.PathOf("go-memstats", "gctrace.txt")).Where(l => l.StartsWith("gc ", StringComparison.Ordinal)).ToList();
        var profile = Assert.Single(Reading.Of(Fixtures.Bytes("go-memstats", "gctrace.txt")).Parsed.HeapProfiles);

        Assert.NotEmpty(lines);
        Assert.Equal(lines.Select(l => (long)(decimal.Parse(l.Split('@')[1].Split('s')[0], CultureInfo.InvariantCulture) * 1_000_000_000)), profile.Timeline.Select(p => p.Time));
        Assert.Equal(lines.Select(l => long.Parse(l.Split("->")[2].Split(' ')[0], CultureInfo.InvariantCulture) << 20), profile.Timeline.Select(p => p.LiveBytes));
        Assert.Equal(lines.Max(l => long.Parse(l.Split("->")[0].Split(' ')[^1], CultureInfo.InvariantCulture)) << 20, profile.PeakBytes);
        Assert.Equal(ClockDomain.Relative, profile.Clock);
    }
}
