namespace MemScope.Core.Analysis.Probes;

/// <summary>Text as one word of a POSIX shell.</summary>
public static class Shell
{
    /// <summary>
    /// The text in single quotes, in which a POSIX shell expands nothing (XCU 2.2.2); a quote in it ends them, stands escaped, and begins them again. Control characters become <c>?</c>: a command is pasted into
    /// a terminal, and there an escape sequence or a line feed would act before any shell reads the quotes. Words of letters, digits and a few signs that mean nothing to any shell stay as they are, to be read.
    /// </summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsPlain(text) ? text : $"'{Printable(text).Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    /// <summary>A script of our own as one word, its lines kept: it must hold no text of a capture.</summary>
    internal static string QuoteScript(string script) => $"'{script.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // '-', '~' and '=' mean something at a word's beginning; ':' and '=' stand before a '~' that would.
    private static bool IsPlain(string text) => text.Length > 0 && (char.IsAsciiLetterOrDigit(text[0]) || text[0] == '/') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or ':' or '_' or '-' or '=' or ',' or '+');

    private static string Printable(string text) => text.Any(IsControl) ? string.Concat(text.Select(c => IsControl(c) ? '?' : c)) : text;

    // U+2028 and U+2029 end lines in some terminals and editors.
    private static bool IsControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
