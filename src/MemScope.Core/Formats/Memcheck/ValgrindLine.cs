using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Memcheck;

/// <summary>
/// A line that valgrind printed. It begins with the process's id, before which --time-stamp=yes puts days, hours, minutes, seconds and milliseconds since the start:
/// <code>
/// ==2877== 1,000,000 bytes in 10 blocks are definitely lost in loss record 3 of 3
/// ==00:00:00:01.234 2877== HEAP SUMMARY:
/// a line of the program==2877== HEAP SUMMARY:
/// </code>
/// </summary>
internal ref struct ValgrindLine
{
    /// <summary>The process.</summary>
    public int Pid { get; private set; }

    /// <summary>Time since the start in nanoseconds, or null.</summary>
    public long? ElapsedNs { get; private set; }

    /// <summary>What stands behind the id and its blank.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>Finds valgrind's text in a line; false when all of it is the program's.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out ValgrindLine read)
    {
        while (true)
        {
            var at = line.IndexOf("=="u8);
            if (at < 0)
            {
                read = default;
                return false;
            }
            if (TryReadHere(line[at..], out read)) return true;
            line = line[(at + 1)..];
        }
    }

    private static bool TryReadHere(ReadOnlySpan<byte> line, out ValgrindLine read)
    {
        read = default;
        var cursor = new ByteCursor(line[2..]);
        var start = cursor;
        if (TryElapsed(ref cursor, out var elapsed) && cursor.TrySkip(" "u8)) read.ElapsedNs = elapsed;
        else cursor = start;
        if (!cursor.TryInt(out var pid) || !cursor.TrySkip("=="u8) || !(cursor.IsAtEnd || cursor.Next == ' ')) return false;
        cursor.TrySkip((byte)' ');
        read.Pid = pid;
        read.Text = cursor.Rest;
        return true;
    }

    /// <summary><c>00:00:00:01.234</c> in nanoseconds.</summary>
    public static bool TryElapsed(ref ByteCursor cursor, out long nanoseconds)
    {
        nanoseconds = 0;
        if (!cursor.TryInt(out var days) || !cursor.TrySkip(":"u8) || !cursor.TryInt(out var hours) || !cursor.TrySkip(":"u8) || !cursor.TryInt(out var minutes) || !cursor.TrySkip(":"u8)
            || !cursor.TryInt(out var seconds) || !cursor.TrySkip("."u8) || !cursor.TryInt(out var milliseconds) || days > 100_000 || Math.Max(Math.Max(hours, minutes), Math.Max(seconds, milliseconds)) > 999) return false;
        nanoseconds = ((((((days * 24L) + hours) * 60) + minutes) * 60 + seconds) * 1000 + milliseconds) * 1_000_000;
        return true;
    }
}
