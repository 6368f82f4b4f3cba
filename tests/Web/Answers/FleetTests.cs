using MemScope.Web.Answers;
using MemScope.Web.Tests.Components;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Answers;

/// <summary>The orders of the list of processes, and what its address says.</summary>
public sealed class FleetTests
{
    private static readonly ProcessWire
        Slow = Samples.Process("slow", "unclear") with { RssBytesPerSecond = 10, RssBytes = 300, Host = "b" },
        Fast = Samples.Process("Fast") with { RssBytesPerSecond = 1000, RssBytes = 200, Host = "a" },
        Level = Samples.Process("level", "healthy") with { RssBytesPerSecond = 0, RssBytes = 400, Host = "b" },
        Unknown = Samples.Process("", "unclear") with { RssBytesPerSecond = null, RssBytes = null, Host = "C" };

    [Theory]
    [InlineData("seen", "slow Fast level -")]
    [InlineData("growth", "Fast slow level -")]
    [InlineData("rss", "level slow Fast -")]
    [InlineData("name", "Fast level slow -")]
    [InlineData("host", "Fast slow level -")]
    [InlineData("verdict", "Fast level slow -")]
    public void An_order_puts_what_is_not_known_last(string order, string names) =>
        Assert.Equal(names, string.Join(' ', Fleet.Ordered([Slow, Fast, Level, Unknown], order).Select(p => p.Comm.Length == 0 ? "-" : p.Comm)));

    [Fact]
    public void Every_order_that_the_address_may_name_does_something() =>
        Assert.All(FleetShown.Sorts.Where(s => s != FleetShown.Newest), s => Assert.NotEqual(Fleet.Ordered([Level, Fast, Slow], FleetShown.Newest), Fleet.Ordered([Level, Fast, Slow], s)));

    [Fact]
    public void The_address_says_what_is_shown_and_no_more()
    {
        Assert.Equal("/", Urls.Fleet(new FleetShown()));
        Assert.Equal("/", Urls.Fleet(new FleetShown { Sort = FleetShown.Newest }));
        Assert.Equal("/?q=a%26b&host=web%2F7&verdict=leak&sort=growth&v=1", Urls.Fleet(new FleetShown { Search = "a&b", Host = "web/7", Verdict = "leak", Sort = "growth" }));
    }

    [Theory]
    [InlineData("panic", "size")]
    [InlineData("LEAK", "RSS")]
    [InlineData("", "")]
    public void What_the_address_cannot_mean_is_not_applied(string verdict, string sort)
    {
        var shown = new FleetShown { Verdict = verdict, Sort = sort };
        Assert.Equal((null, FleetShown.Newest, false), (shown.KnownVerdict, shown.Order, shown.IsFiltered));
    }
}
