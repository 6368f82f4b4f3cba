namespace MemScope.Storage.Queries;

/// <summary>Text as a pattern of LIKE.</summary>
internal static class LikePattern
{
    private const int LongestText = 200;

    /// <summary>Matches the text anywhere, its wildcards as themselves; empty for no text.</summary>
    public static string Anywhere(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        var clean = CleanText.Of(text.Trim(), LongestText).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
        return $"%{clean}%";
    }
}
