using System.Globalization;

namespace MemScope.Web.Components;

/// <summary>How figures are written, everywhere the same: a true minus, commas, KiB in tables, MiB with three digits in sentences, UTC.</summary>
public static class Format
{
    /// <summary>Stands for none or unchanged.</summary>
    public const string Dash = "—";

    /// <summary>Stands where nothing was read.</summary>
    public const string NotCaptured = "not captured";

    private const char Minus = '\u2212';

    /// <summary>Whole KiB with commas: <c>37,100</c>.</summary>
    public static string KiB(long bytes) => Signed(Round(bytes / 1024.0), plus: false);

    /// <summary>The same; a dash for zero, "not captured" for null.</summary>
    public static string KiBOrDash(long? bytes) => bytes switch { null => NotCaptured, 0 => Dash, { } b => KiB(b) };

    /// <summary>A change in KiB with its sign: <c>+9,620</c>; a dash for none.</summary>
    public static string KiBChange(long? bytes) => bytes switch { null => NotCaptured, 0 => Dash, { } b => Signed(Round(b / 1024.0), plus: true) };

    /// <summary>MiB with three digits and without its unit: <c>49.0</c>, <c>9.39</c>, <c>1,234</c>.</summary>
    public static string MiB(double bytes) => ThreeDigits(bytes / (1 << 20), plus: false);

    /// <summary>A change in MiB with its sign.</summary>
    public static string MiBChange(double bytes) => ThreeDigits(bytes / (1 << 20), plus: true);

    /// <summary>A rate in MiB/min without its unit.</summary>
    public static string MiBPerMinute(double bytesPerSecond) => ThreeDigits(bytesPerSecond * 60 / (1 << 20), plus: false);

    /// <summary>A rate in MiB/min; a dash when it rounds to nothing.</summary>
    public static string RateOrDash(double? bytesPerSecond) => bytesPerSecond is { } r && Math.Abs(r * 60) >= 0.005 * (1 << 20) ? MiBPerMinute(r) : Dash;

    /// <summary>A change of a count with its sign; a dash for none.</summary>
    public static string CountChange(long change) => change == 0 ? Dash : Signed(change, plus: true);

    /// <summary>A rate of a count per minute; a dash when it rounds to nothing.</summary>
    public static string PerMinuteOrDash(double perSecond) => Math.Abs(perSecond * 60) >= 0.005 ? ThreeDigits(perSecond * 60, plus: false) : Dash;

    /// <summary>A size with the unit that fits: <c>184.9 KiB</c>, <c>2.1 GiB</c>.</summary>
    public static string Size(long bytes) => Math.Abs(bytes) switch
    {
        < 1024 => Invariant($"{bytes} B"),
        < 1 << 20 => Invariant($"{bytes / 1024.0:0.#} KiB"),
        < 1 << 30 => Invariant($"{bytes / (double)(1 << 20):0.#} MiB"),
        _ => Invariant($"{bytes / (double)(1 << 30):0.##} GiB"),
    };

    /// <summary>Half of an interval of a rate in MiB/min: <c>± 0.02</c>; an interval that would round to nothing is not called none.</summary>
    public static string PlusMinus(double lowBytesPerSecond, double highBytesPerSecond)
    {
        var half = Math.Abs(highBytesPerSecond - lowBytesPerSecond) / 2 * 60 / (1 << 20);
        return half < 0.005 ? "± under 0.01" : Invariant($"± {half:#,0.00}");
    }

    /// <summary>Command name and pid; the pid alone where no capture names the command.</summary>
    public static string Name(Wire.ProcessWire process) => process.Comm.Length == 0 ? Invariant($"pid {process.Pid}") : Invariant($"{process.Comm} {process.Pid}");

    /// <summary>A count with commas.</summary>
    public static string Count(long value) => Signed(value, plus: false);

    /// <summary>A part of a whole in percent: <c>99.9 %</c>; a dash for none.</summary>
    public static string Percent(double part, double whole) => whole == 0 || part == 0 ? Dash : Invariant($"{(part < 0 ? Minus.ToString() : "")}{Math.Abs(100 * part / whole):0.0} %").Replace(".0 %", " %", StringComparison.Ordinal);

    /// <summary>Time of day in UTC, tenths of seconds: <c>15:41:53.9</c>.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss.f", CultureInfo.InvariantCulture);

    /// <summary>Time of day in UTC, whole seconds.</summary>
    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Date and time in UTC: <c>2026-11-20 15:40:58</c>.</summary>
    public static string DateTime(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Date for people: <c>20 Nov 2026</c>.</summary>
    public static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>For attributes and scripts.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>A length of time with the unit that fits: <c>23.0 s</c>, <c>5 min 20 s</c>, <c>3 h 5 min</c>.</summary>
    public static string Span(TimeSpan span) => span.TotalSeconds switch
    {
        < 100 => Invariant($"{span.TotalSeconds:0.0} s"),
        < 3600 => Invariant($"{(int)span.TotalMinutes} min {span.Seconds} s"),
        < 172_800 => Invariant($"{(int)span.TotalHours} h {span.Minutes} min"),
        _ => Invariant($"{(int)span.TotalDays} d {span.Hours} h"),
    };

    /// <summary>How long ago, coarse: <c>2 s ago</c>.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at).TotalSeconds switch
    {
        < 60 and var s => Invariant($"{Math.Max(0, (int)s)} s ago"),
        < 3600 and var s => Invariant($"{(int)(s / 60)} min ago"),
        < 86_400 and var s => Invariant($"{(int)(s / 3600)} h ago"),
        var s => Invariant($"{(int)(s / 86_400)} d ago"),
    };

    /// <summary>Twelve hex digits, en dash, half-open: <c>7f1f5fdc5000–7f1f62200000</c>; in a share without addresses the region's stand-in.</summary>
    public static string Range(string start, string end) => end.Length == 0 ? start : $"{Address(start)}–{Address(end)}";

    /// <summary>The same of <c>start-end</c> as the wire carries it.</summary>
    public static string Range(string? range) => range?.Split('-') is [var start, var end] ? Range(start, end) : range ?? "";

    /// <summary>A path that loses its middle: <c>…/lib/libucs.so.0.0.0</c>. Bracketed and short names stay.</summary>
    public static string ShortPath(string path, int max = 40)
    {
        if (path.Length <= max || !path.StartsWith('/')) return path;
        var cut = path.IndexOf('/', Math.Max(0, path.Length - max + 2));
        return cut < 0 ? "…" + path[(path.LastIndexOf('/'))..] : "…" + path[cut..];
    }

    /// <summary>The last part of a path.</summary>
    public static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>"1 region", "3 regions".</summary>
    public static string Of(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>An invariant number for SVG attributes.</summary>
    public static string Svg(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    private static string Address(string hex) => hex.PadLeft(12, '0');

    private static long Round(double value) => (long)Math.Round(value, MidpointRounding.AwayFromZero);

    private static string Signed(long value, bool plus)
    {
        var digits = Math.Abs((decimal)value).ToString("#,0", CultureInfo.InvariantCulture); // the least long has no positive of its own
        return value < 0 ? Minus + digits : plus && value > 0 ? "+" + digits : digits;
    }

    private static string ThreeDigits(double value, bool plus)
    {
        var size = Math.Abs(value);
        var digits = size.ToString(size switch { >= 999.5 => "#,0", >= 99.95 => "0", >= 9.995 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);
        if (digits is "0.00") return "0.0";
        return value < 0 ? Minus + digits : plus ? "+" + digits : digits;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
