using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Memcheck;

/// <summary>The leaks that valgrind's memcheck finds, as text or as XML.</summary>
internal static class MemcheckFormat
{
    /// <summary>Text.</summary>
    public static InputFormat Text { get; } =
        new("memcheck", "valgrind memcheck", "valgrind --leak-check=full --show-leak-kinds=all --log-file=memcheck.%p.txt PROGRAM", SniffText, MemcheckParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>XML.</summary>
    public static InputFormat Xml { get; } =
        new("memcheck-xml", "valgrind memcheck, XML", "valgrind --leak-check=full --show-leak-kinds=all --xml=yes --xml-file=memcheck.%p.xml PROGRAM", SniffXml, MemcheckXmlParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>One line that only valgrind prints is enough; the program's own output may stand around it.</summary>
    private static bool SniffText(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        while (lines.Next())
        {
            if (!ValgrindLine.TryRead(lines.Line, out var line)) continue;
            if (line.Text.SequenceEqual("HEAP SUMMARY:"u8) || line.Text.SequenceEqual("LEAK SUMMARY:"u8) || line.Text.StartsWith("Using Valgrind-"u8)) return true;
            if (LeakRecord.TryRead(line.Text, out _)) return true;
        }
        return false;
    }

    private static bool SniffXml(ReadOnlySpan<byte> head) => head.TrimStart(" \t\r\n"u8).StartsWith("<"u8) && head.IndexOf("<valgrindoutput>"u8) >= 0;
}
