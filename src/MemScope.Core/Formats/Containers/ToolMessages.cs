using System.Text;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Containers;

/// <summary>
/// What tools print when they may not, or cannot, do their work, and what helps:
/// <code>
/// cat: /proc/23005/smaps: Permission denied
/// strace: attach: ptrace(PTRACE_SEIZE, 23005): Operation not permitted
/// ERROR: bpftrace currently only supports running as the root user.
/// </code>
/// </summary>
internal static class ToolMessages
{
    private const string Owner = "Read the process as root or as its own user, while it runs: sudo cat /proc/PID/smaps > smaps.txt";

    private const string Gone = "There is no process of that number, or not any more; in a container it has another number outside. Find it with pgrep -a NAME and read it while it runs: sudo cat /proc/PID/smaps > smaps.txt";

    private const string Ptrace = "Only root, or in a container one with --cap-add=SYS_PTRACE, may trace the process, and only one tracer at a time: grep TracerPid /proc/PID/status says which is there. "
        + "End that one, then run the command again with sudo.";

    private const string PerfRoot = "Run it as root: sudo perf record -e syscalls:sys_enter_mmap -g -p PID; then sudo perf script > perf.txt. Where tracefs is not there: sudo mount -t tracefs tracefs /sys/kernel/tracing";

    private const string StandardError = "That is what bpftrace wrote to its standard error. Send the trace with it, in one file: cat trace.txt errors.txt > both.txt";

    private const string Tracepoints = "Tracepoints of syscalls need tracefs: sudo mount -t tracefs tracefs /sys/kernel/tracing; then bpftrace -l 'tracepoint:syscalls:*mmap*' must list them. "
        + "Where the kernel has none: strace -f -ttt -T -k -e trace=memory,process -o trace.txt -p PID";

    /// <summary>Words of a message, and what to do; the first that is found counts.</summary>
    private static readonly (byte[] Words, string Advice)[] All =
    [
        .. from message in new (string Words, string Advice)[]
           {
               ("ptrace(PTRACE_", Ptrace),
               ("ptrace: Operation not permitted", Ptrace),
               ("only supports running as the root user", "Run it as root: sudo bpftrace memory.bt PID > trace.txt"),
               ("tracepoint not found: ", Tracepoints),
               ("/kprobe_events): No such file", "This kernel has no kprobes. Use the tracepoints of syscalls, as the recipe memory.bt does: sudo bpftrace memory.bt PID > trace.txt"),
               ("No permissions to read /sys/kernel", PerfRoot),
               ("can't access trace events", PerfRoot),
               ("failed to look up stack id", StandardError),
               ("close perf event FD failed", StandardError),
               ("Permission denied", Owner),
               ("Operation not permitted", Owner),
               ("No such process", Gone),
               ("No such file or directory", Gone),
           }
           select (Encoding.ASCII.GetBytes(message.Words), message.Advice),
    ];

    /// <summary>What to do about the first message in a text, or null when there is none.</summary>
    /// <param name="head">The beginning of the file.</param>
    /// <param name="quote">The line of it.</param>
    public static string? AdviceOn(ReadOnlySpan<byte> head, out string quote)
    {
        quote = "";
        // A kernel thread's smaps_rollup says "No such process" too, but it is there: pmap names it.
        var isKernelThread = head.IndexOf(":   ["u8) >= 0;
        foreach (var (words, advice) in All)
        {
            if (isKernelThread && advice == Gone) continue;
            for (var lines = new LineReader(head); lines.Next();)
            {
                // A command that was typed is no message, whatever it holds; nor is the line of source that gdb could not show: "29\t../pause.c: No such file or directory."
                if (lines.Line.StartsWith("$ "u8) || IsSourceLine(lines.Line) || lines.Line.IndexOf(words) < 0) continue;
                quote = DiagnosticBag.Quote(lines.Line);
                return advice;
            }
        }
        return null;
    }

    private static bool IsSourceLine(ReadOnlySpan<byte> line) => line.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is > 0 and var digits && line[digits] == '\t';
}
