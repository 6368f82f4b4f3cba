using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Nvidia;

/// <summary>
/// The header of a CSV, which alone says what the columns are:
/// <code>
/// timestamp, index, uuid, memory.used [MiB], utilization.gpu [%]
/// gpu_uuid, pid, process_name, used_gpu_memory [MiB]
/// </code>
/// </summary>
internal sealed class NvidiaColumns
{
    private NvidiaColumns(List<Column> columns) => All = columns;

    /// <summary>From the left.</summary>
    public IReadOnlyList<Column> All { get; }

    /// <summary>A column: its name and the unit in brackets, in bytes; 0 when that is none of memory.</summary>
    internal readonly record struct Column(string Name, long UnitBytes);

    /// <summary>Position of a column, or -1.</summary>
    public int IndexOf(string name)
    {
        for (var i = 0; i < All.Count; i++)
            if (All[i].Name == name) return i;
        return -1;
    }

    /// <summary>Reads a header; null when the line is none, or one without a column of memory.</summary>
    public static NvidiaColumns? TryParse(ReadOnlySpan<byte> line, NameTable names)
    {
        const int most = 256;
        var columns = new List<Column>();
        var hasMemory = false;
        foreach (var range in line.Split(", "u8))
        {
            var field = line[range];
            var bracket = field.IndexOf(" ["u8);
            var unit = bracket > 0 && field[^1] == ']' ? field[(bracket + 2)..^1] : default;
            var name = bracket > 0 ? field[..bracket] : field;
            if (name.IsEmpty || columns.Count == most || !char.IsAsciiLetterLower((char)name[0])) return null;
            foreach (var b in name)
                if (!char.IsAsciiLetterLower((char)b) && !char.IsAsciiDigit((char)b) && b is not ((byte)'_' or (byte)'.')) return null;
            hasMemory |= name.StartsWith("memory."u8) || name.StartsWith("used_"u8) || name.StartsWith("fb_"u8) || name.StartsWith("bar1"u8) || name.StartsWith("max_memory_usage"u8);
            columns.Add(new Column(names.Get(name), UnitOf(unit)));
        }
        return hasMemory && columns.Exists(c => c.UnitBytes > 0) ? new NvidiaColumns(columns) : null;
    }

    /// <summary>How many bytes a unit is; 0 for one of no memory.</summary>
    public static long UnitOf(ReadOnlySpan<byte> unit) => unit.SequenceEqual("MiB"u8) ? 1L << 20 : unit.SequenceEqual("KiB"u8) ? 1L << 10 : unit.SequenceEqual("GiB"u8) ? 1L << 30 : unit.SequenceEqual("MB"u8) ? 1L << 20 : 0;

    /// <summary>A number with its unit, <c>24576 MiB</c>, or without, in bytes; null when it is absent (<c>[N/A]</c>).</summary>
    public static long? Bytes(ReadOnlySpan<byte> cell, long unitBytes)
    {
        var cursor = new ByteCursor(cell.Trim(" "u8));
        if (!cursor.TryDecimal(out var number)) return null;
        if (cursor.TrySkip((byte)' ')) unitBytes = UnitOf(cursor.Rest);
        else if (!cursor.IsAtEnd) return null;
        return unitBytes > 0 && number <= (ulong)(long.MaxValue / unitBytes) ? (long)number * unitBytes : null;
    }
}
