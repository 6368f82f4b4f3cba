using AngleSharp.Dom;
using Bunit;
using MemScope.Web.Components;
using MemScope.Web.Components.Elements;
using MemScope.Web.Components.Pages.Findings;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>The page of a finding in each of its states.</summary>
public sealed class FindingViewTests : BunitContext
{
    private static readonly ViewLinks s_links = new(Samples.ProcessId, new WindowState(null, 1, 91));

    [Theory]
    [InlineData("candidate", 1)]
    [InlineData("likely", 2)]
    [InlineData("confirmed", 3)]
    public void The_ladder_is_filled_up_to_the_verdict_and_names_it(string verdict, int reached)
    {
        var ladder = Shown(FindingSamples.Finding(verdict)).Find(".ladder");

        Assert.Equal(["candidate", "likely", "confirmed"], ladder.Children.Select(l => l.TextContent));
        Assert.Equal(reached, ladder.QuerySelectorAll(".reached").Length);
        Assert.Equal(verdict, ladder.QuerySelector("[aria-current=step]")!.TextContent);
    }

    [Fact]
    public void A_refuted_finding_is_struck_and_says_first_why_and_offers_no_remedy()
    {
        var finding = FindingSamples.Finding("refuted", FindingSamples.Evidence(), FindingSamples.Evidence("refute", "holds", "The heap grows with it", "+37,000 KiB in [heap]"));
        var view = Shown(finding);

        Assert.Contains("struck", view.Find(".finding-head h2").ClassName, StringComparison.Ordinal);
        Assert.Equal("refuted", Assert.Single(view.FindAll(".ladder li")).TextContent);
        var head = view.Find(".finding-head").TextContent;
        Assert.True(head.IndexOf("Refuted: The heap grows with it", StringComparison.Ordinal) < head.IndexOf(finding.Title, StringComparison.Ordinal));
        Assert.Empty(view.FindAll(".remedies"));
        Assert.Contains("speaks against it", view.Find(".evidence-row.conflicting").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("suspect", "holds", "", null)]
    [InlineData("confirm", "unknown", "unknown", "not known yet")]
    [InlineData("likely", "fails", "conflicting", "does not hold")]
    [InlineData("refute", "fails", "absent", "not so")]
    [InlineData("refute", "unknown", "unknown", "not known yet")]
    public void The_state_of_a_check_is_told_in_words(string role, string state, string look, string? word)
    {
        var row = Shown(FindingSamples.Finding("candidate", FindingSamples.Evidence(role, state))).Find(".evidence-row");

        Assert.Equal(("evidence-row " + look).TrimEnd(), row.ClassName!.TrimEnd());
        Assert.Equal(word, row.QuerySelector(".chip")?.TextContent);
    }

    [Fact]
    public void A_check_that_is_not_known_names_the_probe_that_tells_it()
    {
        var row = Shown(FindingSamples.Finding("candidate", FindingSamples.Evidence("confirm", "unknown", probe: "mmap-trace"))).Find(".evidence-row");
        Assert.Contains("Told by the probe “Who maps it, 10 s”", Words(row), StringComparison.Ordinal);

        var other = Shown(FindingSamples.Finding("candidate", FindingSamples.Evidence("confirm", "unknown", probe: "gdb-walk"))).Find(".evidence-row");
        Assert.Equal("gdb-walk", other.QuerySelector(".muted code")!.TextContent);
    }

    [Fact]
    public void Checks_are_counted_by_how_they_stand()
    {
        FindingWire With(params EvidenceWire[] evidence) => FindingSamples.Finding("likely", evidence);
        var (holds, fails, unknown, against) = (FindingSamples.Evidence(), FindingSamples.Evidence("likely", "fails"), FindingSamples.Evidence("confirm", "unknown"), FindingSamples.Evidence("refute", "fails"));

        Assert.Equal("2 of 2 checks hold", FindingLook.Count(With(holds, holds, against)));
        Assert.Equal("1 of 1 check holds", FindingLook.Count(With(holds)));
        Assert.Equal("2 of 5 checks hold, 1 does not, 2 not known yet", FindingLook.Count(With(holds, holds, fails, unknown, unknown)));
    }

    [Theory]
    [InlineData("region", "/regions/b30842a6-a42f-80e8-8a70-f5c610f2d424")]
    [InlineData("snapshots", "/regions?")]
    [InlineData("stacks", "/stacks?")]
    [InlineData("trace", "/trace?")]
    [InlineData("heap-profile", "weight=live")]
    [InlineData("figures", "/captures?")]
    [InlineData("ledger", "/ledger?")]
    public void A_row_opens_the_page_and_window_that_shows_it(string kind, string part)
    {
        var source = FindingSamples.Source(kind, FindingSamples.Region, FindingSamples.Trace);
        var link = Shown(FindingSamples.Finding("likely", FindingSamples.Evidence(source: source))).Find(".evidence-row a.step").GetAttribute("href")!;

        Assert.Contains(part, link, StringComparison.Ordinal);
        Assert.Contains("from=1&to=91", link, StringComparison.Ordinal);
        if (kind is "stacks" or "trace" or "heap-profile") Assert.Contains($"trace={FindingSamples.Trace}", link, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_ruled_out_comes_first_and_is_told_apart()
    {
        var finding = FindingSamples.Finding() with { Hypotheses = [FindingSamples.Hypothesis("refuted"), FindingSamples.Hypothesis("unknown", "Thread stacks"), FindingSamples.Hypothesis("open", "Huge pages")] };
        var rows = Shown(finding).FindAll(".hypotheses > li");

        Assert.Equal(["open", "unknown", "refuted"], rows.Select(r => r.ClassName));
        Assert.Contains("not ruled out", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("not known", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("refuted", rows[2].TextContent, StringComparison.Ordinal);
        Assert.Equal("1 refuted, 1 not ruled out, 1 not known", FindingLook.Count(finding.Hypotheses));
    }

    [Fact]
    public void A_remedy_is_proven_by_a_run_or_not_tested_here()
    {
        var finding = FindingSamples.Finding() with { Remedies = [FindingSamples.Remedy(FindingSamples.FixedRun), FindingSamples.Remedy() with { Title = "Upgrade", Setting = null }] };
        var view = Render<FindingView>(p => p.Add(c => c.Finding, finding).Add(c => c.Snapshots, 91).Add(c => c.Proof, FindingSamples.Proof()).AddCascadingValue(s_links));
        var remedies = view.FindAll(".remedies > li");

        Assert.Contains("proven, run 14773", remedies[0].TextContent, StringComparison.Ordinal);
        Assert.Contains($"current={FindingSamples.FixedRun}", remedies[0].QuerySelector("a.chip")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal("UCX_MEM_MMAP_HOOK_MODE=none", remedies[0].QuerySelector("button[data-copy]")!.GetAttribute("data-copy"));
        Assert.Contains("For ucx < 1.21.", remedies[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("not tested here", remedies[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("14773", view.Find(".picture.overlay").GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_remedy_the_owner_of_the_memory_is_named()
    {
        Assert.Contains("libucs.so.0", Words(Shown(FindingSamples.Finding() with { Remedies = [] }).Find(".columns > :nth-child(2) p")), StringComparison.Ordinal);
        Assert.Contains("the next probe names the owner", Words(Shown(FindingSamples.Finding() with { Remedies = [], Sites = [] }).Find(".columns > :nth-child(2) p")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_untested_card_and_a_single_snapshot_are_remarked()
    {
        Assert.Contains("No real capture has fired this card", Shown(FindingSamples.Finding("candidate") with { Tested = false }).Find("[role=note]").TextContent, StringComparison.Ordinal);
        Assert.Contains("One snapshot only", Render<FindingView>(p => p.Add(c => c.Finding, FindingSamples.Finding("candidate")).Add(c => c.Snapshots, 1)).Find("[role=note]").TextContent, StringComparison.Ordinal);
        Assert.Empty(Shown(FindingSamples.Finding()).FindAll("[role=note]"));
    }

    [Fact]
    public void Names_of_a_hostile_process_stay_text()
    {
        const string Hostile = Samples.Hostile;
        var source = new EvidenceSourceWire("region", Hostile, FindingSamples.Region, null, Hostile);
        var finding = FindingSamples.Finding("likely", new EvidenceWire("suspect", "unknown", Hostile, Hostile, Hostile, source, Hostile)) with
        {
            Summary = Hostile, Title = Hostile, Name = Hostile, Category = Hostile, Kind = Hostile, Sources = [Hostile, "javascript:alert(1)"],
            Sites = [new FindingSiteWire(Hostile, Hostile, 1, Hostile, 4096) { Callchain = [Hostile] }],
            Hypotheses = [new HypothesisWire(Hostile, Hostile, Hostile, Hostile, Hostile, source)],
            Remedies = [new RemedyWire(Hostile, Hostile, Hostile, Hostile, Hostile, null)],
            NextProbes = [new ProbeWire(Hostile, Hostile, Hostile, Hostile, Hostile, [Hostile], Hostile)],
        };
        foreach (var markup in new[] { Shown(finding).Nodes, Render<FindingsView>(p => p.Add(c => c.Findings, FindingSamples.Findings(finding) with { Checked = [Hostile] })).Nodes, Render<FindingPanel>(p => p.Add(c => c.Findings, FindingSamples.Findings(finding))).Nodes })
        {
            Assert.Empty(markup.QuerySelectorAll("img"));
            Assert.DoesNotContain(markup.QuerySelectorAll("a"), a => a.GetAttribute("href")!.StartsWith("javascript", StringComparison.Ordinal));
            Assert.DoesNotContain(markup.QuerySelectorAll("[class]"), e => e.ClassName!.Contains('<', StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("start 7f1f61ddb000 → 7f1f5f925000 = 254 × 148 KiB", "7f1f61ddb000", "7f1f5f925000")]
    [InlineData("`munmap` adds an entry in ucs_rcache_mp_chunk_alloc, std::vector and UCX_MEM_MMAP_HOOK_MODE=none", "munmap", "ucs_rcache_mp_chunk_alloc", "std::vector", "UCX_MEM_MMAP_HOOK_MODE=none")]
    [InlineData("svc::SessionTable<…>::make_entry: 33.8 MiB of 34.3 MiB live", "svc::SessionTable<…>::make_entry")]
    [InlineData("[heap] holds 140 KiB in 91 of 91 snapshots")]
    public void Names_of_code_stand_out_of_a_sentence_and_no_word_is_lost(string text, params string[] code)
    {
        var parts = Said.Parts(text).ToList();

        Assert.Equal(code, parts.Where(p => p.IsCode).Select(p => p.Text));
        Assert.Equal(text.Replace("`", "", StringComparison.Ordinal), string.Concat(parts.Select(p => p.Text)));
    }

    private IRenderedComponent<FindingView> Shown(FindingWire finding) => Render<FindingView>(p => p.Add(c => c.Finding, finding).Add(c => c.Snapshots, 91).AddCascadingValue(s_links));

    private static string Words(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
