using System.Globalization;

namespace MemScope.Web.Answers.Searching;

/// <summary>What a text may mean: an address, the beginning of a build id, a name.</summary>
/// <param name="Text">The text, trimmed and cut.</param>
public sealed record SearchText(string Text)
{
    private const int LongestText = 200;
    private const int LeastBuildId = 6;
    private const int MostBuildId = 128;
    private const int LeastName = 3;
    private const int LeastBareAddress = 9;
    private const int MostAddress = 16;

    /// <summary>The address, or null: <c>0x7f1f60000123</c>, nine to sixteen hex digits, or the first of a copied range.</summary>
    public ulong? Address { get; private init; }

    /// <summary>The beginning of a build id in lower-case hex, or null.</summary>
    public string? BuildId { get; private init; }

    /// <summary>Whether functions and modules can be called so.</summary>
    public bool IsName => Text.Length >= LeastName && !IsMarked && Address is null && !Text.All(char.IsAsciiDigit);

    /// <summary>Whether the text says that it is an address: then it is nothing else.</summary>
    public bool IsMarked { get; private init; }

    /// <summary>Reads a text; null when there is none.</summary>
    public static SearchText? Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        text = text.Trim();
        if (text.Length > LongestText) text = text[..LongestText];
        // A range as pages copy it, with a hyphen or an en dash.
        var ends = text.Split('-', '–');
        var isRange = ends.Length == 2 && ends.All(e => IsHex(Bare(e), 5, MostAddress));
        var first = isRange ? ends[0] : text;
        var isMarked = isRange || (first.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && IsHex(Bare(first), 1, MostAddress));
        var isAddress = isMarked || (IsHex(first, LeastBareAddress, MostAddress) && !first.All(char.IsAsciiDigit));
        return new SearchText(text)
        {
            IsMarked = isMarked,
            Address = isAddress ? ulong.Parse(Bare(first), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : null,
            BuildId = !isMarked && IsHex(text, LeastBuildId, MostBuildId) ? text.ToLowerInvariant() : null,
        };
    }

    private static string Bare(string text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;

    private static bool IsHex(string text, int least, int most) => text.Length >= least && text.Length <= most && text.All(char.IsAsciiHexDigit);
}
