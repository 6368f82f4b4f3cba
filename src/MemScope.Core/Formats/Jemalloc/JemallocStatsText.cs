using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Jemalloc;

/// <summary>
/// jemalloc's statistics as text (src/stats.c):
/// <code>
/// ___ Begin jemalloc statistics ___
/// Version: "5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c"
/// Arenas: 9
/// Page size: 4096
/// Allocated: 1606000, active: 1921024, metadata: 2928528 (n_thp 0), resident: 4829184, mapped: 12472320, retained: 4304896
/// Merged arenas stats:
/// assigned threads: 1
/// decaying:  time       npages       sweeps     madvises       purged
///    dirty:   N/A           16            0            0            0
/// arenas[0]:
/// --- End jemalloc statistics ---
/// </code>
/// </summary>
internal static class JemallocStatsText
{
    private enum Section : byte { Process, Merged, Arena }

    /// <summary>The first line.</summary>
    public static ReadOnlySpan<byte> Begin => "___ Begin jemalloc statistics ___"u8;

    private static ReadOnlySpan<byte> End => "--- End jemalloc statistics ---"u8;

    /// <summary>Reads the statistics at the beginning of a text.</summary>
    /// <returns>How long they are, and whether they were read to their end.</returns>
    public static (int Length, bool IsWhole) Read(ReadOnlySpan<byte> text, JemallocStats stats)
    {
        var section = Section.Process;
        var lines = new LineReader(text);
        lines.Next();
        while (lines.Next())
        {
            if (lines.Line.StartsWith(Begin)) return (lines.Offset, false);
            if (lines.Line.StartsWith(End)) return (lines.NextOffset, true);
            // A number at the end of a file that was cut off may lack digits.
            if (!lines.IsTerminated) break;
            if (lines.Line.StartsWith("Merged arenas stats:"u8)) section = Section.Merged;
            else if (lines.Line.StartsWith("arenas["u8)) section = Section.Arena;
            else if (section == Section.Process) Take(lines.Line, stats);
            else TakeOfArena(lines.Line, section == Section.Merged, stats);
        }
        return (text.Length, false);
    }

    private static void Take(ReadOnlySpan<byte> line, JemallocStats stats)
    {
        if (Number(line, "Arenas: "u8) is { } arenas) stats.AddCount("narenas", arenas);
        else if (Number(line, "Page size: "u8) is { } page) stats.PageBytes = page;
        else if (line.StartsWith("Version: "u8)) stats.Version = NameTable.Decode(line[9..].Trim(" \"\r"u8));
        else if (line.StartsWith("Allocated: "u8)) TakeTotals(line, stats);
    }

    /// <summary><c>Allocated: 1606000, active: 1921024, metadata: 2928528 (n_thp 0), …</c></summary>
    private static void TakeTotals(ReadOnlySpan<byte> line, JemallocStats stats)
    {
        var cursor = new ByteCursor(line);
        while (!cursor.IsAtEnd)
        {
            var colon = cursor.Rest.IndexOf(": "u8);
            if (colon <= 0) return;
            var name = NameTable.Decode(cursor.Rest[..colon]);
            cursor.Skip(colon + 2);
            if (!cursor.TryDecimal(out var value) || value > long.MaxValue) return;
            stats.AddBytes(name is "Allocated" ? "allocated" : name, (long)value);
            if (cursor.TrySkip(" (n_thp "u8) && cursor.TryDecimal(out var huge) && huge <= long.MaxValue) stats.AddCount(name + "_thp", (long)huge);
            cursor.TrySkip((byte)')');
            cursor.TrySkip(", "u8);
        }
    }

    private static void TakeOfArena(ReadOnlySpan<byte> line, bool isMerged, JemallocStats stats)
    {
        if (Number(line, "assigned threads: "u8) is { } threads)
        {
            stats.AddOfArena(isMerged, "nthreads", threads);
            return;
        }
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        var name = cursor.TrySkip("dirty: "u8) ? "pdirty" : cursor.TrySkip("muzzy: "u8) ? "pmuzzy" : null;
        if (name is null) return;
        // The time until they are given back stands before the pages.
        cursor.SkipBlanks();
        cursor.Word();
        cursor.SkipBlanks();
        if (cursor.TryDecimal(out var pages) && pages <= long.MaxValue) stats.AddOfArena(isMerged, name, (long)pages);
    }

    private static long? Number(ReadOnlySpan<byte> line, ReadOnlySpan<byte> before)
    {
        if (!line.StartsWith(before)) return null;
        var cursor = new ByteCursor(line[before.Length..]);
        return cursor.TryDecimal(out var value) && value <= long.MaxValue ? (long)value : null;
    }
}
