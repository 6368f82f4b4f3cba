using System.Globalization;

namespace MemScope.Symbols.Lines;

/// <summary>Reads what <c>addr2line -f -i</c> prints for an address. Names and paths in it come from a hostile file.</summary>
/// <remarks>
/// Two lines per level, innermost first: <c>leaky</c>, then <c>/src/leak.c:12</c>, perhaps with <c> (discriminator 3)</c> behind it. Unknown are <c>??</c> and <c>??:0</c>,
/// <c>??:?</c>, <c>/src/leak.c:?</c>, <c>:?</c> (binutils/addr2line.c, translate_addresses).
/// </remarks>
internal static class Addr2lineAnswer
{
    /// <summary>Inlining deeper than that is cut: compilers stay far below.</summary>
    private const int MostFrames = 256;

    private const string Unknown = "??";
    private const string Discriminator = " (discriminator ";

    /// <summary>The frames, names mangled.</summary>
    public static Symbolization Read(string block)
    {
        var lines = block.Split('\n');
        var levels = Math.Min(lines.Length / 2, MostFrames);
        var frames = new List<SymbolizedFrame>(levels);
        for (var i = 0; i < levels; i++)
        {
            var (file, line) = Place(lines[(2 * i) + 1]);
            var frame = new SymbolizedFrame(lines[2 * i] is { Length: > 0 } name and not Unknown ? name : null, file, line, Inlined: i < levels - 1);
            if (frame is not { Function: null, File: null }) frames.Add(frame);
        }
        return frames.Count > 0 ? new Symbolization(frames, null, null) : Symbolization.Of(SymbolMiss.UnknownAddress, "Neither a function nor a line covers the address.");
    }

    private static (string? File, int? Line) Place(string text)
    {
        var note = text.LastIndexOf(Discriminator, StringComparison.Ordinal);
        if (note > 0 && text.EndsWith(')')) text = text[..note];
        var colon = text.LastIndexOf(':');
        if (colon < 0) return (null, null);
        var file = text[..colon] is { Length: > 0 } name and not Unknown ? name : null;
        return (file, file is not null && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > 0 ? line : null);
    }
}
