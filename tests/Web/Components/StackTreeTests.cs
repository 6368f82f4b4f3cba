using MemScope.Web.Components.Pages.Stacks;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>Callchains fold into a tree whose weights add up.</summary>
public sealed class StackTreeTests
{
    private static readonly CallchainWire ViaMain = new(300, 3, [Samples.Frame("alloc"), Samples.Frame("main")]) { Calls = 3 };
    private static readonly CallchainWire Direct = new(100, 7, [Samples.Frame("other"), Samples.Frame("main")]) { Calls = 7 };

    [Fact]
    public void Callers_stand_above_and_the_heaviest_first()
    {
        var root = StackTree.Of([Direct, ViaMain], "outstanding");

        var main = Assert.Single(root.Children);
        Assert.Equal((400, 0), (main.Total, main.Self));
        Assert.Equal(["alloc", "other"], main.Children.Select(c => c.Title));
        Assert.Equal(400, main.Children.Sum(c => c.Self));
    }

    [Fact]
    public void By_calls_another_one_leads() => Assert.Equal("other", StackTree.Of([ViaMain, Direct], "calls").Children[0].Children[0].Title);

    [Fact]
    public void A_gap_is_a_row_between_the_frame_and_its_caller()
    {
        var root = StackTree.Of([new CallchainWire(1, 1, [Samples.Frame("syscall", gap: true), Samples.Frame("grow")])], "outstanding");

        Assert.Equal(["grow", "", "syscall"], StackTree.Way(root, "0.0.0").Skip(1).Select(n => n.Title));
        Assert.True(root.Children[0].Children[0].IsGap);
    }

    [Theory]
    [InlineData("0.1", "other")]
    [InlineData("0.9", "")]
    [InlineData("x", "")]
    [InlineData(null, "")]
    public void A_path_finds_its_frame_and_a_wrong_one_the_root(string? path, string title) => Assert.Equal(title, StackTree.Find(StackTree.Of([Direct, ViaMain], "outstanding"), path).Title);

    [Fact]
    public void A_frame_without_a_name_shows_module_offset_and_build_id()
    {
        Assert.Equal("libucs.so.0+0x36ced [0e23ab09]", Frames.Title(Samples.Frame(null)));
        Assert.Equal("libucs.so.0+0x36ced [0e23ab09331c45c0]", Frames.FullPlace(Samples.Frame(null)));
    }

    [Fact]
    public void The_site_is_the_first_frame_that_is_no_wrapper() =>
        Assert.Equal("grow", Frames.Site(new CallchainWire(1, 1, [Samples.Frame("syscall"), Samples.Frame("grow"), Samples.Frame("main")]))!.Function);
}
