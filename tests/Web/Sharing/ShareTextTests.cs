using MemScope.Web.Sharing;
using MemScope.Web.Tests.Components;

namespace MemScope.Web.Tests.Sharing;

/// <summary>The blocks that are pasted into tickets.</summary>
public sealed class ShareTextTests
{
    private const string Url = "https://memscope.example.org/s/0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void Plain_text_has_title_answer_with_remedy_figures_in_columns_link_and_picture()
    {
        var lines = ShareText.Of(TicketSamples.Finding(), Url).Split('\n');

        Assert.Equal(["It grows", "========"], lines[..2]);
        Assert.Contains("With", string.Join('\n', lines), StringComparison.Ordinal);
        var column = Column("Process");
        Assert.All(["RSS", "Rate", "Growth outside malloc", "Traced mappings", "After the fix"], label => Assert.Equal(column, Column(label)));
        Assert.Contains("Traced mappings        60 of 60 resident (151,552 B each)", lines);
        Assert.Contains(lines, l => l.EndsWith("rcache.c:244", StringComparison.Ordinal) && l.Length == ShareText.Columns);
        Assert.Equal([Url, "Picture to attach: ucx_leak-32305.svg", ""], lines[^3..]);

        int Column(string label)
        {
            var line = Assert.Single(lines, l => l.StartsWith(label + "  ", StringComparison.Ordinal));
            return line.Length - line[label.Length..].TrimStart().Length;
        }
    }

    [Fact]
    public void No_line_but_the_address_is_longer_than_72_columns()
    {
        var view = TicketSamples.HostileFinding() with { Title = new string('x', 300) + " " + string.Join(' ', Enumerable.Repeat("word", 60)) };

        Assert.All(ShareText.Of(view, Url).Split('\n').Where(l => l != Url), line => Assert.InRange(line.Length, 0, ShareText.Columns));
    }

    [Fact]
    public void What_a_process_is_called_stays_on_its_line_and_turns_no_text_around()
    {
        var text = ShareText.Of(TicketSamples.HostileFinding(), Url);

        Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || c is '\u202E' or '\ud800');
        Assert.DoesNotContain(text.Split('\n'), l => l.StartsWith("![x]", StringComparison.Ordinal) && l.Length < 5);
    }

    [Fact]
    public void Markdown_leads_with_the_remedy_and_says_why_and_who()
    {
        var text = ShareMarkdown.Of(TicketSamples.Finding(), Url);

        Assert.Contains("Memory grows by 24.7 MiB/min in a straight line. With `UCX_MEM_MMAP_HOOK_MODE=none` the same program stays at 12.0 MiB.\n", text, StringComparison.Ordinal);
        Assert.Contains("- After the fix: 0.0 MiB/min (run 14773, 46 snapshots)\n", text, StringComparison.Ordinal);
        Assert.Contains("- Not the cause: Heap leak or fragmentation\n", text, StringComparison.Ordinal);
        Assert.Contains("\n```\nsyscall                    libc.so.6\n(gap: one frame probably missing)\nucs_rcache_mp_chunk_alloc  rcache.c:244\n", text, StringComparison.Ordinal);
        Assert.EndsWith($"]({Url})\n\nPicture to attach: `ucx_leak-32305.svg`\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void In_markdown_a_name_makes_neither_picture_nor_link_nor_tag()
    {
        var text = ShareMarkdown.Of(TicketSamples.HostileFinding(), Url);
        // Code and fenced frames show what they hold; all else is escaped.
        var prose = string.Concat(text.Split("```").Where((_, i) => i % 2 == 0).SelectMany(p => p.Split('`').Where((_, i) => i % 2 == 0)));

        Assert.DoesNotContain("](http://evil", prose, StringComparison.Ordinal);
        Assert.DoesNotContain("![", prose.Replace("\\!\\[", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", prose.Replace("\\<script", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(text.Split('\n'), l => l.StartsWith("</", StringComparison.Ordinal));
    }

    [Fact]
    public void An_untested_remedy_is_called_one_in_every_block()
    {
        var view = TicketSamples.Finding(FindingSamples.Remedy()) with { Proof = null };

        Assert.Contains("was not tested here", ShareMarkdown.Of(view, Url), StringComparison.Ordinal);
        Assert.Contains("was not tested here", ShareText.Of(view, Url).Replace('\n', ' '), StringComparison.Ordinal);
        Assert.DoesNotContain("After the fix", ShareText.Of(view, Url), StringComparison.Ordinal);
    }
}
