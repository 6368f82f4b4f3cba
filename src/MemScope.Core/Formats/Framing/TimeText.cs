using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Framing;

/// <summary>Reads the spellings of a point in time that scripts print: ISO 8601, <c>date</c> in the C and en_US locales, seconds since 1970.</summary>
internal static class TimeText
{
    /// <summary>2000 to 2100: numbers outside are no times.</summary>
    private const long MinSeconds = 946_684_800, MaxSeconds = 4_102_444_800;

    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>Zones whose abbreviation means one thing only, or nearly always, in minutes east of UTC. CST, IST and BST mean several and are not here.</summary>
    private static readonly Dictionary<string, int> Zones = new(StringComparer.Ordinal)
    {
        ["UTC"] = 0, ["GMT"] = 0, ["Z"] = 0, ["WET"] = 0, ["WEST"] = 60, ["CET"] = 60, ["CEST"] = 120, ["EET"] = 120, ["EEST"] = 180, ["MSK"] = 180, ["JST"] = 540, ["KST"] = 540,
        ["EST"] = -300, ["EDT"] = -240, ["CDT"] = -300, ["MST"] = -420, ["MDT"] = -360, ["PST"] = -480, ["PDT"] = -420,
    };

    /// <summary>Reads a time at the cursor; <paramref name="zoneKnown"/> is false when it is taken for UTC for want of a zone.</summary>
    public static bool TryRead(ref ByteCursor cursor, out DateTimeOffset at, out bool zoneKnown) =>
        TryIso(ref cursor, out at, out zoneKnown) || TryEpoch(ref cursor, out at, out zoneKnown) || TryDate(ref cursor, out at, out zoneKnown);

    private static bool TryIso(ref ByteCursor cursor, out DateTimeOffset at, out bool zoneKnown)
    {
        var c = cursor;
        (at, zoneKnown) = (default, false);
        if (!TryDigits(ref c, 4, out var year) || !c.TrySkip((byte)'-') || !TryDigits(ref c, 2, out var month) || !c.TrySkip((byte)'-') || !TryDigits(ref c, 2, out var day)) return false;
        if (!c.TrySkip((byte)'T') && !c.TrySkip((byte)' ')) return false;
        if (!TryClock(ref c, out var clock)) return false;
        var zone = ReadZone(ref c, out zoneKnown);
        if (!TryMake(year, month, day, clock, zone, out at)) return false;
        cursor = c;
        return true;
    }

    /// <summary>Seconds, or milli-, micro- or nanoseconds by their number of digits, with or without a fraction and a leading @.</summary>
    private static bool TryEpoch(ref ByteCursor cursor, out DateTimeOffset at, out bool zoneKnown)
    {
        var c = cursor;
        (at, zoneKnown) = (default, true);
        c.TrySkip((byte)'@');
        var before = c.Rest.Length;
        if (!c.TryDecimal(out var number)) return false;
        var digits = before - c.Rest.Length;
        var unitsPerSecond = digits switch { 9 or 10 => 1UL, 13 => 1_000UL, 16 => 1_000_000UL, 19 => 1_000_000_000UL, _ => 0UL };
        if (unitsPerSecond == 0) return false;
        var seconds = (long)(number / unitsPerSecond);
        if (seconds is < MinSeconds or > MaxSeconds) return false;
        var ticks = (long)(number % unitsPerSecond * TimeSpan.TicksPerSecond / unitsPerSecond);
        if (unitsPerSecond == 1) ticks = ReadFraction(ref c);
        at = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(ticks);
        cursor = c;
        return true;
    }

    /// <summary><c>Fri Nov 20 15:30:19 UTC 2026</c>, <c>Fri Nov 20 03:30:19 PM UTC 2026</c>, <c>Fri 20 Nov 2026 03:30:19 PM UTC</c>.</summary>
    private static bool TryDate(ref ByteCursor cursor, out DateTimeOffset at, out bool zoneKnown)
    {
        var c = cursor;
        (at, zoneKnown) = (default, false);
        if (c.Word().Length is < 3 or > 4) return false;
        c.SkipBlanks();
        var dayFirst = c.TryInt(out var day);
        if (dayFirst) c.SkipBlanks();
        var month = MonthOf(c.Word());
        if (month == 0) return false;
        c.SkipBlanks();
        if (!dayFirst && !c.TryInt(out day)) return false;
        c.SkipBlanks();
        var year = 0;
        if (dayFirst && (!c.TryInt(out year) || !Blank(ref c))) return false;
        if (!TryClock(ref c, out var clock)) return false;
        var zone = ReadZone(ref c, out zoneKnown);
        c.SkipBlanks();
        if (year == 0 && !c.TryInt(out year)) return false;
        if (!TryMake(year, month, day, clock, zone, out at)) return false;
        cursor = c;
        return true;
    }

