using Bunit;
using MemScope.Web.Components;
using MemScope.Web.Components.Pages.Regions;
using MemScope.Web.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace MemScope.Web.Tests.Components;

/// <summary>A region says in one line who mapped what it grew by.</summary>
public sealed class MappedByTests : BunitContext
{
    public MappedByTests() => Services.AddScoped<Radzen.DialogService>();

    private static readonly MappedByWire Traced = new(4 << 20, 3 << 20, Samples.Frame("chunk_alloc"), 2 << 20);

    [Fact]
    public void With_the_share_that_has_a_stack_and_the_function_that_asked_for_most() =>
        Assert.Contains("75 % of that growth has a stack, most of it that of chunk_alloc (", Render<RegionView>(p => p.Add(c => c.Region, Samples.Region() with { MappedBy = Traced })).Markup, StringComparison.Ordinal);

    [Fact]
    public void Live_it_leads_to_the_stacks_of_that_growth()
    {
        var region = Samples.Region() with { MappedBy = Traced };
        var live = Render<RegionView>(p => p.Add(c => c.Region, region).AddCascadingValue(new ViewLinks(Samples.ProcessId, new WindowState(null, 56, 79))));
        var link = live.FindAll("a").Single(a => a.TextContent == "By stack").GetAttribute("href")!;
        Assert.Contains("weight=growth", link, StringComparison.Ordinal);
        Assert.Contains($"region={region.Id}", link, StringComparison.Ordinal);
        Assert.Contains("from=56&to=79", link, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_trace_saw_is_said_and_without_traces_nothing()
    {
        Assert.Contains("No trace saw who mapped", Render<RegionView>(p => p.Add(c => c.Region, Samples.Region() with { MappedBy = new MappedByWire(4096, 0, null, 0) })).Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("trace", Render<RegionView>(p => p.Add(c => c.Region, Samples.Region())).Markup, StringComparison.OrdinalIgnoreCase);
    }
}
