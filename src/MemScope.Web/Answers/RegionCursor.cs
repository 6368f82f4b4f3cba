using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MemScope.Web.Answers;

/// <summary>
/// Where a page of regions ended: the place of its last row in the order (value descending, RSS descending, id), so that rows which come or go meanwhile neither repeat nor hide others.
/// </summary>
internal readonly record struct RegionCursor(double Value, long RssBytes, Guid Region)
{
    /// <summary>The order of the list.</summary>
    public static Comparer<RegionCursor> Order { get; } = Comparer<RegionCursor>.Create((a, b) =>
    {
        var order = b.Value.CompareTo(a.Value);
        if (order == 0) order = b.RssBytes.CompareTo(a.RssBytes);
        return order == 0 ? a.Region.CompareTo(b.Region) : order;
    });

    /// <summary>Text for the next page's query.</summary>
    public string Encode() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Value:R} {RssBytes} {Region:N}")));

    /// <summary>Reads a cursor; null when it is none.</summary>
    public static RegionCursor? Decode(string text)
    {
        if (text.Length > 200 || !Base64Url.IsValid(text)) return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split(' ');
        return parts.Length == 3 && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var rss) && Guid.TryParseExact(parts[2], "N", out var region)
            ? new RegionCursor(value, rss, region)
            : null;
    }
}
