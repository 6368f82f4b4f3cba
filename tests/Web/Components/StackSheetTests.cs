using Bunit;
using MemScope.Core.Analysis.Callchains;
using MemScope.Web.Answers;
using MemScope.Web.Components.Pages.Stacks;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>What the Stacks page shows of an answer: places that links name, boxes, tables, what is copied.</summary>
public sealed class StackSheetTests : BunitContext
{
    private static readonly CallchainWire ViaGrow = Chain(300, 3, Frame("alloc", 10), Frame("grow", 20), Frame("main", 30, "app"));
    private static readonly CallchainWire ViaOther = Chain(100, 7, Frame("alloc", 11), Frame("other", 40), Frame("main", 31, "app"));
    private static readonly CallchainWire Recursive = Chain(50, 1, Frame("alloc", 10), Frame("walk", 50), Frame("walk", 51), Frame("main", 30, "app"));

    [Fact]
    public void Lines_differ_in_the_table_and_are_one_box_in_the_tree()
    {
        var sheet = Sheet(new());

        Assert.Equal(["", "main", "grow", "alloc", "other", "alloc", "walk", "walk", "alloc"], Titles(sheet));
        Assert.Equal(3, sheet.AllChains);
        Assert.Equal(450, sheet.Whole);
        Assert.Equal([30, 31, 30], sheet.Chains.Select(c => c.Frames[^1].Line));
    }

    [Fact]
    public void A_tracer_without_modules_means_the_function_that_another_has()
    {
        var bare = Chain(7, 1, new FrameWire("alloc", null, null, null, null, null, false, null), new FrameWire("main", null, null, null, null, null, false, null));
        var sheet = StackSheet.Of(CallForest.Of(Samples.Chains("outstanding", bare, ViaGrow)), new());

        var main = Assert.Single(sheet.Boxes, b => b.Row == 1);
        Assert.Equal((307, "/lib/app"), (main.Total, main.Frame!.Module));
    }

    [Fact]
    public void Leaf_up_begins_where_the_memory_is_asked_for() => Assert.Equal(["", "alloc", "grow", "main", "other", "main", "walk", "walk", "main"], Titles(Sheet(new() { Form = StackShown.LeafUp })));

    [Fact]
    public void Merged_folds_recursion() => Assert.Equal(["", "main", "grow", "alloc", "other", "alloc", "walk", "alloc"], Titles(Sheet(new() { Form = StackShown.Merged })));

    [Theory]
    [InlineData(null)]
    [InlineData(StackShown.LeafUp)]
    [InlineData(StackShown.Merged)]
    public void The_place_of_every_box_leads_back_to_it(string? form)
    {
        foreach (var box in Sheet(new() { Form = form }).Boxes.Where(b => !b.IsRoot))
        {
            var zoomed = Sheet(new() { Form = form, At = box.Place });
            Assert.Equal((box.Place, box.Total), (zoomed.Picked!.Box.Place, zoomed.Picked.Box.Total));
            Assert.Equal(1, zoomed.Picked.Box.Width);
        }
    }

    [Fact]
    public void A_place_means_the_same_function_where_its_way_is_not_there()
    {
        var place = Sheet(new()).Boxes.First(b => b.Frame?.Function == "grow").Place;

        Assert.Equal("grow", Sheet(new() { At = place, Form = StackShown.LeafUp }).Picked!.Frame.Function);
        Assert.Null(Sheet(new() { At = place, Only = ["other"] }).Picked);
        Assert.Null(Sheet(new() { At = "nobody~00000000" }).Picked);
        Assert.Null(Sheet(new() { At = "~~~" }).Picked);
    }

