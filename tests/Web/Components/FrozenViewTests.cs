using Bunit;
using MemScope.Web.Components;
using MemScope.Web.Components.Pages.Diff;
using MemScope.Web.Components.Pages.Shares;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>A share shows the same components, and nothing in it leads into the server.</summary>
public sealed class FrozenViewTests : BunitContext
{
    public static TheoryData<string> Views => ["overview", "regions", "region", "diff", "compare", "stacks", "finding", "findings"];

    [Theory]
    [MemberData(nameof(Views))]
    public void A_frozen_view_has_no_link(string view)
    {
        var page = Render<SharedPage>(p => p.Add(c => c.View, Shared(view)));

        Assert.Empty(page.FindAll("a[href]"));
        Assert.Empty(page.FindAll("input, select, form"));
        Assert.NotEmpty(page.FindAll("table, .finding-rows"));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void A_frozen_view_needs_no_inline_style(string view) => Assert.Empty(Render<SharedPage>(p => p.Add(c => c.View, Shared(view))).FindAll("[style], style, script"));

    [Fact]
    public void The_same_diff_links_to_its_regions_when_live()
    {
        var live = Render<DiffView>(p => p.Add(c => c.Diff, Samples.Diff(Samples.DiffRow("grown", 10, 20))).AddCascadingValue(new ViewLinks(Samples.ProcessId, new WindowState(null, 56, 79))));

        Assert.Contains(live.FindAll("a[href]"), a => a.GetAttribute("href")!.Contains("/regions/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_chart_is_a_picture_until_the_script_runs()
    {
        var page = Render<SharedPage>(p => p.Add(c => c.View, Shared("overview")));

        Assert.Equal(2, page.FindAll(".picture-plot path").Count);
        Assert.Contains("\"values\"", page.Find("[data-frozen-chart]").GetAttribute("data-options"), StringComparison.Ordinal);
    }

    private static SharedViewWire Shared(string view)
    {
        var shared = new SharedViewWire(new ShareRequestWire(view), "It grows", Samples.Start, Samples.Process(), Samples.Window()) { Series = Samples.Series(1 << 20, 2 << 20, double.NaN, 4 << 20) };
        return view switch
        {
            "overview" => shared with { Overview = Samples.Overview(Samples.Region()), Findings = FindingSamples.Findings(FindingSamples.Finding()) },
            "finding" => shared with { Overview = Samples.Overview(Samples.Region()), Findings = FindingSamples.Findings(FindingSamples.Finding() with { Remedies = [FindingSamples.Remedy(FindingSamples.FixedRun)] }), Proof = FindingSamples.Proof() },
            "findings" => shared with { Findings = FindingSamples.Findings(FindingSamples.Finding()) },
            "regions" => shared with { Regions = Samples.Regions(Samples.Region()) },
            "region" => shared with { Region = Samples.Region(), Captures = [] , Regions = Samples.Regions(Samples.Region()) },
            "diff" => shared with { Diff = Samples.Diff(Samples.DiffRow("grown", 10, 20), Samples.DiffRow("unchanged", 5, 5)) },
            "compare" => shared with { Compare = Samples.Compare(Samples.PairRow("grown", 10, 20), Samples.PairRow("replaced", 5, 5, name: "/lib/a.so.1")) },
            _ => shared with { Callchains = Samples.Chains("outstanding", new CallchainWire(4096, 1, [Samples.Frame("mmap", "/lib/libc.so.6", gap: true), Samples.Frame("grow")]) { Calls = 1 }) },
        };
    }
}
