using Bunit;
using MemScope.Web.Components.Elements;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>A probe as it stands on a page.</summary>
public sealed class ProbeCardTests : BunitContext
{
    private const string Hostile = "<img src=x onerror=alert(1)>'\"&";
    private static readonly ProbeWire s_probe = new("perf", "Who maps memory", "perf record\nperf script", "curl 'http://h/?a=1&b=2'", "Copies 16 KiB of the stack.", ["perf", "root"], "Stacks are whole.");

    [Fact]
    public void Command_and_upload_are_copied_as_they_are_and_y_copies_the_command_of_the_first()
    {
        var card = Shown(s_probe, isFirst: true);

        Assert.Equal([s_probe.Command, s_probe.Upload], card.FindAll("button[data-copy]").Select(b => b.GetAttribute("data-copy")));
        Assert.Equal(["y", null], card.FindAll("button[data-copy]").Select(b => b.GetAttribute("data-key")));
        Assert.DoesNotContain(Shown(s_probe).FindAll("button[data-copy]"), b => b.HasAttribute("data-key"));
    }

    [Fact]
    public void It_says_why_what_it_does_to_the_process_and_what_it_needs()
    {
        var text = Shown(s_probe).Find(".probe").TextContent;

        Assert.All((string[])[s_probe.Title, s_probe.Why, s_probe.Risk, "Needs perf, root."], part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_command_that_sends_its_result_itself_has_no_second_line()
    {
        var card = Shown(s_probe with { Upload = "" });

        Assert.Single(card.FindAll(".command"));
        Assert.DoesNotContain("Then send", card.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_probe_holds_is_text()
    {
        var card = Shown(new ProbeWire("x", Hostile, Hostile, Hostile, Hostile, [Hostile], Hostile));

        Assert.Empty(card.FindAll("img"));
        Assert.All(card.FindAll("button[data-copy]"), b => Assert.Equal(Hostile, b.GetAttribute("data-copy")));
    }

    private IRenderedComponent<ProbeCard> Shown(ProbeWire probe, bool isFirst = false) => Render<ProbeCard>(p => p.Add(c => c.Probe, probe).Add(c => c.IsFirst, isFirst).Add(c => c.Titled, true));
}
