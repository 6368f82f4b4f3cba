using System.Text;

namespace MemScope.Web.Sharing;

/// <summary>Text of a capture on one line of a file that leaves the server: no control character, no half of a character, nothing that turns the direction of what follows.</summary>
internal static class SafeText
{
    /// <summary>The text on one line.</summary>
    public static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator) line.Append(' ');
            else if (rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C or 0xFFFE or 0xFFFF) line.Append(' ');
            else line.Append(rune.ToString());
        }
        return line.ToString();
    }

    /// <summary>A name for a file: letters, digits, dots, hyphens and underscores, forty at most.</summary>
    public static string FileName(string text)
    {
        var name = new string([.. text.Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]).Trim('-', '.');
        return name.Length == 0 ? "memory" : name;
    }
}
