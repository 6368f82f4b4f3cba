using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Status;

/// <summary>Reads <c>Key: number kB</c> lines that speak of the whole process: smaps_rollup and status.</summary>
internal static class FiguresBlock
{
    /// <summary>The unitless lines of status that are decimal numbers; the others are masks, lists and words.</summary>
    private static readonly HashSet<string> Decimals = new(StringComparer.Ordinal)
    {
        "Tgid", "Pid", "PPid", "TracerPid", "FDSize", "Threads", "CoreDumping", "THP_enabled", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches",
    };

    /// <summary>Sums over all mappings, below a pseudo mapping named <c>[rollup]</c>.</summary>
    public static SideFigures Rollup(ReadOnlySpan<byte> text, Frame frame, DiagnosticBag diagnostics) => Read("rollup", text, frame, diagnostics);

    /// <summary>/proc/PID/status: sizes, counts and who the process is. Counters there are batched per CPU and may differ from smaps by a few pages.</summary>
    public static SideFigures Status(ReadOnlySpan<byte> text, Frame frame, DiagnosticBag diagnostics) => Read("status", text, frame, diagnostics);

    private static SideFigures Read(string kind, ReadOnlySpan<byte> text, Frame frame, DiagnosticBag diagnostics)
    {
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        string? comm = null;
        var lines = new LineReader(text, frame.FirstLine);
        while (lines.Next())
        {
            if (!KeyLine.TryParse(lines.Line, out var line)) continue;
            // Only the tab is the kernel's: a name may begin or end in blanks.
            if (lines.Line.StartsWith("Name:\t"u8)) comm = NameTable.Decode(Unescape(lines.Line[6..]));
            if (line.Number is not { } number) continue;
            var key = NameTable.Decode(line.Key);
            if (!line.IsKiB && !Decimals.Contains(key)) continue;
            if (!(line.IsKiB ? bytes : counts).TryAdd(key, line.IsKiB ? number * 1024 : number))
                diagnostics.Add("STATUS001", Severity.Warning, lines.Number, "stands twice; the first counts", line.Key);
        }
        var pid = counts.TryGetValue("Pid", out var own) && own is > 0 and <= int.MaxValue ? (int)own : frame.Pid;
        return new SideFigures(kind, new ProcessHint(kind == "status" ? pid : frame.Pid, comm), bytes, counts);
    }

    /// <summary>The kernel prints a newline in a name as \n and a backslash as \\ (fs/proc/array.c, proc_task_name).</summary>
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> name)
    {
        if (name.IndexOf((byte)'\\') < 0) return name;
        var plain = new List<byte>(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var escaped = name[i] == '\\' && i + 1 < name.Length && name[i + 1] is (byte)'n' or (byte)'\\';
            if (escaped) i++;
            plain.Add(escaped && name[i] == 'n' ? (byte)'\n' : name[i]);
        }
        return plain.ToArray();
    }
}
