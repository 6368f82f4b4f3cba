using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Perf;

/// <summary>What perf prints: perf script, perf trace, perf buildid-list.</summary>
internal static class PerfFormats
{
    private const int LinesToLookAt = 200;

    /// <summary>perf script.</summary>
    public static InputFormat Script { get; } = new("perf", "perf script", "perf script --show-mmap-events --show-task-events --show-lost-events > trace.txt", SniffScript, PerfScriptParser.Parse) { Family = FormatFamily.Traces };

    /// <summary>perf trace.</summary>
    public static InputFormat Trace { get; } = new("perf-trace", "perf trace", "perf trace -p PID -e mmap,munmap,mremap,brk,madvise --call-graph dwarf -o trace.txt", SniffTrace, PerfTraceParser.Parse) { Family = FormatFamily.Traces };

    /// <summary>perf buildid-list.</summary>
    public static InputFormat BuildIds { get; } = new("perf-buildids", "perf buildid-list", "perf buildid-list > buildids.txt", SniffBuildIds, PerfBuildIds.Parse) { Family = FormatFamily.Symbols };

    private static bool SniffTrace(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        while (lines.Next() && lines.Number <= LinesToLookAt)
            if (PerfTraceLine.TryRead(lines.Line, out _)) return true;
        return false;
    }

    private static bool SniffBuildIds(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        var any = false;
        while (lines.Next() && lines.Number <= LinesToLookAt)
        {
            if (lines.IsTerminated && !PerfBuildIds.TryLine(lines.Line, out _)) return false;
            any |= lines.IsTerminated;
        }
        return any;
    }

    /// <summary>The beginning of a sample or record, and what perf says when it may not run.</summary>
    private static bool SniffScript(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        while (lines.Next() && lines.Number <= LinesToLookAt)
        {
            var line = lines.Line;
            if (line.IsEmpty || line[0] is (byte)'\t' or (byte)'#') continue;
            if (PerfHeader.TryRead(line, out var header) && IsEvent(header.Body)) return true;
            if (line.StartsWith("event syntax error:"u8) || line.StartsWith("[ perf record: "u8)) return true;
        }
        return false;
    }

    // "PERF_RECORD_COMM: …", "syscalls:sys_enter_mmap: …", "1 page-faults:".
    private static bool IsEvent(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("PERF_RECORD_"u8)) return true;
        var cursor = new ByteCursor(body);
        var hasPeriod = cursor.TryDecimal(out _) && cursor.Next == ' ';
        cursor.SkipBlanks();
        var name = cursor.Word();
        return name is [.., (byte)':'] && name.Length > 2 && (hasPeriod || name[..^1].IndexOf((byte)':') > 0 || cursor.Rest.Trim(" "u8).IsEmpty);
    }
}
