using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Sanitizer;

/// <summary>
/// The lines of a report (compiler-rt's lib/lsan/lsan_common.cpp):
/// <code>
/// ==450==ERROR: LeakSanitizer: detected memory leaks
/// Direct leak of 1000000 byte(s) in 10 object(s) allocated from:
/// SUMMARY: AddressSanitizer: 1006170 byte(s) leaked in 15 allocation(s).
/// ==3299==ERROR: AddressSanitizer: heap-use-after-free on address 0x604000000013 at pc 0x55605d88b095 bp 0x7ffd536b1810 sp 0x7ffd536b1808
/// </code>
/// On a terminal they are coloured.
/// </summary>
internal static class SanitizerLine
{
    /// <summary>Kinds of leaks.</summary>
    public const string Direct = "direct leak", Indirect = "indirect leak";

    /// <summary>Whether a line begins a report; the text is what stands behind the sanitizer's name.</summary>
    public static bool IsReport(ReadOnlySpan<byte> line, out int pid, out ReadOnlySpan<byte> text)
    {
        pid = 0;
        text = default;
        var at = line.IndexOf("==ERROR: "u8);
        if (at < 0) return false;
        text = line[(at + 9)..];
        var sanitizer = text.IndexOf("Sanitizer: "u8);
        if (sanitizer is < 0 or > 10) return false;
        text = text[(sanitizer + 11)..];
        return TryPid(line[..at], out pid);
    }

    /// <summary>Whether LeakSanitizer gave up: it cannot stop the threads of a process that is traced already.</summary>
    public static bool IsFatal(ReadOnlySpan<byte> line) => line.IndexOf("==LeakSanitizer has encountered a fatal error"u8) is > 0 and var at && TryPid(line[..at], out _);

    /// <summary>The number at the end of a text behind <c>==</c>.</summary>
    private static bool TryPid(ReadOnlySpan<byte> text, out int pid)
    {
        pid = 0;
        var equals = text.LastIndexOf("=="u8);
        if (equals < 0) return false;
        var cursor = new ByteCursor(text[(equals + 2)..]);
        return cursor.TryInt(out pid) && cursor.IsAtEnd;
    }

    /// <summary>How many blanks a line begins with.</summary>
    public static int Leading(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ') is >= 0 and var at ? at : line.Length;

    /// <summary>The head of a leak.</summary>
    public static bool TryLeak(ReadOnlySpan<byte> line, out string kind, out long bytes, out long objects)
    {
        (kind, bytes, objects) = (Direct, 0, 0);
        var cursor = new ByteCursor(line);
        if (cursor.TrySkip("Indirect leak of "u8)) kind = Indirect;
        else if (!cursor.TrySkip("Direct leak of "u8)) return false;
        return TryLong(ref cursor, out bytes) && cursor.TrySkip(" byte(s) in "u8) && TryLong(ref cursor, out objects) && cursor.TrySkip(" object(s) allocated from:"u8);
    }

    /// <summary>The last line of a report of leaks.</summary>
    public static bool TrySummary(ReadOnlySpan<byte> line, out long bytes, out long allocations)
    {
        (bytes, allocations) = (0, 0);
        var sanitizer = line.IndexOf("Sanitizer: "u8);
        if (!line.StartsWith("SUMMARY: "u8) || sanitizer < 0) return false;
        var cursor = new ByteCursor(line[(sanitizer + 11)..]);
        return TryLong(ref cursor, out bytes) && cursor.TrySkip(" byte(s) leaked in "u8) && TryLong(ref cursor, out allocations);
    }

    /// <summary>A row of the table <c>Suppressions used:</c>, <c>     20       1280 make_list</c>.</summary>
    public static bool TrySuppression(ReadOnlySpan<byte> line, out long count, out long bytes)
    {
        bytes = 0;
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        if (!TryLong(ref cursor, out count)) return false;
        cursor.SkipBlanks();
        return TryLong(ref cursor, out bytes) && cursor.Next == ' ';
    }

    private static bool TryLong(ref ByteCursor cursor, out long value)
    {
        var read = cursor.TryDecimal(out var number) && number <= long.MaxValue;
        value = read ? (long)number : 0;
        return read;
    }

    /// <summary>A line without the sequences that colour it (<c>ESC [ … m</c>), in <paramref name="buffer"/> when it has some.</summary>
    public static ReadOnlySpan<byte> WithoutColours(ReadOnlySpan<byte> line, ref byte[] buffer)
    {
        const byte escape = 0x1b;
        if (line.IndexOf(escape) < 0) return line;
        if (buffer.Length < line.Length) buffer = new byte[line.Length];
        var length = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == escape && i + 1 < line.Length && line[i + 1] == '[')
            {
                var end = line[(i + 2)..].IndexOfAnyExcept(Parameters);
                if (end < 0) break;
                i += 2 + end;
            }
            else buffer[length++] = line[i];
        }
        return buffer.AsSpan(0, length);
    }

    private static readonly System.Buffers.SearchValues<byte> Parameters = System.Buffers.SearchValues.Create("0123456789;"u8);
}
