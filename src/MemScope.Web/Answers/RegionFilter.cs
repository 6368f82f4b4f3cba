using System.Globalization;

namespace MemScope.Web.Answers;

/// <summary>The filter box over regions: a regular expression, or plain text when it is none; <c>0x7f1f61ddb000</c> finds the mapping that holds the address.</summary>
public sealed class RegionFilter
{
    private readonly TextPattern _pattern;
    private readonly ulong? _address;

    // Names, categories and permissions are the same strings in many regions, and a regular expression is slow.
    private readonly Dictionary<string, bool> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>A filter; nothing or blanks let everything pass.</summary>
    public RegionFilter(string? text)
    {
        _pattern = new TextPattern(text);
        if (_pattern.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && ulong.TryParse(_pattern.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address)) _address = address;
    }

    /// <summary>Whether everything passes.</summary>
    public bool IsEmpty => _pattern.IsEmpty;

    /// <summary>Whether a region passes by its range or by one of its texts.</summary>
    /// <param name="start">First address.</param>
    /// <param name="end">First address behind it.</param>
    /// <param name="range">Its addresses as text, which is searched too.</param>
    /// <param name="texts">What else is searched: name, category, permissions.</param>
    public bool Matches(ulong start, ulong end, string range, params ReadOnlySpan<string> texts)
    {
        if (IsEmpty) return true;
        if (_address is { } address) return address >= start && address < end;
        foreach (var text in texts)
        {
            if (!_known.TryGetValue(text, out var matches)) _known[text] = matches = _pattern.Matches(text);
            if (matches) return true;
        }
        return _pattern.Matches(range);
    }
}
