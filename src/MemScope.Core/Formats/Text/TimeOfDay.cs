namespace MemScope.Core.Formats.Text;

/// <summary>Times without a date, <c>15:14:49</c>, as tools print them with strftime's %H:%M:%S; some without leading zeros.</summary>
internal static class TimeOfDay
{
    /// <summary>Nanoseconds of a day.</summary>
    public const long DayNs = 86_400_000_000_000;

    private const long SecondNs = 1_000_000_000;

    /// <summary>Reads one at the cursor, in nanoseconds since midnight; a fraction of a second is left unread.</summary>
    public static bool TryRead(ref ByteCursor cursor, out long ns)
    {
        var c = cursor;
        ns = 0;
        if (!TryPart(ref c, 23, out var hours) || !c.TrySkip((byte)':') || !TryPart(ref c, 59, out var minutes) || !c.TrySkip((byte)':') || !TryPart(ref c, 60, out var seconds)) return false;
        ns = ((hours * 60 + minutes) * 60 + seconds) * SecondNs;
        cursor = c;
        return true;
    }

    /// <summary>A time that follows another: over midnight it goes on.</summary>
    /// <param name="before">Nanoseconds since the midnight before the first, or null.</param>
    /// <param name="ns">Nanoseconds since midnight.</param>
    public static long After(long? before, long ns)
    {
        if (before is not { } last) return ns;
        var day = last - last % DayNs;
        return day + ns < last - DayNs / 2 ? day + DayNs + ns : day + ns;
    }

    private static bool TryPart(ref ByteCursor cursor, int greatest, out long value)
    {
        value = 0;
        if (!cursor.TryInt(out var number) || number > greatest) return false;
        value = number;
        return true;
    }
}
