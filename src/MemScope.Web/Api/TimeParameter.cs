using System.Globalization;

namespace MemScope.Web.Api;

/// <summary>Times in queries.</summary>
internal static class TimeParameter
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFzzz", // '+' of a zone arrives as a blank when it was not escaped; that is refused
    ];

    /// <summary>ISO 8601 with a zone, or seconds since 1970 with fraction; null when it is neither.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds <= 253402300799m ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;
        }
        if (text is not [.., 'Z' or 'z'] && (text.Length < 6 || text[^6] is not ('+' or '-'))) return null; // without a zone it is not an instant
        return DateTimeOffset.TryParseExact(text.Replace('z', 'Z'), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }
}
