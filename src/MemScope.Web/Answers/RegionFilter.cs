using System.Globalization;
using System.Text.RegularExpressions;

namespace MemScope.Web.Answers;

/// <summary>The filter box over regions: a regular expression, or plain text when it is none; <c>0x7f1f61ddb000</c> finds the mapping that holds the address.</summary>
public sealed class RegionFilter
{
    private const int LongestPattern = 512;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);
    private readonly Regex? _pattern;
    private readonly string _text;
    private readonly ulong? _address;

    /// <summary>A filter; nothing or blanks let everything pass.</summary>
    public RegionFilter(string? text)
    {
        _text = (text ?? "").Trim();
        if (_text.Length > LongestPattern) _text = _text[..LongestPattern];
        if (_text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && ulong.TryParse(_text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address)) _address = address;
        else if (_text.Length > 0) _pattern = Compile(_text);
    }

    /// <summary>Whether everything passes.</summary>
    public bool IsEmpty => _text.Length == 0;

    /// <summary>Whether a region passes by its range or by one of its texts.</summary>
    /// <param name="start">First address.</param>
    /// <param name="end">First address behind it.</param>
    /// <param name="texts">What is searched: name, category, permissions, range.</param>
    public bool Matches(ulong start, ulong end, params ReadOnlySpan<string> texts)
    {
        if (IsEmpty) return true;
        if (_address is { } address) return address >= start && address < end;
        foreach (var text in texts)
        {
            if (_pattern is null ? text.Contains(_text, StringComparison.OrdinalIgnoreCase) : _pattern.IsMatch(text)) return true;
        }
        return false;
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
