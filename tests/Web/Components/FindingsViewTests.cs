using Bunit;
using MemScope.Web.Components;
using MemScope.Web.Components.Pages.Findings;

namespace MemScope.Web.Tests.Components;

/// <summary>The list of findings, and the one that leads beside the overview's chart.</summary>
public sealed class FindingsViewTests : BunitContext
{
    private static readonly ViewLinks s_links = new(Samples.ProcessId, new WindowState());

    [Fact]
    public void Findings_stand_in_their_order_and_refuted_ones_apart()
    {
        var findings = FindingSamples.Findings(FindingSamples.Finding(), FindingSamples.Finding("candidate") with { Rule = "G02" }, FindingSamples.Finding("refuted") with { Rule = "S07" });
        var view = Render<FindingsView>(p => p.Add(c => c.Findings, findings).AddCascadingValue(s_links));
        var lists = view.FindAll(".finding-rows");

        Assert.Equal([$"/p/{Samples.ProcessId}/findings/S01", $"/p/{Samples.ProcessId}/findings/G02"], lists[0].QuerySelectorAll("a.step").Select(a => a.GetAttribute("href")!));
        Assert.Equal($"/p/{Samples.ProcessId}/findings/S07", lists[1].QuerySelector("a.step")!.GetAttribute("href"));
        Assert.NotNull(lists[1].QuerySelector("h3.struck"));
    }

    [Fact]
    public void A_healthy_process_has_nothing_found_and_says_what_was_checked()
    {
        var view = Render<FindingsView>(p => p.Add(c => c.Findings, FindingSamples.Findings()).AddCascadingValue(s_links));

        Assert.Contains("Nothing found. 2 signatures checked, all silent.", view.Find(".calm").TextContent, StringComparison.Ordinal);
        Assert.Equal(["S02 Data-stack churn", "S03 glibc arenas"], view.FindAll(".checked li").Select(l => l.TextContent));
        Assert.Empty(view.FindAll(".finding-rows"));
    }

    [Fact]
    public void An_unclear_process_says_what_is_missing()
    {
        var findings = FindingSamples.Findings() with { Assessment = new("unclear", null, null, "Two snapshots cannot tell growth from a step.") };
        var view = Render<FindingsView>(p => p.Add(c => c.Findings, findings).Add(c => c.Missing, "three more snapshots").AddCascadingValue(s_links));

        Assert.Contains("Unclear", view.Find(".calm .chip").TextContent, StringComparison.Ordinal);
        Assert.Contains("three more snapshots", view.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing found", view.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void The_panel_leads_with_the_surest_finding_its_facts_and_its_fix()
    {
        var told = FindingSamples.Finding("confirmed", FindingSamples.Evidence() with { Metric = "+37,592 KiB of +37,592 KiB" }, FindingSamples.Evidence("support", claim: "The mmap happens beneath a munmap") with { Metric = "motif" },
            FindingSamples.Evidence("confirm", claim: "Those steps are mmaps that nobody unmaps") with { Metric = "53 / 53" }, FindingSamples.Evidence("confirm", "unknown", "The rate follows") with { Metric = "5 %" });
        var findings = FindingSamples.Findings(FindingSamples.Finding("refuted") with { Rule = "S07" }, told);
        var panel = Render<FindingPanel>(p => p.Add(c => c.Findings, findings).AddCascadingValue(s_links));

        Assert.Contains("Leak · confirmed", panel.Find(".finding-verdict").TextContent, StringComparison.Ordinal);
        Assert.Contains("outside malloc, Anonymous", panel.Find(".finding-verdict").TextContent, StringComparison.Ordinal);
        Assert.Equal("1 of 1", panel.Find(".section-head a").TextContent.Trim());
        Assert.Equal(["Taken by", "Those steps are mmaps that nobody unmaps", "All growth is in one region", "Evidence", "What else it could be"], panel.FindAll(".facts dt").Select(d => d.TextContent));
        Assert.Equal("ucs_rcache_mp_chunk_alloc", Fact("Taken by"));
        Assert.Equal("53 / 53", Fact("Those steps are mmaps that nobody unmaps"));
        Assert.Equal("3 of 4 checks hold, 1 not known yet", Fact("Evidence"));
        Assert.Equal("UCX_MEM_MMAP_HOOK_MODE=none", panel.Find("[data-copy]").GetAttribute("data-copy"));
        Assert.Equal($"/p/{Samples.ProcessId}/findings/S01", panel.Find("a.primary").GetAttribute("href"));

        string Fact(string name) => panel.FindAll(".facts > div").Single(d => d.QuerySelector("dt")!.TextContent == name).QuerySelector("dd")!.TextContent;
    }

    [Fact]
    public void The_panel_of_a_healthy_process_lists_what_was_checked()
    {
        var panel = Render<FindingPanel>(p => p.Add(c => c.Findings, FindingSamples.Findings() with { Checked = [.. Enumerable.Range(1, 11).Select(i => $"S{i:00} card")] }).AddCascadingValue(s_links));

        Assert.Contains("Nothing found.", panel.Find(".calm").TextContent, StringComparison.Ordinal);
        Assert.Equal(8, panel.FindAll(".checked li").Count);
        Assert.Contains("3 more.", panel.Markup, StringComparison.Ordinal);
    }
}
