using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Categories that a user gives to regions, as text and on answers.</summary>
public sealed class CategoryOverrideTests
{
    private const string Id = "01900000-0000-7000-8000-00000000a11a";

    [Theory]
    [InlineData($"heap:{Id}")]
    [InlineData("shared:name:/dev/shm/*")]
    [InlineData("arena:rule:jemalloc")]
    [InlineData($"heap:{Id},shared:name:/a b:c,file-text:rule:elf-bss")]
    [InlineData("jit:name:/tmp/a%2Cb%25c")]
    [InlineData("jit:name:/tmp/x#")]
    public void A_text_reads_back_as_it_was_written(string text)
    {
        var overrides = CategoryOverrides.Parse(text);

        Assert.Empty(overrides.Problems);
        Assert.Equal(text, overrides.Text);
    }

    [Theory]
    [InlineData("heap", "is not category:target")]
    [InlineData($"cheap:{Id}", "there is no category “cheap”")]
    [InlineData($"Heap:{Id}", "there is no category “Heap”")]
    [InlineData($"reserved:{Id}", "nothing can be made reserved")]
    [InlineData("heap:7f00", "neither a region's id")]
    [InlineData("heap:", "neither a region's id")]
    [InlineData("heap:name:", "must say something")]
    [InlineData("heap:name:*", "must say something")]
    [InlineData("heap:rule:nothing", "there is no rule “nothing”")]
    public void What_cannot_be_read_is_told_and_the_rest_holds(string part, string problem)
    {
        var overrides = CategoryOverrides.Parse($"shared:rule:memfd,{part}");

        Assert.Contains(problem, Assert.Single(overrides.Problems), StringComparison.Ordinal);
        Assert.Equal("shared:rule:memfd", overrides.Text);
    }

    [Fact]
    public void Lists_are_bounded()
    {
        var many = CategoryOverrides.Parse(string.Join(',', Enumerable.Range(0, CategoryOverrides.Most + 20).Select(i => $"heap:name:/a{i}")));
        Assert.Equal(CategoryOverrides.Most, many.Items.Count);
        Assert.Contains("more than 50", Assert.Single(many.Problems), StringComparison.Ordinal);

        Assert.Contains("too long", Assert.Single(CategoryOverrides.Parse(new string('x', CategoryOverrides.LongestText + 1)).Problems), StringComparison.Ordinal);
        Assert.Contains("too long", Assert.Single(CategoryOverrides.Parse("heap:name:" + new string('x', CategoryOverrides.LongestTarget + 1)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_text_never_throws_and_what_is_read_of_it_reads_back()
    {
        string[] pieces = ["heap", "arena", ":", ",", "name:", "rule:", "memfd", Id, "*", "%2C", "%", "/x", "\0", "é"];
        var random = new Random(11);
        for (var n = 0; n < 2000; n++)
        {
            var overrides = CategoryOverrides.Parse(string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)])));
            Assert.Equal(overrides.Items, CategoryOverrides.Parse(overrides.Text).Items);
        }
    }

    [Fact]
    public void The_last_word_for_a_target_holds() =>
        Assert.Equal("shared:rule:memfd,jit:name:/a", CategoryOverrides.Parse("heap:rule:memfd,heap:name:/a,shared:rule:memfd,jit:name:/a").Text);

    [Fact]
    public void A_region_goes_before_a_name_and_a_name_before_a_rule()
    {
        var track = Maps.Track("100-200 rw-s 4 /dev/shm/a\n300-400 rw-s 4 /dev/shm/b\n500-600 rw-s 4 /memfd:c (deleted)\n700-800 rw-s 4 /dev/shm/d");
        var regions = track.AliveAt(0);
        var overrides = CategoryOverrides.Parse($"heap:rule:posix-shared,arena:name:/dev/shm/b,jit:{regions[0].Id}");

        Assert.Equal([Category.Jit, Category.Arena, Category.Shared, Category.Heap], regions.Select(r => overrides.Apply(r, r.Assignment).Category));
    }

    [Fact]
    public void An_override_says_what_the_rule_had_said()
    {
        var region = Assert.Single(Maps.Track("100-200 rw-p 4").AliveAt(0));
        var yours = CategoryOverrides.None.With(CategoryOverride.OfRegion(Category.Heap, region.Id)).Apply(region, region.Assignment);

        Assert.Equal((Category.Heap, Confidence.Certain, "unnamed"), (yours.Category, yours.Confidence, yours.Kind));
        Assert.Equal("changed in this view; by rule it is anonymous: unnamed private memory: who mapped it, only a trace can tell", yours.Reason);
        Assert.Equal(CategoryOverrides.RuleId, yours.Rule.Id);
    }

    [Fact]
    public void The_parts_of_RSS_move_with_an_override_and_still_add_up()
    {
        var track = CaseTracks.Of("ucx-leak");
        var leak = GrowthRanking.Rank(track, 0, track.Points.Count - 1)[0].Region;
        var overrides = CategoryOverrides.Parse($"heap:{leak.Id},device:name:/dev/shm/*");
        var (before, after) = (TrackSeries.ByCategory(track, Metric.Rss), TrackSeries.ByCategory(track, Metric.Rss, overrides));
        var (moved, total) = (TrackSeries.OfRegion(track, leak, Metric.Rss), TrackSeries.Total(track, Metric.Rss));
        var shm = TrackSeries.OfRegions(track, [.. track.Regions.Where(r => r.Backing.StartsWith("/dev/shm/", StringComparison.Ordinal))], Metric.Rss);

        for (var at = 0; at < track.Points.Count; at++)
        {
            Assert.Equal(before[Category.Heap][at] + moved[at], after[Category.Heap][at]);
            Assert.Equal(before[Category.Anonymous][at] - moved[at], after[Category.Anonymous][at]);
            Assert.Equal(shm.Sum(s => double.IsNaN(s[at]) ? 0 : s[at]), after[Category.Device][at]);
            Assert.Equal(total[at], after.Values.Sum(v => v[at]));
        }
    }
}
