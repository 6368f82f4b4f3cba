using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class SpeedscopeTests
{
    private const string Head = """{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":[{"name":"main","file":"a.c","line":3,"col":7},{"name":"f\u00e9\n"},{"name":"g"}]},"profiles":[""";

    [Theory]
    [InlineData(0, "leaked", "malloc-leak.leaked.folded")]
    [InlineData(1, "peak", "malloc-leak.peak.folded")]
    [InlineData(2, "leaked as events", "malloc-leak.leaked.folded")]
    public void Each_profile_has_the_stacks_of_the_file_that_it_was_made_of(int index, string name, string folded)
    {
        var parsed = Reading.Of(Fixtures.Bytes("speedscope", "malloc-leak.speedscope.json")).Parsed;
        Assert.Empty(parsed.Diagnostics);
        Assert.Equal(3, parsed.HeapProfiles.Count);
        var profile = parsed.HeapProfiles[index];
        Assert.Equal((name, WeightUnit.Bytes), (Assert.Single(profile.Dumps).Label, profile.Unit));
        var source = Reading.Of(Fixtures.Bytes("folded", folded)).Parsed.HeapProfiles[0];
        Assert.Equal(Sites(source), Sites(profile));
        Assert.Equal(source.Dumps[0].LiveBytes, profile.LiveBytes);
    }

    [Fact]
    public void Samples_are_added_up_by_stack()
    {
        var profile = Profile("""{"type":"sampled","name":"t","unit":"bytes","startValue":0,"endValue":9,"samples":[[0,1],[0],[0,1]],"weights":[1,2,6]}""");
        Assert.Equal([("fé\\n main", 7L), ("main", 2L)], profile.Dumps[0].Sites.Select(s => (Stack(profile, s).Replace("\n", "\\n", StringComparison.Ordinal), s.Live!.Value)));
        Assert.Equal(("a.c", 3), (profile.Callchains[1].Frames[0].File, profile.Callchains[1].Frames[0].Line!.Value));
    }

    [Fact]
    public void What_passes_between_events_belongs_to_the_stack_that_is_open()
    {
        var profile = Profile("""
            {"events":[{"type":"O","at":10,"frame":0},{"type":"O","at":13,"frame":2},{"type":"C","at":14,"frame":2},{"type":"O","at":14,"frame":2}],"endValue":20,"type":"evented","unit":"none"}
            """);
        Assert.Equal([("main", 3L), ("g main", 7L)], profile.Dumps[0].Sites.Select(s => (Stack(profile, s), s.Live!.Value)));
        Assert.Equal(WeightUnit.Unknown, profile.Unit);
    }

    [Theory]
    [InlineData("bytes", WeightUnit.Bytes, 2)]
    [InlineData("none", WeightUnit.Unknown, 2)]
    [InlineData("nanoseconds", WeightUnit.Nanoseconds, 2)]
    [InlineData("microseconds", WeightUnit.Nanoseconds, 1500)]
    [InlineData("milliseconds", WeightUnit.Nanoseconds, 1_500_000)]
    [InlineData("seconds", WeightUnit.Nanoseconds, 1_500_000_000)]
    public void Times_are_nanoseconds(string unit, WeightUnit expected, long weight)
    {
        var profile = Profile($$"""{"weights":[1.5],"samples":[[0]],"unit":"{{unit}}","type":"sampled"}""");
        Assert.Equal((expected, weight), (profile.Unit, profile.Dumps[0].Sites[0].Live!.Value));
    }

    [Fact]
    public void A_frame_that_was_not_closed_is_closed_with_the_one_below()
    {
        var parsed = Reading.Of(Head + """{"type":"evented","unit":"bytes","events":[{"type":"O","frame":0,"at":0},{"type":"O","frame":1,"at":1},{"type":"C","frame":0,"at":3},{"type":"C","frame":2,"at":4}]}]}""");
        Assert.Equal(["SPEEDSCOPE005", "SPEEDSCOPE005"], parsed.Diagnostics.Select(d => d.Id));
        Assert.Equal(3, parsed.HeapProfiles[0].LiveBytes);
    }

    [Fact]
    public void A_file_that_is_cut_off_keeps_the_profiles_before()
    {
        var parsed = Reading.Of(Head + """{"type":"sampled","unit":"bytes","samples":[[0],[1]],"weights":[5,6]},{"type":"sampled","samples":[[0],[1""");
        Assert.Equal("SPEEDSCOPE002", parsed.Diagnostics[^1].Id);
        Assert.Equal(11, Assert.Single(parsed.HeapProfiles).LiveBytes);
    }

    [Fact]
    public void A_stack_of_an_unknown_frame_keeps_its_weight()
    {
        var parsed = Reading.Of(Head + """{"type":"sampled","unit":"bytes","samples":[[0,77]],"weights":[5]}]}""");
        Assert.Equal("SPEEDSCOPE007", Assert.Single(parsed.Diagnostics).Id);
        Assert.Equal([null, "main"], parsed.HeapProfiles[0].Callchains[0].Frames.Select(f => f.Function));
    }

    /// <summary>A thousand open frames, and under them a new one again and again: 60 bytes of text describe a stack of a thousand frames each time.</summary>
    [Fact]
    public void Many_deep_stacks_of_a_small_file_are_bounded()
    {
        var text = new StringBuilder(Head + """{"type":"evented","unit":"bytes","events":[""");
        for (var i = 0; i < 990; i++) text.Append("{\"type\":\"O\",\"frame\":0,\"at\":0},");
        for (var i = 0; i < 50_000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{{\"type\":\"O\",\"frame\":{i},\"at\":{i}}},{{\"type\":\"C\",\"frame\":{i},\"at\":{i + 1}}},");
        var parsed = Reading.Of(text.ToString().TrimEnd(',') + "]}]}");
        var profile = Assert.Single(parsed.HeapProfiles);
        Assert.Equal(50_000, profile.LiveBytes);
        Assert.Contains(profile.Losses, l => l.Kind == "missing-stacks");
        Assert.True(profile.Callchains.Sum(c => (long)c.Frames.Count) <= 32 << 20);
    }

    [Theory]
    [InlineData("""{"jemalloc":{"version":"5.3.0"}}""")]
    [InlineData("""{"type": "map", "data": {"@us": {"\n    syscall+25\n": 1}}}""")]
    [InlineData("""{"dhatFileVersion":2,"mode":"heap"}""")]
    [InlineData("""{"meta":{"version":30},"shared":{"stringArray":["frames","sampled"]},"threads":[],"profiles":[]}""")]
    public void Other_json_is_not_taken_for_it(string text) => Assert.NotEqual("speedscope", InputFormats.Sniff(Encoding.UTF8.GetBytes(text))?.Slug);

    [Theory]
    [InlineData("""{"shared": {"frames": [{"name": "a"}]}, "profiles": [], "$schema": "…"}""")]
    [InlineData("""{"profiles":[{"type":"evented","name":"a","events":[]}],"shared":{"frames":[]}}""")]
    public void It_is_recognised_with_its_schema_at_the_end(string text) => Assert.Equal("speedscope", InputFormats.Sniff(Encoding.UTF8.GetBytes(text))?.Slug);

    private static HeapProfile Profile(string profile)
    {
        var parsed = Reading.Of(Head + profile + "]}");
        Assert.Empty(parsed.Diagnostics);
        return Assert.Single(parsed.HeapProfiles);
    }

    private static string Stack(HeapProfile profile, HeapSite site) =>
        string.Join(' ', profile.Callchains[site.Callchain].Frames.Select(f => f.Function ?? FormattableString.Invariant($"0x{f.Address:x}")));

    /// <summary>Stacks and bytes where there are any, for events tell nothing of a stack in which nothing passed.</summary>
    private static IEnumerable<(string, long)> Sites(HeapProfile profile) => profile.Dumps[0].Sites.Where(s => s.Live != 0).Select(s => (Stack(profile, s), s.Live!.Value)).Order();
}
