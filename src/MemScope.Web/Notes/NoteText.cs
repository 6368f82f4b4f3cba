using System.Text;

namespace MemScope.Web.Notes;

/// <summary>A part of a line of a note.</summary>
public abstract record NoteInline;

/// <summary>Words as they are to be read.</summary>
public sealed record NoteWords(string Text) : NoteInline;

/// <summary><c>**…**</c>.</summary>
public sealed record NoteStrong(IReadOnlyList<NoteInline> Parts) : NoteInline;

/// <summary><c>*…*</c>.</summary>
public sealed record NoteEmphasis(IReadOnlyList<NoteInline> Parts) : NoteInline;

/// <summary><c>`…`</c>.</summary>
public sealed record NoteCodeSpan(string Text) : NoteInline;

/// <summary><c>[…](…)</c>, to where <see cref="NoteAddress"/> lets links lead.</summary>
/// <param name="Url">Where.</param>
/// <param name="IsOfThisServer">Whether it is a page of this server.</param>
/// <param name="Parts">What is read.</param>
public sealed record NoteLink(string Url, bool IsOfThisServer, IReadOnlyList<NoteInline> Parts) : NoteInline;

/// <summary>A line ends.</summary>
public sealed record NoteBreak : NoteInline;

/// <summary>A block of a note.</summary>
public abstract record NoteBlock;

/// <summary>Lines without a blank one between them.</summary>
public sealed record NoteParagraph(IReadOnlyList<NoteInline> Parts) : NoteBlock;

/// <summary>Lines that begin with <c>-</c> or <c>*</c>, or with a number and a full stop.</summary>
public sealed record NoteList(bool IsOrdered, IReadOnlyList<IReadOnlyList<NoteInline>> Items) : NoteBlock;

/// <summary>Lines between two of <c>```</c>.</summary>
public sealed record NoteCode(string Text) : NoteBlock;

/// <summary>
/// Reads the subset of Markdown that notes are written in: paragraphs, lists, bold, italic, code, links. Everything else, HTML above all, is words. Never throws: what is not well formed is
/// words, too, as it was typed. The result holds text only; who shows it makes elements of it, never markup.
/// </summary>
public static class NoteText
{
    /// <summary>Longer text is cut: time grows with the square of its length at worst.</summary>
    private const int MostCharacters = 16_000;

    private const string Fence = "```";

    /// <summary>The blocks of a text.</summary>
    public static IReadOnlyList<NoteBlock> Blocks(string? text)
    {
        if (string.IsNullOrEmpty(text)) return [];
        var lines = (text.Length > MostCharacters ? text[..MostCharacters] : text).ReplaceLineEndings("\n").Split('\n');
        var blocks = new List<NoteBlock>();
        for (var at = 0; at < lines.Length;)
        {
            if (string.IsNullOrWhiteSpace(lines[at])) at++;
            else if (IsFence(lines[at])) blocks.Add(Code(lines, ref at));
            else if (ItemOf(lines[at]) is var (ordered, _)) blocks.Add(List(lines, ordered, ref at));
            else blocks.Add(new NoteParagraph(NoteLines.Parts(string.Join('\n', Paragraph(lines, ref at)))));
        }
        return blocks;
    }

    /// <summary>What is read in the first line, for marks and lists: words alone, cut with an ellipsis.</summary>
    public static string FirstLine(string? text, int most = 90)
    {
        var line = Blocks(text).Select(b => b switch
        {
            NoteParagraph paragraph => Words(paragraph.Parts.TakeWhile(p => p is not NoteBreak)),
            NoteList { Items: [var first, ..] } => Words(first),
            NoteCode code => code.Text.Split('\n')[0],
            _ => "",
        }).FirstOrDefault(l => !string.IsNullOrWhiteSpace(l))?.Trim() ?? "";
        return line.Length <= most ? line : string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[most - 2]) ? most - 2 : most - 1).TrimEnd(), "…");
    }

    /// <summary>What is read in parts of a line.</summary>
    public static string Words(IEnumerable<NoteInline> parts)
    {
        var words = new StringBuilder();
        foreach (var part in parts)
            words.Append(part switch
            {
                NoteWords w => w.Text,
                NoteCodeSpan c => c.Text,
                NoteStrong s => Words(s.Parts),
                NoteEmphasis e => Words(e.Parts),
                NoteLink l => Words(l.Parts),
                _ => " ",
            });
        return words.ToString();
    }

    private static bool IsFence(string line) => line.TrimStart(' ').StartsWith(Fence, StringComparison.Ordinal);

    private static NoteCode Code(string[] lines, ref int at)
    {
        var code = new List<string>();
        for (at++; at < lines.Length && !IsFence(lines[at]); at++) code.Add(lines[at]);
        at++; // without an end it goes on to that of the note
        return new NoteCode(string.Join('\n', code));
    }

    private static List<string> Paragraph(string[] lines, ref int at)
    {
        var paragraph = new List<string>();
        for (; at < lines.Length && !string.IsNullOrWhiteSpace(lines[at]) && !IsFence(lines[at]) && (paragraph.Count == 0 || ItemOf(lines[at]) is null); at++) paragraph.Add(lines[at]);
        return paragraph;
    }

    private static NoteList List(string[] lines, bool ordered, ref int at)
    {
        var items = new List<IReadOnlyList<NoteInline>>();
        while (at < lines.Length && ItemOf(lines[at]) is var (isOrdered, text) && isOrdered == ordered)
        {
            var item = new List<string> { text };
            // A line that begins with blanks goes on with the item.
            for (at++; at < lines.Length && lines[at].StartsWith(' ') && !string.IsNullOrWhiteSpace(lines[at]) && !IsFence(lines[at]) && ItemOf(lines[at]) is null; at++) item.Add(lines[at].Trim());
            items.Add(NoteLines.Parts(string.Join('\n', item)));
        }
        return new NoteList(ordered, items);
    }

    /// <summary>An item of a list without its mark, or null.</summary>
    private static (bool IsOrdered, string Text)? ItemOf(string line)
    {
        var text = line.TrimStart(' ');
        if (text is ['-' or '*', ' ', ..]) return (false, text[2..].Trim());
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits is > 0 and <= 4 && digits + 1 < text.Length && text[digits] == '.' && text[digits + 1] == ' ' ? (true, text[(digits + 2)..].Trim()) : null;
    }
}
