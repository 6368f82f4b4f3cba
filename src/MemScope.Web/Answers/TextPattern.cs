using System.Text.RegularExpressions;

namespace MemScope.Web.Answers;

/// <summary>What somebody typed to find something: a regular expression, or plain text when it is none. Case does not count.</summary>
public sealed class TextPattern
{
    /// <summary>Characters that are looked at; what is longer is cut.</summary>
    public const int Longest = 512;

    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);
    private readonly Regex? _pattern;

    /// <summary>A pattern; blanks around it do not count.</summary>
    public TextPattern(string? text)
    {
        Text = (text ?? "").Trim();
        if (Text.Length > Longest) Text = Text[..Longest];
        // Plain names need no engine.
        if (!Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or ':' or '/')) _pattern = Compile(Text);
    }

    /// <summary>What was typed.</summary>
    public string Text { get; }

    /// <summary>Whether there is nothing to look for.</summary>
    public bool IsEmpty => Text.Length == 0;

    /// <summary>Whether a text contains it; nothing is contained in every text.</summary>
    public bool Matches(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _pattern is null ? text.Contains(Text, StringComparison.OrdinalIgnoreCase) : _pattern.IsMatch(text);
    }

    // Not backtracking: no pattern can make matching slow. "[heap]" is the kernel's name, not a class of characters.
    private static Regex? Compile(string pattern)
    {
        if (pattern is ['[', .., ']'] && pattern.AsSpan(1).IndexOf('[') < 0) return null;
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchLimit);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
