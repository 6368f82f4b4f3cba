using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Traces;

/// <summary>Reads <c>file.c:18</c> as debuggers and tracers append it.</summary>
internal static class SourceLine
{
    /// <summary>File and line of a text such as <c>" ../src/a b.c:18"</c>; both null when it is empty, the line null when it has none.</summary>
    public static (string? File, int? Line) Read(ReadOnlySpan<byte> text, NameTable names)
    {
        text = text.Trim(" "u8);
        if (text.IsEmpty) return (null, null);
        var colon = text.LastIndexOf((byte)':');
        if (colon <= 0) return (names.Get(text), null);
        var cursor = new ByteCursor(text[(colon + 1)..]);
        return cursor.TryDecimal(out var line) && cursor.IsAtEnd && line <= int.MaxValue ? (names.Get(text[..colon]), (int)line) : (names.Get(text), null);
    }
}
