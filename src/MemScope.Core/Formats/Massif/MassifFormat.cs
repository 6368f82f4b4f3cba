using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Massif;

/// <summary>What valgrind's massif writes for ms_print, and <c>heaptrack_print -M</c>.</summary>
internal static class MassifFormat
{
    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("massif", "valgrind massif", "valgrind --tool=massif --massif-out-file=massif.out PROGRAM", Sniff, MassifParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>The first two lines are <c>desc:</c> and <c>cmd:</c>, or a ruler and <c>snapshot=</c>.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        if (!lines.Next()) return false;
        if (lines.Line.StartsWith("desc:"u8)) return lines.Next() && lines.Line.StartsWith("cmd:"u8);
        return lines.Line.StartsWith("#---"u8) && lines.Next() && lines.Line.StartsWith("snapshot="u8);
    }
}
