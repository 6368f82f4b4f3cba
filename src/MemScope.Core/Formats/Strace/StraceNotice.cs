using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Strace;

/// <summary>
/// What strace says of itself between and inside the lines: on the terminal it stands in the middle of the line that is being printed, -o avoids that.
/// <code>
/// strace: Process 16683 attached
/// strace: Process 4767 attached with 9 threads
/// strace: Process 15484 detached
/// strace: [ Process PID=28546 runs in 32 bit mode. ]
/// Process 16683 attached                                      before 4.10
/// strace: attach: ptrace(PTRACE_SEIZE, 23005): Operation not permitted
/// </code>
/// </summary>
internal static class StraceNotice
{
    private static ReadOnlySpan<byte> Tool => "strace: "u8;

    private static ReadOnlySpan<byte> Process => "Process "u8;

    /// <summary>Where in a line a notice begins that ends with the line; -1 when there is none.</summary>
    public static int At(ReadOnlySpan<byte> line)
    {
        if (line.EndsWith(" attached"u8) || line.EndsWith(" detached"u8) || line.EndsWith(" threads"u8))
        {
            var at = line.LastIndexOf(Process);
            if (at < 0 || !TryProcess(line[at..], out _, out _)) return -1;
            return line[..at].EndsWith(Tool) ? at - Tool.Length : at;
        }
        if (line.EndsWith(" mode. ]"u8)) return line.LastIndexOf("strace: [ Process PID="u8);
        return line.EndsWith(": Operation not permitted"u8) ? line.LastIndexOf("strace: attach: "u8) : -1;
    }

    /// <summary>Whether it says that a process was attached to or left.</summary>
    /// <param name="notice">From its beginning on.</param>
    /// <param name="pid">The process or thread, 0 when it names another thing.</param>
    /// <param name="attached">Attached, not detached.</param>
    public static bool TryProcess(ReadOnlySpan<byte> notice, out int pid, out bool attached)
    {
        (pid, attached) = (0, false);
        var cursor = new ByteCursor(notice);
        cursor.TrySkip(Tool);
        if (cursor.TrySkip("[ Process PID="u8)) return true;
        if (!cursor.TrySkip(Process) || !cursor.TryInt(out pid)) return false;
        attached = cursor.Rest.StartsWith(" attached"u8);
        return attached || cursor.Rest.StartsWith(" detached"u8);
    }
}
