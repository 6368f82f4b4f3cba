using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Gdb;

/// <summary>The log of a gdb batch run with a breakpoint at the system calls that map memory.</summary>
internal static class GdbFormat
{
    private const int LinesToLookAt = 400;

    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("gdb", "gdb batch log", "gdb -p PID -batch -x recipes/syscalls.gdb > trace.txt", Sniff, GdbParser.Parse) { Family = FormatFamily.Traces };

    /// <summary>A hit line, a frame at the beginning of a line, or what gdb prints when it attaches or may not.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        while (lines.Next() && lines.Number <= LinesToLookAt)
        {
            var line = lines.Line;
            if (line.StartsWith("=== hit "u8) || line.StartsWith("[Thread debugging using "u8)) return true;
            if (GdbMappings.IsTitles(line)) return true;
            if (line.StartsWith("#0  "u8) && line.IndexOf(" ("u8) > 0) return true;
            if (line.StartsWith("Breakpoint 1 at 0x"u8) || line.StartsWith("ptrace: Operation not permitted"u8)) return true;
        }
        return false;
    }
}
