using System.Globalization;
using MemScope.Core.Formats.Kernel;
using MemScope.Core.Formats.Pmap;
using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Status;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Framing;

/// <summary>
/// Reads text of maps, smaps, smaps_rollup, status and pmap in any mixture: cuts it into blocks and has each block parsed, line by line. A file of many snapshots may be far
/// larger than memory; only one snapshot is bounded.
/// </summary>
internal static class FramedText
{
    /// <summary>Lines outside any block (a prompt, a message) that a head of one kind may have. With more, other formats are asked first: maps may stand above a trace.</summary>
    private const int StraysAllowed = 8;

    /// <summary>Enough to see a block behind some lines of prompt; each of these formats looks anew.</summary>
    private const int HeadBytes = 16 << 10;

    /// <summary>Slug of what the head holds: that of its one kind of block, or <c>mixed</c>; null when it holds no block.</summary>
    public static string? Kind(ReadOnlySpan<byte> head)
    {
        var framer = new Framer(new DiagnosticBag(0), Limits.Default, _ => null);
        framer.Read(new LineStream(head[..Math.Min(head.Length, HeadBytes)].ToArray(), HeadBytes));
        var slug = Slug(framer.Frames);
        return slug is not null && framer.Strays > StraysAllowed ? "mixed" : slug;
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var diagnostics = new DiagnosticBag();
        var ofBlocks = new DiagnosticBag();
        var smaps = new SmapsMemory(options);
        var framer = new Framer(diagnostics, options.Limits, frame => frame.Kind switch
        {
            FrameKind.Rollup => new FiguresBlock("rollup", ofBlocks),
            FrameKind.Status => new FiguresBlock("status", ofBlocks),
            FrameKind.Kernel => new KernelFrame(options, ofBlocks),
            FrameKind.Maps => new SmapsBlock(smaps, options, ofBlocks),
            _ => new PmapBlock(options, ofBlocks),
        });
        framer.Read(file.Lines(options.Limits.LineBytes));
        diagnostics.AddAll(ofBlocks);

        var snapshots = new List<Snapshot>();
        var figures = new List<SideFigures>();
        var timed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var frame in framer.Frames)
        {
            foreach (var read in frame.Figures) figures.Add(read with { TakenAt = TimeFor(read.Kind + read.Label, read.Process.Pid), TimeOrigin = TimeOrigin.InFile });
            if (frame.Snapshot is { } snapshot)
                snapshots.Add(snapshot with { TakenAt = TimeFor(snapshot.Source.Text(), snapshot.Process.Pid), TimeOrigin = TimeOrigin.InFile });

            // Two snapshots of one kind below one time line were not taken at the same time; only the first may have it.
            DateTimeOffset? TimeFor(string kind, int? pid)
            {
                if (frame.Time is not { } time) return null;
                if (timed.Add(string.Create(CultureInfo.InvariantCulture, $"{time.Index} {pid ?? 0} {kind}"))) return time.At;
                diagnostics.Add("FRAME006", Severity.Warning, frame.FirstLine, $"another {kind} below the time line {time.Line}: it has no time of its own");
                return null;
            }
        }
        return new ParsedCapture(Slug(framer.Frames) ?? "mixed", "", snapshots, figures, [], diagnostics.ToList());
    }

    private static string? Slug(IReadOnlyList<Frame> frames)
    {
        string? slug = null;
        var hasFigures = false;
        foreach (var frame in frames)
        {
            if (!frame.HasContent) continue;
            // Alone, the kernel's figures are formats of their own; beside other blocks they make a mixture.
            hasFigures |= frame.Kind is FrameKind.Kernel;
            if (frame.Kind is FrameKind.Kernel) continue;
            var own = SlugOf(frame);
            if (slug is not null && slug != own) return "mixed";
            slug = own;
        }
        return slug is not null && hasFigures ? "mixed" : slug;
    }

    private static string SlugOf(Frame frame) => frame.Kind switch
    {
        FrameKind.Maps => frame.Keys > 0 ? "smaps" : "maps",
        FrameKind.Rollup => "smaps-rollup",
        FrameKind.Status => "status",
        _ => "pmap",
    };
}
