using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Status;

/// <summary>
/// Reads <c>Key: number kB</c> lines that speak of the whole process. smaps_rollup: sums over all mappings, below a pseudo mapping named <c>[rollup]</c>. /proc/PID/status: sizes,
/// counts and who the process is; counters there are batched per CPU and may differ from smaps by a few pages.
/// </summary>
/// <param name="kind"><c>rollup</c> or <c>status</c>.</param>
/// <param name="diagnostics">Told what was skipped.</param>
internal sealed class FiguresBlock(string kind, DiagnosticBag diagnostics) : Block
{
    /// <summary>The unitless lines of status that are decimal numbers; the others are masks, lists and words.</summary>
    private static readonly HashSet<string> Decimals = new(StringComparer.Ordinal)
    {
        "Tgid", "Pid", "PPid", "TracerPid", "FDSize", "Threads", "CoreDumping", "THP_enabled", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches",
    };

    private readonly Dictionary<string, long> _bytes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private string? _comm;

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<byte> line, int number)
    {
        if (!KeyLine.TryParse(line, out var read)) return;
        // Only the tab is the kernel's: a name may begin or end in blanks.
        if (line.StartsWith("Name:\t"u8)) _comm = CommText.Decode(line[6..]);
        if (read.Number is not { } value) return;
        var key = NameTable.Decode(read.Key);
        if (!read.IsKiB && !Decimals.Contains(key)) return;
        if (!(read.IsKiB ? _bytes : _counts).TryAdd(key, read.IsKiB ? value * 1024 : value))
            diagnostics.Add("STATUS001", Severity.Warning, number, "stands twice; the first counts", read.Key);
    }

    /// <inheritdoc/>
    public override void End(Frame frame)
    {
        var pid = kind == "status" && _counts.TryGetValue("Pid", out var own) && own is > 0 and <= int.MaxValue ? (int)own : frame.Pid;
        frame.Figures = [new SideFigures(kind, new ProcessHint(pid, _comm), _bytes, _counts)];
    }
}
