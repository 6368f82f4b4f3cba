using System.Globalization;
using System.Text;
using MemScope.Web.Notes;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>Notes in the block for a ticket: their own marks, written anew from what was read of them, and every word escaped. Links to pages of this server are words: their reader may have no account.</summary>
internal static class NoteMarkdown
{
    /// <summary>The page has them all.</summary>
    private const int MostNotes = 20;

    /// <summary>Appends the notes of a view; nothing without any.</summary>
    public static void Append(StringBuilder text, IReadOnlyList<NoteWire> notes)
    {
        if (notes.Count == 0) return;
        text.Append("\nNotes:\n\n");
        foreach (var note in notes.Take(MostNotes))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {note.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}");
            if (note.To is { } to) text.Append(CultureInfo.InvariantCulture, $" to {to.UtcDateTime:HH:mm:ss}");
            text.Append(note.Author is { } author ? $" UTC, {ShareMarkdown.Escape(author)}:" : " UTC:");
            foreach (var block in NoteText.Blocks(note.Text)) Append(text, block);
            text.Append('\n');
        }
        if (notes.Count > MostNotes) text.Append(CultureInfo.InvariantCulture, $"- {notes.Count - MostNotes} more notes stand on the page\n");
    }

    private static void Append(StringBuilder text, NoteBlock block)
    {
        switch (block)
        {
            case NoteParagraph paragraph:
                text.Append("\n\n  ").Append(Of(paragraph.Parts));
                break;
            case NoteList list:
                text.Append('\n');
                for (var i = 0; i < list.Items.Count; i++) text.Append(CultureInfo.InvariantCulture, $"\n  {(list.IsOrdered ? $"{i + 1}." : "-")} ").Append(Of(list.Items[i]));
                break;
            case NoteCode code:
                var fence = new string('`', Math.Max(3, LongestRun(code.Text) + 1));
                text.Append("\n\n  ").Append(fence).Append("\n  ").Append(code.Text.Replace("\n", "\n  ", StringComparison.Ordinal)).Append("\n  ").Append(fence);
                break;
        }
    }

    private static string Of(IReadOnlyList<NoteInline> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(part switch
            {
                NoteWords words => ShareMarkdown.Escape(words.Text),
                NoteStrong strong => $"**{Of(strong.Parts)}**",
                NoteEmphasis emphasis => $"*{Of(emphasis.Parts)}*",
                NoteCodeSpan code => $"`{code.Text}`",
                NoteLink { IsOfThisServer: false } link => $"[{Of(link.Parts)}](<{link.Url}>)",
                NoteLink link => Of(link.Parts),
                _ => "  \n  ",
            });
        return text.ToString();
    }

    /// <summary>The longest run of backticks in a text: a fence around it must be longer.</summary>
    internal static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text) longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        return longest;
    }
}
