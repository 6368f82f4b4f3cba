using System.Text;
using MemScope.Web.Sharing;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Sharing;

/// <summary>Notes in the block for a ticket keep their marks, and bring no markup of their own.</summary>
public sealed class NoteMarkdownTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 15, 41, 39, TimeSpan.Zero);

    [Fact]
    public void A_note_is_written_with_its_time_author_and_marks()
    {
        var note = Note("**hooks** off, `ucm_mmap`\n\n- [issue](https://a.example/1)\n- [view](/p/x)\n\n```\na ``` b\n```", "Ada *x*") with { To = At.AddSeconds(20) };
        Assert.Equal(
            """

            Notes:

            - 2026-11-20 15:41:39 to 15:41:59 UTC, Ada \*x\*:

              **hooks** off, `ucm\_mmap`

              - [issue](<https://a.example/1>)
              - view

              ````
              a ``` b
              ````

            """.Replace("ucm\\_mmap", "ucm_mmap", StringComparison.Ordinal), Text([note]));
    }

    [Fact]
    public void Words_cannot_become_markup()
    {
        var text = Text([Note("<img src=x onerror=alert(1)> @all [x](javascript:alert(1)) ![i](https://a.example/i.png)", null)]);
        Assert.Contains("\\<img src=x onerror=alert\\(1\\)\\> \\@all \\[x\\]\\(javascript:alert\\(1\\)\\) \\![i](<https://a.example/i.png>)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_notes_are_told_in_sum() => Assert.EndsWith("- 5 more notes stand on the page\n", Text([.. Enumerable.Repeat(Note("n", null), 25)]), StringComparison.Ordinal);

    [Fact]
    public void Without_notes_there_is_nothing() => Assert.Equal("", Text([]));

    private static NoteWire Note(string text, string? author) => new(Guid.Empty, At, null, text, author, null, At, null);

    private static string Text(IReadOnlyList<NoteWire> notes)
    {
        var text = new StringBuilder();
        NoteMarkdown.Append(text, notes);
        return text.ToString();
    }
}
