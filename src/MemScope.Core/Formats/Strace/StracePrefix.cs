using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Strace;

/// <summary>
/// What stands before the call on a line of strace; any part may be missing:
/// <code>
/// 3358  1795189479.515410 mmap(…                              -o, -ttt
/// 15392 13:26:16 (+     0.000159) mmap(…                      -o, -t -r
/// 15387      0.000373 mmap(…                                  -o, -r: since the line before
/// 15427&lt;modes> 1795267576.456725 mmap(…                       -o, -Y, -ttt
/// [pid 15458&lt;modes>] [   9] [00007fe2839c59b3] mmap(…         terminal, -Y, -n (number of the call), -i (where the program is)
/// </code>
/// </summary>
internal readonly ref struct StracePrefix
{
    // PID_MAX_LIMIT of include/linux/threads.h: a greater number without a fraction is a time in seconds.
    private const ulong GreatestPid = 4_194_304;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // -r prints the seconds since the previous line, -ttt those since 1970: nothing in between is plausible.
    private const ulong LeastUnixSeconds = 100_000_000;

    // 16 digits of an address; 17 with its bracket.
    private const int LongestBracket = 17;

    /// <summary>Thread id, 0 when not printed.</summary>
    public int Tid { get; private init; }

    /// <summary>Clock of <see cref="TimeNs"/>; <see cref="ClockDomain.Relative"/> when there is only the time since the line before.</summary>
    public ClockDomain Clock { get; private init; }

    /// <summary>Time in nanoseconds; 0 of a line that has none or only <see cref="SinceLineBeforeNs"/>.</summary>
    public long TimeNs { get; private init; }

    /// <summary>-r: nanoseconds since the line before, or null.</summary>
    public long? SinceLineBeforeNs { get; private init; }

    /// <summary>Whether <see cref="TimeNs"/> has a fraction of a second.</summary>
    public bool HasFraction { get; private init; }

    /// <summary>The rest of the line.</summary>
    public ReadOnlySpan<byte> Body { get; private init; }

    /// <summary>Reads the prefix of a line.</summary>
    public static StracePrefix Read(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        var tid = ReadTid(ref cursor);
        cursor.SkipBlanks();
        var clock = ReadTime(ref cursor, out var timeNs, out var hasFraction);
        cursor.SkipBlanks();
        long? since = clock == ClockDomain.Relative ? timeNs : null;
        if (clock != ClockDomain.None && TrySinceLineBefore(ref cursor, out var delta)) since = delta;
        while (cursor.Next == '[' && TrySkipBracket(ref cursor)) cursor.SkipBlanks();
        return new StracePrefix
        {
            Tid = tid,
            Clock = clock,
            TimeNs = clock == ClockDomain.Relative ? 0 : timeNs,
            SinceLineBeforeNs = since,
            HasFraction = hasFraction,
            Body = cursor.Rest,
        };
    }

    private static int ReadTid(ref ByteCursor cursor)
    {
        var start = cursor;
        var bracket = cursor.TrySkip("[pid"u8);
        if (bracket) cursor.SkipBlanks();
        if (cursor.TryDecimal(out var tid) && tid <= GreatestPid)
        {
            if (cursor.Next == '<' && cursor.Rest.IndexOf(bracket ? ">] "u8 : "> "u8) is > 0 and var comm) cursor.Skip(comm + 1);
            if (bracket && cursor.TrySkip("]"u8)) return (int)tid;
            if (!bracket && cursor.Next is (byte)' ' or (byte)'>') return (int)tid;
        }
        cursor = start;
        return 0;
    }

    private static ClockDomain ReadTime(ref ByteCursor cursor, out long timeNs, out bool hasFraction)
    {
        var start = cursor;
        (timeNs, hasFraction) = (0, false);
        if (cursor.TryDecimal(out var first))
        {
            if (cursor.Next == ':' && TryTimeOfDay(ref cursor, first, out timeNs, out hasFraction)) return ClockDomain.WallTimeOfDay;
            if (cursor.Next is (byte)'.' or (byte)' ' && first <= long.MaxValue / NanosecondsPerSecond - 1)
            {
                hasFraction = cursor.Next == '.';
                timeNs = (long)first * NanosecondsPerSecond + ReadFraction(ref cursor);
                return first < LeastUnixSeconds ? ClockDomain.Relative : ClockDomain.Wall;
            }
        }
        cursor = start;
        return ClockDomain.None;
    }

    // "(+     0.000021) "
    private static bool TrySinceLineBefore(ref ByteCursor cursor, out long ns)
    {
        var start = cursor;
        ns = 0;
        if (cursor.TrySkip("(+"u8))
        {
            cursor.SkipBlanks();
            if (cursor.TryDecimal(out var seconds) && seconds < LeastUnixSeconds)
            {
                ns = (long)seconds * NanosecondsPerSecond + ReadFraction(ref cursor);
                if (cursor.TrySkip(")"u8))
                {
                    cursor.SkipBlanks();
                    return true;
                }
            }
        }
        cursor = start;
        return false;
    }

    // "[   9] " of -n, "[00007fe2839c59b3] " of -i, "[????????????????] " where that is not known.
    private static bool TrySkipBracket(ref ByteCursor cursor)
    {
        var end = cursor.Rest.IndexOf("] "u8);
        if (end is < 2 or > LongestBracket) return false;
        foreach (var b in cursor.Rest[1..end]) if (b is not ((byte)' ' or (byte)'?') && ByteCursor.HexDigit(b) < 0) return false;
        cursor.Skip(end + 1);
        return true;
    }

    private static bool TryTimeOfDay(ref ByteCursor cursor, ulong hours, out long timeNs, out bool hasFraction)
    {
        (timeNs, hasFraction) = (0, false);
        if (hours > 23 || !cursor.TrySkip(":"u8) || !cursor.TryDecimal(out var minutes) || minutes > 59) return false;
        if (!cursor.TrySkip(":"u8) || !cursor.TryDecimal(out var seconds) || seconds > 60) return false;
        hasFraction = cursor.Next == '.';
        timeNs = (long)(hours * 3600 + minutes * 60 + seconds) * NanosecondsPerSecond + ReadFraction(ref cursor);
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
