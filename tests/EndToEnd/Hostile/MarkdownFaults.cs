using System.Text.RegularExpressions;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>What in a block for a ticket a payload made: a tag, a link, a picture, a heading. Code and escaped characters make nothing (CommonMark, sections 2.4 and 6.1).</summary>
internal static partial class MarkdownFaults
{
    /// <summary>The lines with faults.</summary>
    public static IEnumerable<string> Of(string markdown)
    {
        var words = Escaped().Replace(CodeSpan().Replace(Fenced().Replace(markdown, ""), ""), "");
        return words.Split('\n').Where(line => line.Contains(Payloads.MarkStart, StringComparison.Ordinal) && (Made().IsMatch(line) || line.Any(c => char.IsControl(c) || c is '\u202e' or '\u2066')))
            .Select(line => $"makes markup: {line[..Math.Min(line.Length, 300)]}");
    }

    [GeneratedRegex(@"^ *(?<fence>`{3,})[^\n]*\n.*?^ *\k<fence>[ ]*$", RegexOptions.Singleline | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"(?<![`\\])(?<ticks>`+)(?!`).+?(?<!`)\k<ticks>(?!`)", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\\[!-/:-@\[-`{-~]", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Escaped();

    /// <summary>A tag, a link or picture by brackets, an address that becomes a link by itself, an entity, a heading, a row of a table. A note may link where it says.</summary>
    [GeneratedRegex(@"<(?!https?://)[a-zA-Z/!?]|!\[|\]\((?!<https?://)|(?<![(<])https?://|www\.|&[a-z#]|^\s*#|^\s*\|", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Made();
}
