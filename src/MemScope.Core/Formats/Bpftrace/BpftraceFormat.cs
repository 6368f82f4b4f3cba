using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>bpftrace: what a script prints, as text or as JSON.</summary>
internal static class BpftraceFormat
{
    private const int LinesToLookAt = 100;

    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("bpftrace", "bpftrace", "bpftrace recipes/memory.bt PID > trace.txt", Sniff, BpftraceParser.Parse) { Family = FormatFamily.Traces };

    /// <summary>The entry of the registry for JSON.</summary>
    public static InputFormat Json { get; } = new("bpftrace-json", "bpftrace -f json", "bpftrace -f json recipes/memory.bt PID > trace.json", SniffJson, BpftraceJsonParser.Parse) { Family = FormatFamily.Traces };

    private static bool SniffJson(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        while (lines.Next() && lines.Number <= LinesToLookAt)
        {
            if (BpftraceJsonParser.IsObject(lines.Line)) return true;
        }
        return false;
    }

    /// <summary>bpftrace's own first line, the line of one of the known scripts, or a message that names it.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        while (lines.Next() && lines.Number <= LinesToLookAt)
        {
            var line = lines.Line.TrimEnd(" \t"u8);
            if (line.StartsWith("Attach"u8) && line.IndexOf(" probe"u8) is > 0 and < 24) return true;
            if (line.StartsWith("TRACE-BEGIN "u8)) return true;
            if (line.StartsWith("ERROR: "u8) && line.IndexOf("bpftrace"u8) > 0) return true;
            if (line.Length > 1 && line[0] == '@' && (line.IndexOf("]: "u8) > 0 || line.IndexOf(": "u8) > 0 || line[^1] == '[')) return true;
            if (BpftraceEvent.TryRead(line, out _, out _)) return true;
        }
        return false;
    }
}
