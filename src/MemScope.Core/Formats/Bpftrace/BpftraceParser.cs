using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// Reads the text output of a bpftrace script that prints a line per call and a stack behind it:
/// <code>
/// Attaching 9 probes...
/// TRACE-BEGIN 3458913348160 pid=3358
/// 3458959181924 3358 3358 raw_mmap_leak mmap addr=0x0 len=98304 prot=0x3 flags=0x22 fd=-1 ret=0x7f9d013c8000
///
/// 	7f9d017dc829 syscall+25 (/usr/lib/x86_64-linux-gnu/libc.so.6)
/// 	557ba1a13c7d serve_request+61 (/opt/memscope-corpus/bin/raw_mmap_leak)
///
/// @munmap_stacks[
/// 	7f1f63569829 syscall+25 (/usr/lib/x86_64-linux-gnu/libc.so.6)
/// ]: 19650
/// @total: 3940352
/// </code>
/// A blank line ends a stack. Maps are sums over calls that are mostly printed one by one as well: they are never read as events; those with a stack in their key are kept as profiles.
/// </summary>
internal static class BpftraceParser
{
    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var trace = new BpftraceTrace(new StackTable(BpftraceFrame.Read, options) { RemembersLines = true }, options.Names);
        var maps = new BpftraceMaps(options);
        var text = new BpftraceText(trace, maps);
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.IsTooLong)
            {
                text.End();
                trace.Diagnostics.Add("BPFTRACE007", Severity.Warning, lines.Number, "A line longer than the limit was skipped", lines.Line);
            }
            else if (!lines.IsTerminated && lines.Line is [.., not (byte)')'])
            {
                // What the line ends in may lack digits or letters.
                text.End();
                trace.CutOff();
            }
            else
            {
                text.Line(lines.Line, lines.Number);
                text.TakeKnownStack(lines);
            }
        }
        text.End();
        return trace.Finish("bpftrace", maps);
    }
}
