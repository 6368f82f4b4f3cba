using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Framing;

/// <summary>Spellings of the time in front of a line.</summary>
internal enum StampStyle : byte
{
    /// <summary>ISO 8601, seconds since 1970, or what <c>date</c> prints.</summary>
    Whole,
    /// <summary><c>Nov 20 15:03:24</c>: <c>ts</c> and syslog leave out the year.</summary>
    WithoutYear,
    /// <summary><c>15:03:24</c>.</summary>
    WithoutDate,
}

/// <summary>A time in front of a line.</summary>
/// <param name="At">The time (UTC); of one without a year in the year 2000, a leap year, without a date on its first day.</param>
/// <param name="ZoneUnknown">Whether it was read as UTC for want of a zone.</param>
internal readonly record struct StampTime(DateTimeOffset At, bool ZoneUnknown)
{
    private const int AnyYear = 2000;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>Reads one at the cursor.</summary>
    public static bool TryRead(StampStyle style, ref ByteCursor cursor, out StampTime time)
    {
        time = default;
        if (style is StampStyle.Whole)
        {
            if (!TimeText.TryRead(ref cursor, out var at, out var zoneKnown)) return false;
            time = new StampTime(at, !zoneKnown);
            return true;
        }
        var (month, day) = (1, 1);
        if (style is StampStyle.WithoutYear && !TryDay(ref cursor, out month, out day)) return false;
        if (!TimeOfDay.TryRead(ref cursor, out var ns)) return false;
        time = new StampTime(new DateTimeOffset(AnyYear, month, day, 0, 0, 0, TimeSpan.Zero).AddTicks((ns / 100) + Fraction(ref cursor)), ZoneUnknown: true);
        return true;
    }

    /// <summary>
    /// The time with the date that it lacks: the year in which it is not after <paramref name="received"/> (a day later is allowed, for zones), the day on which it is nearest to it. Null when that is not known.
    /// </summary>
    public DateTimeOffset? On(StampStyle style, DateTimeOffset? received)
    {
        if (style is StampStyle.Whole) return At;
        if (received is not { } now) return null;
        if (style is StampStyle.WithoutDate)
        {
            var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + At.TimeOfDay;
            var apart = today - now;
            return apart > TimeSpan.FromHours(12) ? today.AddDays(-1) : apart < TimeSpan.FromHours(-12) ? today.AddDays(1) : today;
        }
        const int leapYears = 8;
        for (var year = now.UtcDateTime.Year + 1; year > now.UtcDateTime.Year - leapYears && year > 1; year--)
        {
            if (At.Day > DateTime.DaysInMonth(year, At.Month)) continue;
            var then = new DateTimeOffset(year, At.Month, At.Day, 0, 0, 0, TimeSpan.Zero) + At.TimeOfDay;
            if (then <= now.AddDays(1)) return then;
        }
        return null;
    }

    private static bool TryDay(ref ByteCursor cursor, out int month, out int day)
    {
        var c = cursor;
        var word = c.Word();
        var at = word.Length == 3 ? Months.IndexOf(word) : -1;
        (month, day) = ((at / 3) + 1, 0);
        if (at < 0 || at % 3 != 0) return false;
        c.SkipBlanks();
        if (!c.TryInt(out day) || day < 1 || day > DateTime.DaysInMonth(AnyYear, month)) return false;
        c.SkipBlanks();
        cursor = c;
        return true;
    }

    /// <summary>Digits behind a point, in ticks of 100 ns.</summary>
    private static long Fraction(ref ByteCursor cursor)
    {
        var c = cursor;
        if (!c.TrySkip((byte)'.')) return 0;
        long ticks = 0, unit = TimeSpan.TicksPerSecond / 10;
        var digits = 0;
        for (; c.Next is >= (byte)'0' and <= (byte)'9'; c.Skip(1), digits++, unit /= 10) ticks += (c.Next - '0') * unit;
        if (digits > 0) cursor = c;
        return ticks;
    }
}
