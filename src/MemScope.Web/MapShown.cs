using System.Globalization;

namespace MemScope.Web;

/// <summary>What the map of the address space shows; part of its address.</summary>
/// <param name="At">Number of the snapshot, or null for the window's last.</param>
/// <param name="Span">The part of the address space as <c>7f1f5fdc5000-7f1f62200000</c>, or null for all of it.</param>
/// <param name="Scale"><see cref="Linear"/>, or null for compressed.</param>
/// <param name="Selected">Selected regions as <see cref="RegionSelection"/> writes them, or null.</param>
public sealed record MapShown(int? At = null, string? Span = null, string? Scale = null, string? Selected = null)
{
    /// <summary>Value of <c>scale</c> in an address that asks for widths to scale.</summary>
    public const string Linear = "linear";

    /// <summary>Reads the parts of an address. What cannot be read is left out; the page's gate tells it.</summary>
    public static MapShown Parse(string? at, string? span, string? scale, string? selected) =>
        new(int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null, RangeOf(span), scale == Linear ? Linear : null, RegionSelection.Parse(selected).Text);

    /// <summary>A range of addresses as an address has it, in one way of writing; null when it is none.</summary>
    public static string? RangeOf(string? span) =>
        span?.Split('-') is [var start, var end] && Hex(start) is { } from && Hex(end) is { } to && from < to ? string.Create(CultureInfo.InvariantCulture, $"{from:x}-{to:x}") : null;

    private static ulong? Hex(string text) =>
        ulong.TryParse(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address) ? address : null;
}
