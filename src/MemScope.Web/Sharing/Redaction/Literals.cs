using System.Buffers;
using System.Text;

namespace MemScope.Web.Sharing.Redaction;

/// <summary>Texts that are replaced wherever they stand in another, without regard to case. The longest goes first. One that consists of letters only is not found inside a longer word: a host <c>node</c> is not part of <c>nodejs</c>.</summary>
internal sealed class Literals
{
    private readonly Dictionary<string, string> _standIns = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<(SearchValues<string> Any, string[] Longest)> _search;

    /// <summary>None yet.</summary>
    public Literals() => _search = new(() =>
    {
        string[] longest = [.. _standIns.Keys.OrderByDescending(k => k.Length)];
        return (SearchValues.Create(longest, StringComparison.OrdinalIgnoreCase), longest);
    });

    /// <summary>Adds one before the first search; one that is known keeps its stand-in.</summary>
    public void Add(string text, string standIn) => _standIns.TryAdd(text, standIn);

    /// <summary>What stands for a text as a whole; null when it is not known.</summary>
    public string? Of(string text) => _standIns.GetValueOrDefault(text);

    /// <summary>A text without them.</summary>
    public string In(string text)
    {
        if (_standIns.Count == 0) return text;
        var (any, longest) = _search.Value;
        StringBuilder? result = null;
        var kept = 0;
        for (var at = 0; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny(any);
            if (found < 0) break;
            at += found;
            if (Array.Find(longest, l => IsAt(text, at, l)) is not { } literal)
            {
                at++;
                continue;
            }
            (result ??= new StringBuilder(text.Length)).Append(text, kept, at - kept).Append(_standIns[literal]);
            at = kept = at + literal.Length;
        }
        return result is null ? text : result.Append(text, kept, text.Length - kept).ToString();
    }

    private static bool IsAt(string text, int at, string literal)
    {
        if (string.Compare(text, at, literal, 0, literal.Length, StringComparison.OrdinalIgnoreCase) != 0) return false;
        if (!literal.All(char.IsAsciiLetter)) return literal.Length > 2 || !(Touches(text, at - 1, char.IsAsciiLetterOrDigit) || Touches(text, at + literal.Length, char.IsAsciiLetterOrDigit));
        return !Touches(text, at - 1, char.IsAsciiLetter) && !Touches(text, at + literal.Length, char.IsAsciiLetter);
    }

    private static bool Touches(string text, int at, Func<char, bool> kind) => at >= 0 && at < text.Length && kind(text[at]);
}
