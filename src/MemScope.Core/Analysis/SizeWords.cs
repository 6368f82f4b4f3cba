using System.Globalization;

namespace MemScope.Core.Analysis;

/// <summary>Sizes, times and counts in the sentences that answer.</summary>
public static class SizeWords
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Three significant digits with a binary unit: <c>9.39 MiB</c>; the sign is dropped.</summary>
    public static string Size(long bytes)
    {
        var value = Math.Abs((double)bytes);
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1) (value, unit) = (value / 1024, unit + 1);
        if (unit == 0) return string.Create(CultureInfo.InvariantCulture, $"{value:0} bytes");
        var format = value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>A count with its noun: <c>1 mapping</c>, <c>1,204 mappings</c>.</summary>
    public static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A length of time: <c>23 s</c>, <c>4 min</c>, <c>3.5 h</c>, <c>12 d</c>.</summary>
    public static string Length(TimeSpan time) => time switch
    {
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        { TotalMinutes: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} d"),
    };
}
