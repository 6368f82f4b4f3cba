using System.Buffers.Text;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Python;

/// <summary>What a line of tracemalloc's statistics says.</summary>
internal enum TracemallocKind : byte
{
    /// <summary>None of these.</summary>
    Other,
    /// <summary>One place with its bytes.</summary>
    Place,
    /// <summary>Bytes whose traceback stands below.</summary>
    Blocks,
    /// <summary>A frame of a traceback.</summary>
    Frame,
    /// <summary>The places that were not printed.</summary>
    Rest,
    /// <summary>The sum over all places.</summary>
    Total,
}

/// <summary>
/// A line of tracemalloc's statistics (Lib/tracemalloc.py, Statistic.__str__), or as its documentation prints them:
/// <code>
/// /app/leak.py:10: size=984 KiB (+984 KiB), count=31 (+31), average=31.7 KiB
/// 21 memory blocks: 977.2 KiB
///   File "/app/leak.py", line 15
/// #1: /app/leak.py:10: 983.5 KiB
/// 1 other: 0.1 KiB
/// Total allocated size: 984.3 KiB
/// </code>
/// Sizes have three digits or so; what is exact is only below 10 KiB.
/// </summary>
internal readonly ref struct TracemallocLine
{
    /// <summary>What it is.</summary>
    public TracemallocKind Kind { get; private init; }

    /// <summary><c>file:line</c>; of a frame the file only.</summary>
    public ReadOnlySpan<byte> Place { get; private init; }

    /// <summary>Bytes.</summary>
    public long Size { get; private init; }

    /// <summary>By how many bytes it grew since the older snapshot, or null.</summary>
    public long? SizeChange { get; private init; }

    /// <summary>Blocks, or null; of a frame the line number.</summary>
    public long? Count { get; private init; }

    /// <summary>By how many blocks it grew, or null.</summary>
    public long? CountChange { get; private init; }

    /// <summary>Reads a line; false when it is none of these.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out TracemallocLine read)
    {
        read = default;
        var size = line.LastIndexOf(": size="u8);
        if (size > 0) return TryStatistic(line[..size], line[(size + ": size="u8.Length)..], out read);
        if (line.StartsWith("  File \""u8)) return TryFrame(line["  File \""u8.Length..], out read);
        var colon = line.LastIndexOf(": "u8);
        if (colon <= 0 || !TrySize(line[(colon + 2)..], out var bytes, out var rest) || !rest.IsEmpty) return false;
        var cursor = new ByteCursor(line[..colon]);
        if (line[..colon].SequenceEqual("Total allocated size"u8)) read = new TracemallocLine { Kind = TracemallocKind.Total, Size = bytes };
        else if (cursor.TryInt(out var blocks)) read = cursor.Rest.SequenceEqual(" memory blocks"u8) ? new TracemallocLine { Kind = TracemallocKind.Blocks, Size = bytes, Count = blocks }
            : cursor.Rest.SequenceEqual(" other"u8) ? new TracemallocLine { Kind = TracemallocKind.Rest, Size = bytes } : default;
        else if (cursor.TrySkip((byte)'#') && cursor.TryInt(out _) && cursor.TrySkip(": "u8) && IsPlace(cursor.Rest)) read = new TracemallocLine { Kind = TracemallocKind.Place, Place = cursor.Rest, Size = bytes };
        return read.Kind != TracemallocKind.Other;
    }

    private static bool TryStatistic(ReadOnlySpan<byte> place, ReadOnlySpan<byte> text, out TracemallocLine read)
    {
        read = default;
        if (!IsPlace(place) || !TrySize(text, out var size, out var rest)) return false;
        long? sizeChange = null, countChange = null;
        var cursor = new ByteCursor(rest);
        if (cursor.TrySkip(" ("u8))
        {
            if (!TrySize(cursor.Rest, out var change, out rest)) return false;
            sizeChange = change;
            cursor = new ByteCursor(rest);
            if (!cursor.TrySkip((byte)')')) return false;
        }
        if (!cursor.TrySkip(", count="u8) || !cursor.TryInt(out var count)) return false;
        if (cursor.TrySkip(" ("u8))
        {
            var sign = cursor.Next == '-' ? -1 : 1;
            cursor.Skip(1);
            if (!cursor.TryInt(out var change)) return false;
            countChange = sign * (long)change;
        }
        read = new TracemallocLine { Kind = TracemallocKind.Place, Place = place, Size = size, SizeChange = sizeChange, Count = count, CountChange = countChange };
        return true;
    }

    private static bool TryFrame(ReadOnlySpan<byte> text, out TracemallocLine read)
    {
        read = default;
        var end = text.LastIndexOf("\", line "u8);
        if (end <= 0) return false;
        var cursor = new ByteCursor(text[(end + "\", line "u8.Length)..]);
        if (!cursor.TryInt(out var number)) return false;
        read = new TracemallocLine { Kind = TracemallocKind.Frame, Place = text[..end], Count = number };
        return true;
    }

    /// <summary>A path and a line number.</summary>
    private static bool IsPlace(ReadOnlySpan<byte> text)
    {
        var colon = text.LastIndexOf((byte)':');
        return colon > 0 && colon + 1 < text.Length && !text[(colon + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary><c>984 KiB</c>, <c>+31.7 KiB</c>, <c>-152 B</c>.</summary>
    private static bool TrySize(ReadOnlySpan<byte> text, out long bytes, out ReadOnlySpan<byte> rest)
    {
        bytes = 0;
        rest = default;
        if (text.IsEmpty || text[0] is (byte)' ' || !Utf8Parser.TryParse(text, out double number, out var used) || !double.IsFinite(number)) return false;
        var cursor = new ByteCursor(text[used..]);
        var shift = cursor.TrySkip(" B"u8) ? 0 : cursor.TrySkip(" KiB"u8) ? 10 : cursor.TrySkip(" MiB"u8) ? 20 : cursor.TrySkip(" GiB"u8) ? 30 : cursor.TrySkip(" TiB"u8) ? 40 : -1;
        if (shift < 0 || Math.Abs(number) > (double)(1L << 62) / (1L << shift)) return false;
        bytes = (long)Math.Round(number * (1L << shift));
        rest = cursor.Rest;
        return true;
    }
}
