using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Heaptrack;

/// <summary>heaptrack's data files, as the preloaded library writes them (raw) and as heaptrack_interpret leaves them.</summary>
internal static class HeaptrackFormat
{
    /// <summary>What a line may begin with, in either kind of file.</summary>
    private static ReadOnlySpan<byte> Letters => "xXISAmsitacR+-#"u8;

    /// <summary>The format.</summary>
    public static InputFormat Format { get; } = new("heaptrack", "heaptrack data file", "heaptrack PROGRAM (or heaptrack --raw PROGRAM, heaptrack -p PID)", Sniff, HeaptrackParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary><c>v 10400 3</c>, then a line of one of the letters.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        if (!lines.Next()) return false;
        var cursor = new ByteCursor(lines.Line);
        if (!cursor.TrySkip("v "u8) || !cursor.TryHex(out _)) return false;
        if (cursor.TrySkip((byte)' ') && !cursor.TryHex(out _)) return false;
        cursor.TrySkip((byte)'\r');
        return cursor.IsAtEnd && (!lines.Next() || lines.Line is [] or [(byte)'\r'] || (Letters.Contains(lines.Line[0]) && lines.Line is [_] or [_, (byte)' ' or (byte)'\r', ..]));
    }
}
