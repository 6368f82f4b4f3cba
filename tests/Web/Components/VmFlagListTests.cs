using Bunit;
using MemScope.Web.Components.Pages.Regions;

namespace MemScope.Web.Tests.Components;

public sealed class VmFlagListTests : BunitContext
{
    [Fact]
    public void Every_flag_is_told_once_and_one_that_is_not_known_says_so()
    {
        var list = Render<VmFlagList>(p => p.Add(v => v.Flags, "rd wr gd rd zz"));
        Assert.Equal(["rd", "wr", "gd", "zz"], list.FindAll("dt").Select(d => d.TextContent));
        Assert.Contains("grows down", list.FindAll("dd")[2].TextContent, StringComparison.Ordinal);
        Assert.Equal("not known to this server", list.FindAll("dd")[3].TextContent);
    }
}
