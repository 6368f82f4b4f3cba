using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Jvm;

/// <summary>What HotSpot says of its own memory.</summary>
internal static class JvmFormats
{
    /// <summary>Enough for the lines that jcmd and a program print first.</summary>
    private const int SniffLines = 200;

    /// <summary>Native memory tracking.</summary>
    public static InputFormat Nmt { get; } = new("jvm-nmt", "JVM native memory tracking", "jcmd PID VM.native_memory summary", head => HasLine(head, "Native Memory Tracking:"u8, "Total: reserved="u8), NmtParser.Parse) { Family = FormatFamily.Figures };

    /// <summary>Live objects by class.</summary>
    public static InputFormat Histogram { get; } = new("jvm-histogram", "JVM class histogram", "jcmd PID GC.class_histogram", head => HasLine(head, " num     #instances         #bytes  class name"u8, "-----"u8), HistogramParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>Whether a line begins with the first text and a later one with the second, before any that belongs to another tool.</summary>
    private static bool HasLine(ReadOnlySpan<byte> head, ReadOnlySpan<byte> first, ReadOnlySpan<byte> then)
    {
        var lines = new LineReader(head);
        var found = false;
        while (lines.Next() && lines.Number <= SniffLines)
        {
            if (!found) found = lines.Line.StartsWith(first);
            else if (lines.Line.StartsWith(then)) return true;
        }
        return false;
    }
}
