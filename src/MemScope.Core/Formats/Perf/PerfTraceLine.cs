using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// The parts of a line of perf trace (tools/perf/builtin-trace.c, trace__fprintf_entry_head). The thread is printed where there are several:
/// <code>
///     34.171 ( 0.031 ms): leak/5206 mmap(len: 8192, prot: READ|WRITE, flags: SHARED, fd: 4)   = 0x7fa1b2c00000
///      2.617 (         ): thr/2379 munmap(addr: 0x7fcaea4f3000, len: 20480)                           ...
///      2.617 ( 2.020 ms): thr/2379  ... [continued]: munmap())                                            = 0
///          ? (         ): thr/2076  ... [continued]: clone3())                                           = 0
/// </code>
/// </summary>
internal readonly ref struct PerfTraceLine
{
    private const int MillisecondPlaces = 3;
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>Thread id, 0 when not printed.</summary>
    public int Tid { get; private init; }

    /// <summary>Name of the thread; empty when not printed.</summary>
    public ReadOnlySpan<byte> Comm { get; private init; }

    /// <summary>Beginning of the call in nanoseconds since the trace began; 0 when not known.</summary>
    public long TimeNs { get; private init; }

    /// <summary>Name of the call, or of another event.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>What stands behind the opening parenthesis.</summary>
    public ReadOnlySpan<byte> Arguments { get; private init; }

    /// <summary>Whether the line is the second half of a call.</summary>
    public bool IsContinued { get; private init; }

    /// <summary>Whether the line is a call; else it is another event, such as <c>minfault [memset+0x12] => …</c>.</summary>
    public bool IsCall => !Arguments.IsEmpty;

    /// <summary>Reads a line; false when it does not begin as one of perf trace does.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out PerfTraceLine result)
    {
        result = default;
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        long timeNs = 0;
        if (!cursor.TrySkip("?"u8) && !TryTime(ref cursor, out timeNs)) return false;
        if (!cursor.TrySkip(" ("u8)) return false;
        cursor.SkipBlanks();
        if (cursor.TryDecimal(out _) && (!cursor.TrySkip("."u8) || !cursor.TryDecimal(out _) || !cursor.TrySkip(" ms"u8))) return false;
        if (!cursor.TrySkip("): "u8)) return false;
        var text = cursor.Rest;
        var continued = text.IndexOf("... [continued]: "u8);
        var before = continued >= 0 ? text[..continued] : default;
        if (continued >= 0) text = text[(continued + "... [continued]: "u8.Length)..];
        var open = OpenOfCall(text, out var start);
        if (open < 0) start = StartOfFault(text);
        if (continued < 0) before = text[..start];
        var tid = Thread(before, out var comm);
        result = new PerfTraceLine
        {
            Tid = tid,
            Comm = comm,
            TimeNs = timeNs,
            Name = open < 0 ? new ByteCursor(text[start..]).Word() : text[start..open],
            Arguments = open < 0 ? default : text[(open + 1)..],
            IsContinued = continued >= 0,
        };
        return true;
    }

    private static bool TryTime(ref ByteCursor cursor, out long timeNs)
    {
        timeNs = 0;
        if (!cursor.TryDecimal(out var milliseconds) || !cursor.TrySkip("."u8)) return false;
        var before = cursor.Rest.Length;
        if (!cursor.TryDecimal(out var microseconds) || before - cursor.Rest.Length != MillisecondPlaces || milliseconds > long.MaxValue / 1_000_000 - 1) return false;
        timeNs = ((long)milliseconds * 1000 + (long)microseconds) * NanosecondsPerMicrosecond;
        return true;
    }

    // The comm may hold blanks and parentheses: "(sd-pam)/33 mmap(len: …".
    private static int OpenOfCall(ReadOnlySpan<byte> text, out int start)
    {
        start = 0;
        for (var from = 0; text[from..].IndexOf((byte)'(') is >= 0 and var found; from += found + 1)
        {
            var open = from + found;
            start = open;
            while (start > 0 && (char.IsAsciiLetterOrDigit((char)text[start - 1]) || text[start - 1] == '_')) start--;
            if (start < open && (start == 0 || text[start - 1] == ' ')) return open;
        }
        return -1;
    }

    // "thr/2084 minfault [memset+0x12] => /usr/lib/libc.so.6@0x1ab70 (d.)"
    private static int StartOfFault(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf("fault ["u8);
        return at >= 3 && (text[(at - 3)..].StartsWith("min"u8) || text[(at - 3)..].StartsWith("maj"u8)) ? at - 3 : 0;
    }

    // "leak/5206", "5206" (--no-comm)
    private static int Thread(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> comm)
    {
        text = text.Trim(" "u8);
        var slash = text.LastIndexOf((byte)'/');
        comm = text[..Math.Max(slash, 0)];
        var cursor = new ByteCursor(text[(slash + 1)..]);
        if (cursor.TryInt(out var tid) && (cursor.IsAtEnd || cursor.Next == ' ')) return tid;
        comm = default;
        return 0;
    }
}
