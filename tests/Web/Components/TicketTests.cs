using System.Globalization;
using Bunit;
using MemScope.Web.Components.Pages.Shares;
using MemScope.Web.Sharing;
using MemScope.Web.Tests.Sharing;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>What the reader of a ticket sees of a finding.</summary>
public sealed class TicketTests : BunitContext
{
    [Fact]
    public void The_lead_ends_with_the_remedy_and_five_figures_follow()
    {
        var page = Shown(TicketSamples.Finding());

        Assert.EndsWith("With UCX_MEM_MMAP_HOOK_MODE=none the same program stays at 12.0 MiB.", Words(page.Find(".lead").TextContent), StringComparison.Ordinal);
        Assert.Equal(["RSS", "Rate", "Growth outside malloc", "Traced mappings", "After the fix"], page.FindAll(".ticket-figures .stat-label").Select(l => l.TextContent));
        // 37,592 KiB in 90.2 s are 24.4 MiB/min.
        Assert.Equal(["12.3 → 49.0MiB", "24.4MiB/min", "100%", "60of 60 resident", "0.0MiB/min"], page.FindAll(".ticket-figures .stat-value").Select(v => Words(v.TextContent)));
        Assert.Contains("proven", page.FindAll(".ticket-figures .stat-value")[^1].ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fixed_run_is_drawn_from_the_chart_s_beginning_at_its_own_height_with_its_words()
    {
        var page = Shown(TicketSamples.Finding());
        var points = page.Find(".run-line").GetAttribute("points")!.Trim().Split(' ').Select(p => p.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray()).ToList();

        Assert.Equal(0, points[0][0], 1);
        Assert.Equal(500, points[^1][0], 1);
        Assert.Equal(1000 * (1 - (12.0 / 50)), points[^1][1], 1);
        Assert.StartsWith("same program with the fix, run 14773: 12.0 MiB", page.Find(".run-words.long").TextContent, StringComparison.Ordinal);
        Assert.Contains("\"run\":{\"words\":\"same program", page.Find("[data-frozen-chart]").GetAttribute("data-options"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_proof_no_run_is_drawn_and_the_remedy_is_not_called_proven()
    {
        var page = Shown(TicketSamples.Finding(FindingSamples.Remedy()) with { Proof = null });

        Assert.Empty(page.FindAll(".run-line, .run-words"));
        Assert.Contains("was not tested here", Words(page.Find(".lead").TextContent), StringComparison.Ordinal);
        Assert.Equal("not tested here", page.Find(".ticket-fix .chip").TextContent);
    }

    [Fact]
    public void A_run_is_not_drawn_over_another_measure()
    {
        var view = TicketSamples.Finding();

        Assert.Null(new Ticket(view with { Series = view.Series! with { Metric = "pss" } }).Run);
        Assert.NotNull(new Ticket(view).Run);
    }

    [Fact]
    public void A_longer_run_ends_with_the_chart()
    {
        var proof = FindingSamples.Proof();
        var longer = proof.Runs[0] with { Side = proof.Runs[0].Side with { Curve = new([0, 45, 300], [12 << 20, 13 << 20, 14 << 20]) } };
        var run = new Ticket(TicketSamples.Finding(proof: proof with { Runs = [longer] })).Run!;

        Assert.Equal(2, run.Bytes.Count);
        Assert.Contains("13.0 MiB", run.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void The_callchain_marks_who_asks_and_who_releases_and_says_where_a_frame_is_missing()
    {
        var rows = Shown(TicketSamples.Finding()).FindAll(".ticket-stack > li");

        Assert.Equal(["syscall libc.so.6", "gap: one frame probably missing", "ucs_rcache_mp_chunk_alloc rcache.c:244", "ucm_munmap libucm.so.0"], rows.Select(r => r.Children.Length == 0 ? r.TextContent : string.Join(' ', r.Children.Select(c => c.TextContent))));
        Assert.Equal([false, false, true, true], rows.Select(r => r.ClassList.Contains("marked")));
    }

    [Fact]
    public void What_speaks_against_it_stands_first_and_the_rest_is_one_fold_away()
    {
        var finding = FindingSamples.Finding("likely", FindingSamples.Evidence(), FindingSamples.Evidence("confirm", claim: "The pool maps it"), FindingSamples.Evidence("refute", "holds", "The heap grows with it"), FindingSamples.Evidence("likely", "unknown", "Nobody knows"));
        var page = Shown(TicketSamples.Finding() with { Findings = FindingSamples.Findings(finding) });
        var why = page.FindAll(".ticket-why > li").Select(l => Words(l.TextContent)).ToList();

        Assert.StartsWith("The heap grows with it. speaks against it", why[0], StringComparison.Ordinal);
        Assert.DoesNotContain(why, w => w.Contains("Nobody knows", StringComparison.Ordinal));
        Assert.Equal(finding.Evidence.Count, page.FindAll(".ticket-all .evidence-row").Count);
        Assert.Contains("4 checks", page.Find(".ticket-all > summary").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_legend_adds_up_to_the_last_point()
    {
        var cells = Shown(TicketSamples.Finding()).FindAll(".ticket-legend td").Select(c => double.Parse(c.TextContent.Replace("MiB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)).ToList();

        Assert.Equal(49, cells[0], 1);
        Assert.Equal(cells[0], cells.Skip(1).Sum(), 1);
    }

    [Fact]
    public void Blocks_and_picture_are_offered_without_a_script()
    {
        var page = Render<SharedPage>(p => p.Add(c => c.View, TicketSamples.Finding()).Add(c => c.Markdown, "**It grows**").Add(c => c.Text, "It grows").Add(c => c.Picture, "/s/key/picture.svg"));

        Assert.Equal("**It grows**", page.Find("details #ticket-markdown").TextContent);
        Assert.Equal("It grows", page.Find("details #ticket-text").TextContent);
        Assert.Equal("/s/key/picture.svg", Assert.Single(page.FindAll("a[href]")).GetAttribute("href"));
    }

    [Fact]
    public void Names_of_a_hostile_process_become_no_element()
    {
        var page = Shown(TicketSamples.HostileFinding());

        Assert.Empty(page.FindAll("script, img, [onload]"));
        Assert.Contains("alert(1)", page.Find("h1").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<SharedPage> Shown(SharedViewWire view) => Render<SharedPage>(p => p.Add(c => c.View, view));

    private static string Words(string text) => string.Join(' ', text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
}
