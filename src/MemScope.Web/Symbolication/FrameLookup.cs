using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Web.Symbolication;

/// <summary>
/// By what the name of a frame is looked up in the files of its module. It stands with the frame, so that a frozen one can be named again when a better file arrives:
/// <c>file 0x3185</c>, <c>printed 0x11de +0x1e</c>.
/// </summary>
/// <param name="Kind">What <paramref name="Address"/> is: file offset, link address, or one of the two as the tracer printed it, which the symbols decide.</param>
/// <param name="Address">An address inside the calling instruction.</param>
/// <param name="FunctionOffset">Bytes from the function's start to it as the tracer printed them, or null.</param>
internal readonly record struct FrameLookup(FrameAddressKind Kind, ulong Address, ulong? FunctionOffset)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var word = Kind switch { FrameAddressKind.FileOffset => "file", FrameAddressKind.LinkAddress => "link", _ => "printed" };
        return FunctionOffset is { } offset ? string.Create(CultureInfo.InvariantCulture, $"{word} 0x{Address:x} +0x{offset:x}") : string.Create(CultureInfo.InvariantCulture, $"{word} 0x{Address:x}");
    }

    /// <summary>Reads <see cref="ToString"/>'s form; null for anything else.</summary>
    public static FrameLookup? Parse(string? text)
    {
        if (text?.Split(' ') is not [var word, var number, .. var rest] || rest.Length > 1 || Hex(number, "0x") is not { } address) return null;
        FrameAddressKind? kind = word switch { "file" => FrameAddressKind.FileOffset, "link" => FrameAddressKind.LinkAddress, "printed" => FrameAddressKind.InModule, _ => null };
        var offset = rest is [var last] ? Hex(last, "+0x") : null;
        return kind is { } known && rest.Length == (offset is null ? 0 : 1) ? new FrameLookup(known, address, offset) : null;
    }

    private static ulong? Hex(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
}
