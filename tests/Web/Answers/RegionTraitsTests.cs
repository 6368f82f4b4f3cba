using MemScope.Web.Answers;

namespace MemScope.Web.Tests.Answers;

public sealed class RegionTraitsTests
{
    private static readonly RegionFacts Facts = new("heap", 4096, 8192, IsBorn: false, IsAlive: true, IsSelected: false, measure => measure == "swap" ? 4096 : 0);

    [Theory]
    [InlineData(null, true)]
    [InlineData("heap", true)]
    [InlineData("arena", false)]
    [InlineData("arena,heap", true)]
    [InlineData("-heap", false)]
    [InlineData("-arena,-shared", true)]
    [InlineData("heap,grown,resident", true)]
    [InlineData("heap,shrunk", false)]
    [InlineData("changed,-shrunk", true)]
    [InlineData("born", false)]
    [InlineData("-gone", true)]
    [InlineData("selected", false)]
    [InlineData("has-swap", true)]
    [InlineData("-has-swap", false)]
    [InlineData("has-pss", false)]
    public void Categories_add_to_one_another_and_all_else_narrows(string? text, bool holds) => Assert.Equal(holds, RegionTraits.Parse(text).Holds(Facts));

    [Fact]
    public void Terms_are_dropped_one_by_one_and_written_as_they_were_added()
    {
        var traits = RegionTraits.Parse("resident").With("-file-text").With("has-swap").With("resident");
        Assert.Equal("resident,-file-text,has-swap", traits.Text);
        Assert.Equal("resident,has-swap", traits.Without("-file-text").Text);
        Assert.Null(RegionTraits.Parse("born").Without("born").Text);
    }

    [Fact]
    public void An_unknown_term_is_told_and_the_others_hold()
    {
        var traits = RegionTraits.Parse("heap,<script>,-nonsense");
        Assert.Equal(["heap"], traits.Terms);
        Assert.Equal(2, traits.Problems.Count);
        Assert.Contains(RegionTraits.Parse(string.Join(',', RegionTraits.States.Concat(RegionTraits.Measures).SelectMany(t => new[] { t, "-" + t }))).Problems, p => p.Contains("more than 24", StringComparison.Ordinal));
    }

    [Fact]
    public void A_selection_comes_back_from_its_address_in_its_order_and_is_bounded()
    {
        var ids = Enumerable.Range(1, 130).Select(i => new Guid(i, 0, 0, new byte[8])).ToList();
        var selection = RegionSelection.Parse($"{ids[2]}, {ids[0]},no-id,{ids[2]}");
        Assert.Equal([ids[2], ids[0]], selection.Ids);
        Assert.Equal(selection.Ids, RegionSelection.Parse(selection.Text).Ids);
        Assert.Equal([ids[0]], selection.Toggle(ids[2]).Ids);
        Assert.False(selection.IsFull);
        var full = RegionSelection.None.With(ids);
        Assert.True(full.IsFull);
        Assert.Equal(ids.Take(RegionSelection.Most), RegionSelection.Parse(full.Text).Ids);
        Assert.Null(RegionSelection.None.Text);
    }
}