    /// <summary><c>15:30:19.662684063</c>, with AM or PM.</summary>
    private static bool TryClock(ref ByteCursor cursor, out TimeSpan clock)
    {
        clock = default;
        if (!TryDigits(ref cursor, 2, out var hour) || !cursor.TrySkip((byte)':') || !TryDigits(ref cursor, 2, out var minute) || !cursor.TrySkip((byte)':')) return false;
        if (!TryDigits(ref cursor, 2, out var second) || hour > 23 || minute > 59 || second > 60) return false;
        var ticks = ReadFraction(ref cursor);
        if (cursor.TrySkip(" PM"u8)) hour = hour < 12 ? hour + 12 : hour;
        else if (cursor.TrySkip(" AM"u8)) hour = hour == 12 ? 0 : hour;
        clock = new TimeSpan(hour, minute, second) + TimeSpan.FromTicks(ticks);
        return true;
    }

    /// <summary>Digits behind a point or comma, in ticks of 100 ns; 0 when there are none.</summary>
    private static long ReadFraction(ref ByteCursor cursor)
    {
        var c = cursor;
        if ((!c.TrySkip((byte)'.') && !c.TrySkip((byte)',')) || c.IsAtEnd || !char.IsAsciiDigit((char)c.Rest[0])) return 0;
        long ticks = 0, unit = TimeSpan.TicksPerSecond / 10;
        while (!c.IsAtEnd && char.IsAsciiDigit((char)c.Rest[0]))
        {
            c.TryTake(1, out var digit);
            ticks += (digit[0] - '0') * unit;
            unit /= 10;
        }
        cursor = c;
        return ticks;
    }

    /// <summary>A numeric offset or an abbreviation behind a clock; what is none is left unread.</summary>
    private static TimeSpan ReadZone(ref ByteCursor cursor, out bool known)
    {
        var c = cursor;
        c.SkipBlanks();
        known = false;
        if (c.IsAtEnd) return TimeSpan.Zero;
        var sign = c.Rest[0] == '-' ? -1 : 1;
        if ((c.TrySkip((byte)'+') || c.TrySkip((byte)'-')) && TryDigits(ref c, 2, out var hours))
        {
            c.TrySkip((byte)':');
            if (!TryDigits(ref c, 2, out var minutes)) minutes = 0;
            if (hours > 14 || minutes > 59) return TimeSpan.Zero;
            cursor = c;
            known = true;
            return sign * new TimeSpan(hours, minutes, 0);
        }
        var word = c.Word();
        if (word.Length is 0 or > 5 || word.ContainsAnyExceptInRange((byte)'A', (byte)'Z')) return TimeSpan.Zero;
        cursor = c;
        known = Zones.TryGetValue(System.Text.Encoding.ASCII.GetString(word), out var east);
        return TimeSpan.FromMinutes(east);
    }

    private static bool TryMake(int year, int month, int day, TimeSpan clock, TimeSpan zone, out DateTimeOffset at)
    {
        at = default;
        if (year is < 2000 or > 2100 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        at = new DateTimeOffset(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc)) + clock - zone;
        return true;
    }

    private static bool TryDigits(ref ByteCursor cursor, int count, out int value)
    {
        value = 0;
        var c = cursor;
        if (!c.TryTake(count, out var digits) || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        foreach (var d in digits) value = (value * 10) + d - '0';
        cursor = c;
        return true;
    }

    private static int MonthOf(ReadOnlySpan<byte> word)
    {
        for (var i = 0; i < Months.Length; i++)
            if (System.Text.Ascii.Equals(word, Months[i])) return i + 1;
        return 0;
    }

    private static bool Blank(ref ByteCursor cursor)
    {
        if (cursor.IsAtEnd || !ByteCursor.IsBlank(cursor.Rest[0])) return false;
        cursor.SkipBlanks();
        return true;
    }
}
