using System.Text;

namespace MemScope.Web.Notes;

/// <summary>Reads what stands inside the lines of a note: bold, italic, code and links.</summary>
internal static class NoteLines
{
    /// <summary>Marks inside marks; deeper ones are words.</summary>
    private const int MostDepth = 4;

    private const string Escapable = "\\`*[]()_#-.!<>";

    /// <summary>The parts of some lines.</summary>
    public static IReadOnlyList<NoteInline> Parts(string text) => Parts(text, depth: 0, isInLink: false);

    private static List<NoteInline> Parts(string text, int depth, bool isInLink)
    {
        var (parts, words) = (new List<NoteInline>(), new StringBuilder());
        for (var at = 0; at < text.Length;)
        {
            if (depth < MostDepth && Marked(text, at, depth, isInLink) is var (part, end))
            {
                Flush();
                parts.Add(part);
                at = end;
            }
            else if (text[at] == '\n')
            {
                Flush();
                parts.Add(new NoteBreak());
                at++;
            }
            else
            {
                if (text[at] == '\\' && at + 1 < text.Length && Escapable.Contains(text[at + 1], StringComparison.Ordinal)) at++;
                words.Append(text[at++]);
            }
        }
        Flush();
        return parts;

        void Flush()
        {
            if (words.Length == 0) return;
            parts.Add(new NoteWords(words.ToString()));
            words.Clear();
        }
    }

    /// <summary>What begins here, and where it has ended; null for words.</summary>
    private static (NoteInline Part, int End)? Marked(string text, int at, int depth, bool isInLink) => text[at] switch
    {
        '`' when Find(text, at + 1, "`", escapes: false) is > 0 and var end && end > at + 1 => (new NoteCodeSpan(text[(at + 1)..end].Replace('\n', ' ')), end + 1),
        '*' when text.AsSpan(at).StartsWith("***") => Between(text, at, "***") is var (inner, end) ? (new NoteEmphasis([new NoteStrong(Parts(inner, depth + 2, isInLink))]), end) : null,
        '*' when text.AsSpan(at).StartsWith("**") => Between(text, at, "**") is var (inner, end) ? (new NoteStrong(Parts(inner, depth + 1, isInLink)), end) : null,
        '*' => Between(text, at, "*") is var (inner, end) ? (new NoteEmphasis(Parts(inner, depth + 1, isInLink)), end) : null,
        '[' when !isInLink => Link(text, at, depth),
        _ => null,
    };

    /// <summary>The text between a mark and its like. A mark is one where words touch it: <c>2 * 3 * 4</c> is none.</summary>
    private static (string Inner, int End)? Between(string text, int at, string mark)
    {
        var from = at + mark.Length;
        if (from >= text.Length || char.IsWhiteSpace(text[from]) || text[from] == '*') return null;
        for (var end = Find(text, from, mark); end > 0; end = Find(text, end + 1, mark))
        {
            if (mark.Length == 1 && end + 1 < text.Length && text[end + 1] == '*')
            {
                // The mark of bold inside italic: both stars belong to it.
                end++;
                continue;
            }
            if (!char.IsWhiteSpace(text[end - 1])) return (text[from..end], end + mark.Length);
        }
        return null;
    }

    private static (NoteInline Part, int End)? Link(string text, int at, int depth)
    {
        if (Find(text, at + 1, "](") is not (> 0 and var middle) || middle == at + 1 || text.IndexOf(')', middle + 2) is not (> 0 and var end)) return null;
        var (words, url) = (text[(at + 1)..middle], text[(middle + 2)..end]);
        // The nearest opening bracket is the one that counts.
        if (words.Contains('[', StringComparison.Ordinal)) return null;
        if (!NoteAddress.IsOfThisServer(url) && !NoteAddress.IsOfTheWeb(url)) return null;
        return (new NoteLink(url, url[0] == '/', Parts(words, depth + 1, isInLink: true)), end + 1);
    }

    /// <summary>Where a mark stands next that no backslash is before; −1 when nowhere.</summary>
    private static int Find(string text, int from, string mark, bool escapes = true)
    {
        for (var at = from; at < text.Length && (at = text.IndexOf(mark, at, StringComparison.Ordinal)) >= 0; at++)
            if (!escapes || text[at - 1] != '\\') return at;
        return -1;
    }
}
