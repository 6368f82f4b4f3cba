using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Kernel;

/// <summary>
/// /proc/PID/stat (proc(5); fs/proc/array.c, do_task_stat): 52 fields in newer kernels, 44 before 3.3. The name stands in parentheses and may itself hold blanks and parentheses:
/// <code>
/// 16128 (odd ) name() S 16124 16114 4739 0 -1 4194304 120 0 0 0 0 0 0 0 20 0 1 0 199482 2990080 412 18446744073709551615 …
/// </code>
/// </summary>
internal static class StatLine
{
    /// <summary>Fields as proc(5) numbers them; the first behind the name is 3.</summary>
    private const int FirstField = 3, StartTime = 22, Rss = 24, LeastFields = 24, MostFields = 60;

    /// <summary>The fields that are kept, by proc(5)'s name. Bytes first, then counts; the others are masks, ids, and addresses that the kernel hides from other users.</summary>
    private static readonly (int Field, string Key, bool IsBytes)[] Kept =
    [
        (23, "vsize", true), (25, "rsslim", true), (10, "minflt", false), (11, "cminflt", false), (12, "majflt", false), (13, "cmajflt", false), (14, "utime", false), (15, "stime", false),
        (20, "num_threads", false), (26, "startcode", false), (27, "endcode", false), (28, "startstack", false), (42, "delayacct_blkio_ticks", false), (45, "start_data", false),
        (46, "end_data", false), (47, "start_brk", false),
    ];

    /// <summary>Reads such a line; null for any other. <paramref name="pageBytes"/> is the size of a page, which the file counts in.</summary>
    public static SideFigures? Parse(ReadOnlySpan<byte> line, long pageBytes)
    {
        Span<ulong> fields = stackalloc ulong[MostFields];
        var count = Read(line, out var pid, out var comm, fields);
        if (count == 0) return null;
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (field, key, isBytes) in Kept)
        {
            // No limit stands as 2^64 - 1, a hidden address as 0 or 1.
            if (field >= count || fields[field] > long.MaxValue || (field > Rss && fields[field] <= 1 && !isBytes && field != 42)) continue;
            (isBytes ? bytes : counts).Add(key, (long)fields[field]);
        }
        if (fields[Rss] <= (ulong)(long.MaxValue / pageBytes)) bytes.Add("rss", (long)fields[Rss] * pageBytes);
        return new SideFigures("stat", new ProcessHint(pid, CommText.Decode(comm), StartTicks: fields[StartTime]), bytes, counts);
    }

    /// <summary>Whether a line is such a line.</summary>
    public static bool Recognises(ReadOnlySpan<byte> line)
    {
        Span<ulong> fields = stackalloc ulong[MostFields];
        return Read(line, out _, out _, fields) > 0;
    }

    /// <summary>Reads a line into its fields; the number of the last field plus 1, or 0 when it is no such line.</summary>
    private static int Read(ReadOnlySpan<byte> line, out int pid, out ReadOnlySpan<byte> comm, Span<ulong> fields)
    {
        comm = default;
        var cursor = new ByteCursor(line);
        if (!cursor.TryInt(out pid) || !cursor.TrySkip(" ("u8)) return 0;
        var close = cursor.Rest.LastIndexOf((byte)')');
        if (close < 0) return 0;
        comm = cursor.Rest[..close];
        return ReadNumbers(cursor.Rest[(close + 1)..], fields) is >= LeastFields and var count ? count : 0;
    }

    /// <summary>Reads state and numbers into their places; the number of the last field plus 1, or 0 when something else stands there.</summary>
    private static int ReadNumbers(ReadOnlySpan<byte> text, Span<ulong> fields)
    {
        var cursor = new ByteCursor(text);
        if (!cursor.TrySkip((byte)' ') || !char.IsAsciiLetter((char)cursor.Next)) return 0;
        cursor.Skip(1);
        var field = FirstField + 1;
        for (; field < fields.Length && cursor.TrySkip((byte)' ') && !cursor.IsAtEnd; field++)
        {
            if (!cursor.TryNumber(out fields[field])) return 0;
        }
        return cursor.IsAtEnd ? field : 0;
    }
}
