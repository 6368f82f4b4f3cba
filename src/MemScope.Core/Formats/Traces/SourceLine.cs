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

    /// <summary>File and line of <c>leak.c:12</c> or, with a column, <c>leak.c:12:39</c>; the line null when there is none.</summary>
    public static (string? File, int? Line) ReadWithColumn(ReadOnlySpan<byte> text, NameTable names)
    {
        var colon = text.LastIndexOf((byte)':');
        if (colon > 0 && IsNumber(text[(colon + 1)..]) && text[..colon].LastIndexOf((byte)':') is > 0 and var before && IsNumber(text[(before + 1)..colon])) text = text[..colon];
        return Read(text, names);
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
