namespace MemScope.Web.Tests.Answers;

/// <summary>How a chart is drawn, in an address.</summary>
public sealed class ChartShownTests
{
    [Fact]
    public void What_is_hidden_comes_back_from_the_address_whatever_it_is_called()
    {
        var shown = new ChartShown(null, "backing") { Hidden = ["/a,b/c%2Cd", "anonymous", "[heap]", "é<b>&=#?+"] };
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(Urls.Overview(Guid.Empty, null, shown).Split('?')[1]);

        Assert.Equal(shown.Hidden, ChartShown.Of(null, query["by"], query["hide"]).Hidden);
        Assert.Equal("backing", query["by"]);
    }

    [Fact]
    public void An_address_holds_no_key_that_is_too_long_for_it_and_none_twice()
    {
        Assert.Null(new ChartShown { Hidden = [new string('x', 301)] }.HiddenText);
        Assert.Equal(["a", "b"], ChartShown.Of(null, null, "a,,b,a").Hidden);
        Assert.Equal("category", ChartShown.Of(null, "nonsense", null).Split);
    }
}
