using Bunit;
using MemScope.Web.Components;
using MemScope.Web.Components.Charts;
using MemScope.Web.Components.Pages.Notes;
using MemScope.Web.Components.Pages.Shares;
using MemScope.Web.Tests.Components;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Notes;

/// <summary>Notes as a list: live with links and actions, frozen without.</summary>
public sealed class NotesPanelTests : BunitContext
{
    private static readonly NoteWire Note = new(Guid.Parse("01234567-89ab-cdef-0123-456789abcdef"), Samples.Start, Samples.Start.AddSeconds(9), $"**b** [out](https://a.example) [in](/p/{Samples.ProcessId}) {Samples.Hostile}",
        Samples.Hostile, new NoteEvidenceWire("callchain", $"/p/{Samples.ProcessId}/stacks?from=5&to=9&v=1"), Samples.Start, null);

    [Fact]
    public void A_live_list_leads_to_what_was_pinned_and_offers_to_edit_and_to_delete()
    {
        var panel = Live(Note);
        Assert.Equal($"/p/{Samples.ProcessId}/stacks?from=5&to=9&v=1", panel.Find(".note-pin a").GetAttribute("href"));
        Assert.Equal("Stacks #5 → #9", panel.Find(".note-pin a").TextContent.Trim());
        Assert.Equal($"/p/{Samples.ProcessId}", panel.FindAll(".note-text a")[1].GetAttribute("href"));
        Assert.Equal(["Edit", "Delete"], panel.FindAll(".note button").Select(b => b.TextContent));
        Assert.NotNull(panel.Find($"#{TimelineLanes.IdOf(Note)}[tabindex='-1']"));
    }

    [Fact]
    public void Deleting_asks_first()
    {
        var panel = Live(Note);
        panel.FindAll(".note button")[1].Click();
        Assert.Equal(["Delete it", "Keep"], panel.FindAll(".note button").Select(b => b.TextContent));
        panel.FindAll(".note button")[1].Click();
        Assert.Equal(["Edit", "Delete"], panel.FindAll(".note button").Select(b => b.TextContent));
    }

    [Fact]
    public void A_frozen_list_has_the_words_and_only_links_that_leave_the_server()
    {
        var view = new SharedViewWire(new ShareRequestWire("overview"), "t", Samples.Start, Samples.Process(), Samples.Window()) { Overview = Samples.Overview(Samples.Region()), Notes = [Note], Series = Samples.Series(1 << 20, 2 << 20) };
        var page = Render<SharedPage>(p => p.Add(c => c.View, view));
        Assert.Equal("https://a.example", Assert.Single(page.FindAll("a[href]")).GetAttribute("href"));
        Assert.Contains(" in ", page.Find(".note-text").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".note button"));
        Assert.Empty(page.FindAll(".note-pin"));
        Assert.Empty(page.FindAll("[style], style, script"));
        Assert.Equal(TimelineLanes.IdOf(Note), page.Find(".lane-notes [role=button]").GetAttribute("data-target"));
    }

    [Fact]
    public void Hostile_words_and_authors_are_text()
    {
        var panel = Live(Note);
        Assert.Contains(Samples.Hostile, panel.Find(".note-text").TextContent, StringComparison.Ordinal);
        Assert.Equal(Samples.Hostile, panel.Find(".note-author").TextContent);
        Assert.Empty(panel.FindAll("script, img, [onerror]"));
    }

    [Fact]
    public void Evidence_that_leads_elsewhere_is_not_shown_as_a_link() => Assert.Empty(Live(Note with { Evidence = new NoteEvidenceWire("view", "javascript:alert(1)") }).FindAll(".note-pin"));

    [Theory]
    [InlineData("", "view", "Overview at #9")]
    [InlineData("?metric=pss", "view", "Overview at #9")]
    [InlineData("/regions/r1?from=2&to=5", "region", "Region #2 → #5")]
    [InlineData("/stacks?weight=mapped&trace=t1", "callchain", "Stacks at #9")]
    [InlineData("/stacks?weight=live", "heap-profile", "Stacks at #9")]
    [InlineData("/trace?trace=t1&from=2", "trace", "Trace #2 → #9")]
    [InlineData("/findings/S01", "finding", "Finding S01 at #9")]
    [InlineData("/findings", "view", "Findings at #9")]
    [InlineData("/ledger", "view", "Ledger at #9")]
    [InlineData("/diff?from=2&to=5#top", "view", "Diff #2 → #5")]
    public void The_view_that_is_open_is_pinned_with_an_absolute_end(string rest, string kind, string words)
    {
        var pin = NotePin.Of($"/p/{Samples.ProcessId}{rest}", Samples.Window() with { ToNumber = 9 })!;
        Assert.Equal((kind, words), (pin.Kind, NotePin.Words(pin)));
        Assert.DoesNotContain("#", pin.Url, StringComparison.Ordinal);
        Assert.Contains("v=1", pin.Url, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_address_is_pinned_without_what_does_not_belong_to_its_window_and_a_foreign_one_not_at_all()
    {
        Assert.Equal($"/p/{Samples.ProcessId}?from=3&to=9&v=1", NotePin.Of($"/p/{Samples.ProcessId}?as={new string('x', 4000)}&from=3", Samples.Window() with { ToNumber = 9 })!.Url);
        Assert.Null(NotePin.Of("/shares", null));
        Assert.Null(NotePin.Of("//evil.example/p/", null));
        Assert.Equal($"/p/{Samples.ProcessId}/captures", NotePin.Of($"/p/{Samples.ProcessId}/captures", null)!.Url);
    }

    private IRenderedComponent<NotesPanel> Live(params NoteWire[] notes) =>
        Render<NotesPanel>(p => p.Add(c => c.Notes, notes).AddCascadingValue(new ViewLinks(Samples.ProcessId, new WindowState())));
}
