using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MemScope.Web.Answers;

/// <summary>Where a page of regions ended: the sort value and the id of its last row, so that rows which come or go meanwhile neither repeat nor hide others.</summary>
internal readonly record struct RegionCursor(double Value, Guid Region)
{
    /// <summary>Text for the next page's query.</summary>
    public string Encode() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Value:R} {Region:N}")));

    /// <summary>Reads a cursor; null when it is none.</summary>
    public static RegionCursor? Decode(string text)
    {
        if (text.Length > 200 || !Base64Url.IsValid(text)) return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split(' ');
        return parts.Length == 2 && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Guid.TryParseExact(parts[1], "N", out var region)
            ? new RegionCursor(value, region)
            : null;
    }
}

/// <summary>A cursor that no answer of this server can have contained.</summary>
public sealed class BadCursorException() : Exception("The cursor is not one that this list gave.");
