using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Kernel;

/// <summary>Reads a text of the kernel's figures, with times between them; any mixture of those files.</summary>
internal static class KernelText
{
    /// <summary>Enough to see what a text is; each of these formats looks anew.</summary>
    private const int SniffBytes = 16 << 10, SniffLines = 400;

    /// <summary>Lines of a prompt or of other text that a head may have.</summary>
    private const int StraysAllowed = 4;

    /// <summary>Lines with a key of its own that a bare memory.stat or memory.events must have: such keys are everyday words.</summary>
    private const int LeastBareLines = 4;

    /// <summary>Slug of what the head begins with; null when it is none of these files, or holds much else.</summary>
    public static string? Kind(ReadOnlySpan<byte> head)
    {
        var figures = new KernelFigures(new DiagnosticBag(0), new ParseOptions(Limits.Default));
        var lines = new LineReader(head[..Math.Min(head.Length, SniffBytes)]);
        var (taken, strays, known, isNamed) = (0, 0, 0, false);
        while (lines.Next() && lines.Number <= SniffLines)
        {
            var line = lines.Line;
            // The last line of a head may be cut anywhere.
            if (line.IndexOfAnyExcept(" \t\r"u8) < 0 || (!lines.IsTerminated && lines.Number > 1)) continue;
            if (figures.Take(line, lines.Number)) taken++;
            else if (TimeLine.Parse(line) is null && ++strays > StraysAllowed) return null;
            isNamed |= CgroupFile.TryParse(line, out _);
            if (KernelLine.TryWord(line, out var word) && CgroupKeys.FileOf(NameTable.Decode(word.Key)) is not null) known++;
        }
        if (taken == 0 || strays >= taken) return null;
        var kind = figures.Kinds.Count > 0 ? figures.Kinds[0] : null;
        return kind == "cgroup" && !isNamed && known < LeastBareLines ? IsPressure(head) ? kind : null : kind;
    }

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options, string slug)
    {
        var diagnostics = new DiagnosticBag();
        var figures = new KernelFigures(diagnostics, options);
        if (options.FileName is { } name) figures.Name(name);
        var lines = file.Lines(options.Limits.LineBytes);
        var times = 0;
        while (lines.Next())
        {
            var line = lines.Line;
            if (line.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            if (lines.IsTooLong) diagnostics.Add("KERNEL003", Severity.Warning, lines.Number, $"a line longer than {options.Limits.LineBytes} bytes was skipped");
            else if (figures.Take(line, lines.Number)) continue;
            else if (TimeLine.Parse(line) is { } time) figures.Time = time with { Index = times++, Line = lines.Number };
            else diagnostics.Add("KERNEL002", IsToolMessage(line) ? Severity.Info : Severity.Warning, lines.Number, "a line was not understood and skipped", line);
        }
        return ParsedCapture.Of(slug, "", figures.Finish(), diagnostics.ToList());
    }

    /// <summary>/proc/pressure/memory, or a cgroup's memory.pressure: two lines, whose kind the name alone would tell. Those of cpu and io are not distinguishable and read as memory's when named so.</summary>
    private static bool IsPressure(ReadOnlySpan<byte> head) => head.StartsWith("some avg10="u8);

    /// <summary>A folder's files include some that cannot be read: <c>grep: memory.force_empty: Invalid argument</c>.</summary>
    private static bool IsToolMessage(ReadOnlySpan<byte> line) =>
        line.StartsWith("grep: "u8) || line.StartsWith("cat: "u8) || line.StartsWith("head: "u8) || line.StartsWith("tail: "u8) || LineShape.IsToolMessage(line);
}
