using MemScope.Web.Answers;

namespace MemScope.Web.Tests.Answers;

/// <summary>Sides of a comparison as they stand in addresses.</summary>
public sealed class CompareSideTests
{
    private static readonly Guid Process = Guid.Parse("01a1fba8-75aa-7f2a-afab-375737fe48fb");

    [Theory]
    [InlineData(null, null)]
    [InlineData(null, 91)]
    [InlineData(12, null)]
    [InlineData(12, 91)]
    public void A_side_survives_its_address(int? from, int? to)
    {
        var side = new CompareSide(Process, "pmap -x", from, to);

        Assert.Equal(side, CompareSide.Parse(side.ToString(), side.Source));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("x")]
    [InlineData("01a1fba8-75aa-7f2a-afab-375737fe48fb:")]
    [InlineData("01a1fba8-75aa-7f2a-afab-375737fe48fb:-1")]
    [InlineData("01a1fba8-75aa-7f2a-afab-375737fe48fb:1-2-3")]
    [InlineData("01a1fba8-75aa-7f2a-afab-375737fe48fb:99999999999")]
    public void What_is_no_side_is_none(string? text) => Assert.Null(CompareSide.Parse(text, null));

    [Fact]
    public void The_page_of_a_comparison_holds_both_sides_and_what_is_shown() => Assert.Equal(
        $"/compare?base={Process}%3A91&baseSource=pmap%20-x&current={Guid.Empty}&state=grown&q=a%26b&group=backing&metric=swap&columns=all&v=1",
        Urls.Compare(new(Process, "pmap -x", null, 91), new(Guid.Empty), new("grown", "a&b", "backing", "swap", true)));
}