    [Theory]
    [InlineData("0.1", "other")]
    [InlineData("0.9", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void Links_of_before_carry_indexes(string at, string? function) => Assert.Equal(function, Sheet(new() { At = at }).Picked?.Frame.Function);

    [Fact]
    public void The_picked_frame_sums_what_its_chains_did_and_its_stack_is_copied_with_lines()
    {
        var sheet = Sheet(new() { At = "0.0" });

        Assert.Equal((300, 3, 1), (sheet.Picked!.Figures!.Value.OutstandingBytes, sheet.Picked.Figures.Value.Calls, sheet.Picked.Chains));
        Assert.Equal(["grow (src/grow.c:20) libx.so+0x14 [0e23ab09331c45c0]", "main (src/main.c:30) app+0x1e [0e23ab09331c45c0]", ""], sheet.StackText.ReplaceLineEndings("\n").Split('\n'));
        Assert.Equal(4, Sheet(new()).StackText.ReplaceLineEndings("\n").Split('\n').Length);
        Assert.StartsWith("alloc", Sheet(new() { Form = StackShown.LeafUp, At = "0.0" }).StackText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gap_is_a_row_of_its_own_and_can_be_picked_past()
    {
        var forest = CallForest.Of(Samples.Chains("outstanding", Chain(9, 1, Frame("syscall", 1) with { GapAfter = true }, Frame("grow", 20), Frame("main", 30))));

        var sheet = StackSheet.Of(forest, new() { At = "0.0.0.0" });
        Assert.Equal(["", "main", "grow", "gap", "syscall"], Titles(sheet));
        Assert.Equal(("syscall", 1), (sheet.Picked!.Frame.Function, sheet.Picked.Chains));
        Assert.Contains("(gap", sheet.StackText, StringComparison.Ordinal);
        Assert.Equal(1, StackSheet.Of(forest, new() { At = "0.0.0.0", Form = StackShown.LeafUp }).Picked!.Chains);
    }

    [Fact]
    public void A_sandwich_stands_between_callers_and_callees()
    {
        var sheet = Sheet(new() { Around = "walk" });

        Assert.Equal(["main", "walk", "walk", "alloc"], sheet.Boxes.OrderBy(b => b.Row).Select(b => b.Frame!.Function));
        Assert.Equal((50, 0), (sheet.AroundWeights.Total, sheet.AroundWeights.Self));
        Assert.Equal("walk", Assert.Single(sheet.Boxes, b => b.IsPicked).Frame!.Function);
        Assert.All(sheet.Boxes, b => Assert.False(b.IsRoot));
    }

    [Fact]
    public void A_filter_takes_away_and_a_highlight_does_not()
    {
        Assert.Equal((100, 1), (Sheet(new() { Only = ["other"] }).Whole, Sheet(new() { Only = ["other"] }).AllChains));
        Assert.Equal(350, Sheet(new() { Only = ["-^other$"] }).Whole);
        Assert.Equal(300, Sheet(new() { Only = ["alloc", "gr(o|x)w"] }).Whole);

        var sheet = Sheet(new() { Find = "other" });
        Assert.Equal(450, sheet.Whole);
        Assert.Equal(100.0 / 450, sheet.FoundShare!.Value, 6);
        Assert.Equal("other", Assert.Single(sheet.Boxes, b => b.IsFound).Frame!.Function);
        Assert.Equal([false, true, false], sheet.Chains.Select(c => c.IsFound));
    }

    [Fact]
    public void An_empty_result_names_the_term_that_excludes_everything()
    {
        var sheet = Sheet(new() { Only = ["main", "no_such_function"] });
        Assert.Equal((0, "no_such_function"), (sheet.AllChains, sheet.Excluding));

        var page = Render<StacksView>(p => p.Add(c => c.Sheet, sheet).Add(c => c.Href, shown => Urls.Stacks(Samples.ProcessId, null, shown)));
        Assert.Contains("“no_such_function” excludes all of it", page.Markup, StringComparison.Ordinal);
        Assert.Contains(page.FindAll(".empty a"), a => a.GetAttribute("href")!.EndsWith("?only=main&v=1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("(")]
    [InlineData("-")]
    [InlineData("--")]
    [InlineData("*")]
    public void A_term_that_is_no_expression_is_text(string term) => Assert.InRange(Sheet(new() { Only = [term] }).AllChains, 0, 3);

    [Fact]
    public void A_comparison_is_as_wide_as_what_changed_and_says_from_what_to_what()
    {
        var sheet = StackSheet.Of(CallForest.Of(Samples.Chains("outstanding", ViaGrow with { Bytes = 200 << 10, BaseBytes = 100 << 10 }, ViaOther with { Bytes = -(100 << 10), BaseBytes = 100 << 10 })), new());

        Assert.True(sheet.IsComparison);
        Assert.Equal((300 << 10, 200 << 10, 300 << 10), (sheet.Total, sheet.Base, sheet.Whole));
        Assert.Equal((300 << 10, 0, 0.6667), (sheet.Boxes[2].Total, sheet.Boxes[2].Shrunk, Math.Round(sheet.Boxes[2].Width, 4)));
        var page = Render<StacksView>(p => p.Add(c => c.Sheet, sheet));
        Assert.Contains("200 → 300 KiB", page.Find(".section-head").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll(".net.up"));
        Assert.NotEmpty(page.FindAll(".net.down"));
        Assert.Contains("net growth", page.Find(".legend").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void By_bytes_mapped_the_wrong_function_leads_and_the_page_says_so()
    {
        var leak = Chain(8 << 20, 60, Frame("mmap", 1), Frame("chunk", 2)) with { MappedBytes = 8 << 20 };
        var churn = Chain(0, 9000, Frame("mmap", 1), Frame("scratch", 3)) with { MappedBytes = 600 << 20 };
        var sheet = StackSheet.Of(CallForest.Of(Samples.Chains("outstanding", leak, churn)), new());

        Assert.Equal([("mapped", "chunk", "scratch"), ("outstanding", "chunk", null)], sheet.WeightBars.Select(b => (b.Weight, b.Leader, b.Other)));
        Assert.Empty(StackSheet.Of(CallForest.Of(Samples.Chains("outstanding", leak)), new()).WeightBars);
    }

    [Fact]
    public void The_picture_is_bounded_whatever_the_answer_holds()
    {
        var (samples, figures, frames) = (new StackSamples.Builder(), new List<ChainFigures>(), new List<FrameWire>());
        for (var i = 0; i < 5000; i++)
        {
            frames.Add(Frame("f" + i, i));
            figures.Add(new ChainFigures(1000, 1000, 1, null));
            samples.Add([i, i / 2, i / 4, i / 8], 1000);
        }
        var sheet = StackSheet.Of(CallForest.Of(new StackAnswer(samples.Build(), frames, figures, Samples.Chains("outstanding"))), new() { Rows = int.MaxValue });

        Assert.InRange(sheet.Boxes.Count, 1, StackSheet.MostBoxes + 1);
        Assert.True(sheet.Hidden > 0);
        Assert.Equal((StackSheet.MostRows, 5000), (sheet.Chains.Count, sheet.AllChains));
    }

    [Fact]
    public void Boxes_can_be_walked_by_keys_and_a_frozen_picture_has_no_links()
    {
        var live = Render<Icicle>(p => p.Add(c => c.Sheet, Sheet(new() { At = "0.0" })).Add(c => c.Href, box => "?at=" + box.Place));
        Assert.Equal("tree", live.Find("svg").GetAttribute("role"));
        Assert.Equal("grow", Assert.Single(live.FindAll("a[tabindex='0']")).QuerySelector("text")!.TextContent);
        Assert.All(live.FindAll("a"), a => Assert.Equal("treeitem", a.GetAttribute("role")));

        var frozen = Render<Icicle>(p => p.Add(c => c.Sheet, Sheet(new())));
        Assert.Empty(frozen.FindAll("a, [tabindex]"));
    }

    [Fact]
    public void A_frame_without_a_name_shows_module_offset_and_build_id()
    {
        Assert.Equal("libucs.so.0+0x36ced [0e23ab09]", Frames.Title(Samples.Frame(null)));
        Assert.Equal("libucs.so.0+0x36ced [0e23ab09331c45c0]", Frames.FullPlace(Samples.Frame(null)));
    }

    [Fact]
    public void The_site_is_the_first_frame_that_is_no_wrapper() => Assert.Equal("grow", Frames.Site([Samples.Frame("syscall"), Samples.Frame("grow"), Samples.Frame("main")])!.Function);

    [Fact]
    public void The_address_of_a_view_is_readable_and_holds_all_of_it()
    {
        var shown = new StackShown { Weight = "resident", Only = ["ucs_", "-decode step"], Find = "grow", Form = StackShown.LeafUp, At = "grow~1b7f0c3a", Thread = 7, Category = "anonymous" };

        Assert.Equal($"/p/{Samples.ProcessId}/stacks?from=1&to=9&weight=resident&category=anonymous&thread=7&only=ucs_&only=-decode%20step&q=grow&view=leaf&at=grow~1b7f0c3a&v=1",
            Urls.Stacks(Samples.ProcessId, new WindowState(null, 1, 9), shown));
    }

    private static StackSheet Sheet(StackShown shown) => StackSheet.Of(CallForest.Of(Samples.Chains("outstanding", ViaGrow, ViaOther, Recursive)).Filtered(new StackFilter(shown.Only)), shown);

    private static IEnumerable<string> Titles(StackSheet sheet) => sheet.Boxes.Select(b => b.IsGap ? "gap" : b.Frame?.Function ?? "");

    private static CallchainWire Chain(long bytes, long calls, params FrameWire[] frames) => new(bytes, calls, frames) { OutstandingBytes = bytes, MappedBytes = bytes, Calls = calls };

    private static FrameWire Frame(string function, int line, string module = "libx.so") =>
        new(function, $"src/{function}.c", line, "/lib/" + module, "0e23ab09331c45c0", line.ToString("x", System.Globalization.CultureInfo.InvariantCulture), false, null);
}
