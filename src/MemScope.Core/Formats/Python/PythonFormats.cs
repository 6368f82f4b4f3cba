using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Python;

/// <summary>What Python's memory tools print. Their binary files (tracemalloc's pickle, memray's recording) are refused with advice.</summary>
internal static class PythonFormats
{
    private const int SniffLines = 12;

    /// <summary>Statistics of tracemalloc.</summary>
    public static InputFormat Tracemalloc { get; } =
        new("tracemalloc", "Python tracemalloc statistics", "for s in tracemalloc.take_snapshot().statistics('lineno'): print(s)", SniffTracemalloc, TracemallocParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>Tables of guppy3.</summary>
    public static InputFormat Guppy { get; } = new("guppy", "Python guppy3 heap", "print(guppy.hpy().heap())", SniffGuppy, GuppyParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>Statistics of memray.</summary>
    public static InputFormat MemrayStats { get; } = new("memray-stats", "memray stats", "memray stats --json -o stats.json memray.bin",
        head => IsObject(head) && head.IndexOf("\"total_num_allocations\""u8) >= 0 && head.IndexOf("\"total_bytes_allocated\""u8) >= 0, MemrayStatsParser.Parse) { Family = FormatFamily.Figures };

    /// <summary>Allocations of memray, one by line.</summary>
    public static InputFormat MemrayCsv { get; } = new("memray-csv", "memray allocations", "memray transform csv memray.bin", head => head.StartsWith(MemrayCsvParser.Header), MemrayCsvParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>Allocations of memray for gprof2dot.</summary>
    public static InputFormat MemrayGprof { get; } = new("memray-gprof2dot", "memray allocations for gprof2dot", "memray transform gprof2dot memray.bin",
        head => IsObject(head) && head.IndexOf("\"costs\""u8) is > 0 and < 64 && head.IndexOf("\"callchain\""u8) >= 0, MemrayGprofParser.Parse) { Family = FormatFamily.HeapProfiles };

    private static bool IsObject(ReadOnlySpan<byte> head) => head.TrimStart(" \t\r\n"u8).StartsWith("{"u8);

    private static bool SniffTracemalloc(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head[..Math.Min(head.Length, 4096)]);
        while (lines.Next() && lines.Number <= SniffLines)
            if (TracemallocLine.TryParse(lines.Line, out var line) && line.Kind is not TracemallocKind.Other) return line.Kind is not (TracemallocKind.Rest or TracemallocKind.Total);
        return false;
    }

    private static bool SniffGuppy(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head[..Math.Min(head.Length, 4096)]);
        while (lines.Next() && lines.Number <= SniffLines)
            if (GuppyParser.IsTitle(lines.Line, out _, out _)) return true;
        return false;
    }
}
