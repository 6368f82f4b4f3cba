using Bunit;
using MemScope.Web.Answers;
using MemScope.Web.Components;
using MemScope.Web.Components.Elements;
using MemScope.Web.Components.Pages.Captures;
using MemScope.Web.Components.Pages.Compare;
using MemScope.Web.Components.Pages.Diff;
using MemScope.Web.Components.Pages.Overview;
using MemScope.Web.Components.Pages.Processes;
using MemScope.Web.Components.Pages.Regions;
using MemScope.Web.Components.Pages.Stacks;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Tests.Components;

/// <summary>Every string from a capture is data: it is shown, and it never becomes an element or an attribute of its own.</summary>
public sealed class HostileNameTests : BunitContext
{
    public HostileNameTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void A_process_name() => Inert(Render<ProcessTable>(p => p.Add(c => c.Rows, [Samples.Process(Samples.Hostile)]).Add(c => c.Now, Samples.Start)));

    [Fact]
    public void A_mapping_in_the_overview() => Inert(Render<OverviewView>(p => p.Add(c => c.Overview, Samples.Overview(Samples.Region(name: Samples.Hostile)))));

    [Fact]
    public void A_mapping_in_the_table() => Inert(Render<RegionTable>(p => p.Add(c => c.Regions, Samples.Regions(Samples.Region(name: Samples.Hostile)))));

    [Fact]
    public void A_mapping_on_its_page() => Inert(Render<RegionView>(p => p.Add(c => c.Region, Samples.Region(name: Samples.Hostile))));

    [Fact]
    public void A_mapping_in_a_diff() => Inert(Render<DiffView>(p => p.Add(c => c.Diff, Samples.Diff(Samples.DiffRow("grown", 10, 20, name: Samples.Hostile)))));

    [Fact]
    public void A_backing_in_a_comparison() => Inert(Render<CompareView>(p => p.Add(c => c.Compare, Samples.Compare(Samples.PairRow("gone", 10, 0, name: Samples.Hostile), Samples.PairRow("replaced", 5, 5, name: "/" + Samples.Hostile + ".so.1")))));

    [Theory]
    [InlineData(null)]
    [InlineData(StackShown.LeafUp)]
    [InlineData(StackShown.Merged)]
    public void A_function_and_a_module(string? form) => Inert(Render<StacksView>(p => p
        .Add(c => c.Sheet, StackSheet.Of(CallForest.Of(Samples.Chains("outstanding", new CallchainWire(4096, 1, [Samples.Frame(Samples.Hostile, Samples.Hostile)]) { Calls = 1 })), new() { Form = form, At = "0", Find = Samples.Hostile }))
        .Add(c => c.Href, shown => Urls.Stacks(Samples.ProcessId, null, shown))));

    [Fact]
    public void A_function_between_its_callers_and_callees() => Inert(Render<StacksView>(p => p
        .Add(c => c.Sheet, StackSheet.Of(CallForest.Of(Samples.Chains("calls", new CallchainWire(1, 1, [Samples.Frame("x"), Samples.Frame(Samples.Hostile, Samples.Hostile)]) { Calls = 1 })), new() { Around = Samples.Hostile, Only = [Samples.Hostile] }))));

    [Fact]
    public void A_remark_of_a_parser() => Inert(Render<ParseReport>(p => p.Add(c => c.Capture,
        new CaptureWire(Guid.Empty, Samples.Hostile, "smaps", "", "00", 1, Samples.Start, 1, 0, [new DiagnosticWire("SMAPS001", "warning", 1, Samples.Hostile, Samples.Hostile)]))));

    [Fact]
    public void A_key_and_a_label_of_figures() => Inert(Render<FiguresList>(p => p.Add(c => c.Figures,
        [new FiguresWire(Guid.Empty, "cgroup", Samples.Hostile, Samples.Start, new Dictionary<string, long> { [Samples.Hostile] = long.MinValue }, new Dictionary<string, long>(), Guid.Empty)])));

    [Fact]
    public void A_category_that_nobody_knows_is_no_class() => Assert.Equal("c-total", CategoryLook.Class("x\" onload=\"alert(1)"));

    private static void Inert<T>(IRenderedComponent<T> rendered) where T : IComponent
    {
        Assert.Contains(Samples.Hostile, rendered.Nodes.Aggregate("", (text, node) => text + node.TextContent), StringComparison.Ordinal);
        Assert.Empty(rendered.FindAll("img"));
        Assert.Empty(rendered.FindAll("[onerror]"));
    }
}
