namespace MemScope.Storage;

/// <summary>Makes any text fit for PostgreSQL, which knows neither U+0000 nor halves of surrogate pairs.</summary>
internal static class CleanText
{
    /// <summary>The text with what cannot be stored replaced by U+FFFD, cut at <paramref name="most"/> characters.</summary>
    public static string Of(string? text, int most = 4096)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var cut = text.Length > most ? char.IsHighSurrogate(text[most - 1]) ? text[..(most - 1)] : text[..most] : text;
        return IsClean(cut) ? cut : string.Create(cut.Length, cut, static (result, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                var pair = char.IsHighSurrogate(from[i]) ? i + 1 < from.Length && char.IsLowSurrogate(from[i + 1]) : i > 0 && char.IsSurrogatePair(from[i - 1], from[i]);
                result[i] = from[i] == '\0' || (char.IsSurrogate(from[i]) && !pair) ? '\uFFFD' : from[i];
            }
        });
    }

    /// <summary>The same, null for null and for empty text.</summary>
    public static string? OrNull(string? text, int most = 4096) => string.IsNullOrEmpty(text) ? null : Of(text, most);

    private static bool IsClean(string text)
    {
        foreach (var c in text)
            if (c == '\0' || char.IsSurrogate(c)) return false;
        return true;
    }
}
