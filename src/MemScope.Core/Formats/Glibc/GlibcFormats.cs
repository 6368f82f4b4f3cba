using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Glibc;

/// <summary>What glibc's allocator says of itself.</summary>
internal static class GlibcFormats
{
    /// <summary>malloc_info(3).</summary>
    public static InputFormat MallocInfo { get; } =
        new("malloc-info", "glibc malloc_info", "gdb -p PID -batch -ex 'call (int)malloc_info(0, (void *)stderr)'", head => FirstLine(head).StartsWith("<malloc version="u8), MallocInfoParser.Parse) { Family = FormatFamily.Figures };

    /// <summary>malloc_stats(3).</summary>
    public static InputFormat MallocStats { get; } =
        new("malloc-stats", "glibc malloc_stats", "gdb -p PID -batch -ex 'call (void)malloc_stats()'", HasArena, MallocStatsParser.Parse) { Family = FormatFamily.Figures };

    // The program's own output goes to standard error as well.
    private static bool HasArena(ReadOnlySpan<byte> head)
    {
        for (var lines = new LineReader(head); lines.Next();)
            if (lines.Line.SequenceEqual("Arena 0:"u8)) return lines.Next() && lines.Line.StartsWith("system bytes "u8);
        return false;
    }

    /// <summary>The first line that is neither empty nor a time.</summary>
    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head[..Math.Min(head.Length, 1024)]);
        while (lines.Next())
            if (!lines.Line.IsEmpty && Framing.TimeLine.Parse(lines.Line) is null && !lines.Line.StartsWith("<?xml"u8)) return lines.Line;
        return default;
    }
}
