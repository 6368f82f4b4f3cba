using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Strace;

/// <summary>What stands before the call on a line of strace: <c>3358  1795189479.515410 </c>, <c>[pid 16667] 15:14:49.224720 </c>, <c>28354&lt;comm&gt; </c>, nothing at all.</summary>
internal readonly ref struct StracePrefix
{
    // PID_MAX_LIMIT of include/linux/threads.h: a greater number without a fraction is a time in seconds.
    private const ulong GreatestPid = 4_194_304;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // -r prints the seconds since the previous line, -ttt those since 1970: nothing in between is plausible.
    private const ulong LeastUnixSeconds = 100_000_000;

    /// <summary>Thread id, 0 when not printed.</summary>
    public int Tid { get; private init; }

    /// <summary>Clock of <see cref="TimeNs"/>; <see cref="ClockDomain.None"/> when there is no time or a relative one.</summary>
    public ClockDomain Clock { get; private init; }

    /// <summary>Time in nanoseconds.</summary>
    public long TimeNs { get; private init; }

    /// <summary>The rest of the line.</summary>
    public ReadOnlySpan<byte> Body { get; private init; }

    /// <summary>Reads the prefix of a line.</summary>
    public static StracePrefix Read(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        var tid = ReadTid(ref cursor);
        cursor.SkipBlanks();
        var clock = ReadTime(ref cursor, out var timeNs);
        cursor.SkipBlanks();
        return new StracePrefix { Tid = tid, Clock = clock, TimeNs = timeNs, Body = cursor.Rest };
    }

    private static int ReadTid(ref ByteCursor cursor)
    {
        var start = cursor;
        var bracket = cursor.TrySkip("[pid"u8);
        if (bracket) cursor.SkipBlanks();
        if (cursor.TryDecimal(out var tid) && tid <= GreatestPid)
        {
            if (cursor.Next == '<' && cursor.Rest.IndexOf("> "u8) is > 0 and var comm) cursor.Skip(comm + 1);
            if (bracket && cursor.TrySkip("]"u8)) return (int)tid;
            if (!bracket && cursor.Next is (byte)' ' or (byte)'>') return (int)tid;
        }
        cursor = start;
        return 0;
    }

    private static ClockDomain ReadTime(ref ByteCursor cursor, out long timeNs)
    {
        var start = cursor;
        timeNs = 0;
        if (cursor.TryDecimal(out var first))
        {
            if (cursor.Next == ':' && TryTimeOfDay(ref cursor, first, out timeNs)) return ClockDomain.WallTimeOfDay;
            if (cursor.Next is (byte)'.' or (byte)' ' && first <= long.MaxValue / NanosecondsPerSecond - 1)
            {
                var fraction = ReadFraction(ref cursor);
                if (first < LeastUnixSeconds) return ClockDomain.None;
                timeNs = (long)first * NanosecondsPerSecond + fraction;
                return ClockDomain.Wall;
            }
        }
        cursor = start;
        return ClockDomain.None;
    }

    private static bool TryTimeOfDay(ref ByteCursor cursor, ulong hours, out long timeNs)
    {
        timeNs = 0;
        if (hours > 23 || !cursor.TrySkip(":"u8) || !cursor.TryDecimal(out var minutes) || minutes > 59) return false;
        if (!cursor.TrySkip(":"u8) || !cursor.TryDecimal(out var seconds) || seconds > 60) return false;
        timeNs = (long)(hours * 3600 + minutes * 60 + seconds) * NanosecondsPerSecond + ReadFraction(ref cursor);
        // -r beside -t: "15:12:37 (+     0.000021) mmap(…".
        cursor.SkipBlanks();
        if (cursor.Rest.StartsWith("(+"u8) && cursor.Rest.IndexOf((byte)')') is > 0 and var end) cursor.Skip(end + 1);
        return true;
    }

    private static long ReadFraction(ref ByteCursor cursor)
    {
        if (!cursor.TrySkip("."u8)) return 0;
        var before = cursor.Rest.Length;
        if (!cursor.TryDecimal(out var digits)) return 0;
        var places = before - cursor.Rest.Length;
        for (; places < 9; places++) digits *= 10;
        for (; places > 9; places--) digits /= 10;
        return (long)digits;
    }
}
