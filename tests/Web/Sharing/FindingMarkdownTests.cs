using MemScope.Web.Sharing;
using MemScope.Web.Tests.Components;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Sharing;

public sealed class FindingMarkdownTests
{
    [Fact]
    public void A_finding_tells_verdict_evidence_sites_what_was_refuted_and_the_fix()
    {
        var finding = FindingSamples.Finding("likely", FindingSamples.Evidence(), FindingSamples.Evidence("confirm", "unknown", "The pool names every chunk", "no walk of the pool")) with { Remedies = [FindingSamples.Remedy(FindingSamples.FixedRun)] };
        var text = FindingMarkdown.File(finding, Samples.Process(), Samples.Window(), "http://localhost/p/1/findings/S01");

        Assert.Contains("**UCX’s registration cache queues every munmap and nothing drains the queue**", text, StringComparison.Ordinal);
        Assert.Contains("Leak, likely (rule S01, UCX registration\\-cache invalidation queue).", text, StringComparison.Ordinal);
        Assert.Contains("- All growth is in one region: \\+37,592 KiB of \\+37,592 KiB \\[smaps \\#1 … \\#91\\]\n", text, StringComparison.Ordinal);
        Assert.Contains("- The pool names every chunk (not known yet): no walk of the pool", text, StringComparison.Ordinal);
        Assert.Contains("ucs\\_rcache\\_mp\\_chunk\\_alloc", text, StringComparison.Ordinal);
        Assert.Contains("- Heap leak or fragmentation: refuted, ", text, StringComparison.Ordinal);
        Assert.Contains("- Turn the hooks off: `UCX_MEM_MMAP_HOOK_MODE=none` (proven by another run)", text, StringComparison.Ordinal);
        Assert.Contains("](http://localhost/p/1/findings/S01)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_share_of_a_finding_tells_the_same_with_its_link()
    {
        var view = new SharedViewWire(new ShareRequestWire("finding") { Rule = "S01" }, "It grows", Samples.Start, Samples.Process(), Samples.Window()) { Overview = Samples.Overview(), Findings = FindingSamples.Findings(FindingSamples.Finding()) };
        var text = ShareMarkdown.Of(view, "http://localhost/s/key");

        Assert.StartsWith("**It grows**", text, StringComparison.Ordinal);
        Assert.Contains("- RSS: ", text, StringComparison.Ordinal);
        Assert.Contains("Evidence:\n- All growth is in one region", text, StringComparison.Ordinal);
        Assert.Contains("Fix:\n", text, StringComparison.Ordinal);
        Assert.Contains("(http://localhost/s/key)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_cannot_become_markup()
    {
        var finding = FindingSamples.Finding("likely", FindingSamples.Evidence(claim: Samples.Hostile, figures: "](http://x) `a`")) with
        {
            Title = Samples.Hostile, Summary = Samples.Hostile, Sites = [new FindingSiteWire(Samples.Hostile, Samples.Hostile, 1, Samples.Hostile, 1)], Remedies = [FindingSamples.Remedy() with { Setting = "a`<b>\nc" }],
        };
        var text = FindingMarkdown.File(finding, Samples.Process(Samples.Hostile), Samples.Window(), "http://localhost");

        Assert.DoesNotContain("<img", text.Replace("\\<img", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("](http://x", text, StringComparison.Ordinal);
        Assert.Contains("`a'<b> c`", text, StringComparison.Ordinal);
    }
}
