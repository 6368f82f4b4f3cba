using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.PerfMaps;

/// <summary>/tmp/perf-PID.map.</summary>
internal static class PerfMapFormat
{
    /// <summary>Lines of the head that must all be entries.</summary>
    private const int SniffLines = 50;

    public static InputFormat Format { get; } = new("perf-map", "JIT names, perf-PID.map", "jcmd PID Compiler.perfmap; cat /tmp/perf-PID.map", Sniff, PerfMapParser.Parse) { Family = FormatFamily.Symbols };

    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        var (entries, symbolTypes) = (0, 0);
        while (lines.Next() && lines.Number <= SniffLines)
        {
            if (!lines.IsTerminated && entries > 0) break;
            if (!PerfMapLine.TryParse(lines.Line, out var entry) || !entry.IsPlausible) return false;
            entries++;
            // `nm -S` prints address, size, a letter and the name.
            if (entry.Name.Length > 2 && char.IsAsciiLetter((char)entry.Name[0]) && entry.Name[1] == ' ') symbolTypes++;
        }
        return entries > 0 && symbolTypes < entries;
    }
}
