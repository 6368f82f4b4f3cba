using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Folded;

/// <summary>Folded (collapsed) stacks, the input of flamegraph.pl, from whichever tool.</summary>
internal static class FoldedFormat
{
    /// <summary>The entry of the registry. Nothing marks the format, so all others that know their file go first.</summary>
    public static InputFormat Format { get; } =
        new("folded", "Folded stacks", "heaptrack_print --flamegraph-cost-type leaked -F stacks.folded heaptrack.PROGRAM.PID.zst", Sniff, FoldedParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>Of the lines four in five end in a number, and half of those have several frames.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        if (head.Contains((byte)0)) return false;
        int all = 0, stacks = 0, deep = 0;
        var lines = new LineReader(head);
        while (lines.Next())
        {
            // The last line of the head is cut anywhere.
            if (lines.Line.IsEmpty || lines.Line[0] == '#' || (!lines.IsTerminated && all > 0)) continue;
            all++;
            if (!FoldedLine.TryRead(lines.Line, out var line) || line.HasBlankBehindSemicolon) continue;
            stacks++;
            if (line.Stack.Contains((byte)';')) deep++;
        }
        return stacks > 0 && stacks * 5L >= all * 4L && deep * 2L >= stacks;
    }
}
