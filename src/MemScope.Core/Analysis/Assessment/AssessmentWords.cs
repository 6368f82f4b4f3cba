using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Assessment;

/// <summary>Figures and names as sentences use them.</summary>
internal static class AssessmentWords
{
    /// <summary><c>24.7 MiB/min</c>; small rates per hour.</summary>
    public static string Rate(double bytesPerSecond)
    {
        var perMinute = bytesPerSecond * 60;
        return Math.Abs(perMinute) >= 100 * 1024 ? $"{Size(perMinute)}/min" : $"{Size(perMinute * 60)}/h";
    }

    /// <summary><c>9.4 MiB</c>, <c>412 KiB</c>, <c>1.9 GiB</c>: three figures are enough in a sentence.</summary>
    public static string Size(double bytes)
    {
        const double KiB = 1024, MiB = 1024 * KiB, GiB = 1024 * MiB;
        return Math.Abs(bytes) switch
        {
            >= GiB => Figure(bytes / GiB, "0.0") + " GiB",
            >= 100 * MiB => Figure(bytes / MiB, "N0") + " MiB",
            >= MiB => Figure(bytes / MiB, "0.0") + " MiB",
            _ => Figure(bytes / KiB, "N0") + " KiB",
        };
    }

    private static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary><c>90 s</c>, <c>40 min</c>, <c>6.5 h</c>, <c>3 days</c>.</summary>
    public static string Span(TimeSpan span) => span.TotalSeconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:N0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:N0} min"),
        < 2 * 86400 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days"),
    };

    /// <summary>Time of day in UTC.</summary>
    public static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>What a category is called in a sentence.</summary>
    public static string Name(Category category) => category switch
    {
        Category.Heap => "the malloc heap",
        Category.Arena => "malloc arenas",
        Category.ThreadStack => "threads' stacks",
        Category.MainStack => "the main stack",
        Category.Jit => "executable memory made at run time",
        Category.Huge => "huge pages",
        Category.Device => "device mappings",
        Category.Shared => "shared memory",
        Category.FileData => "mapped files and library data",
        Category.FileText => "code pages of files",
        Category.Special => "kernel pages",
        Category.Reserved => "reserved addresses",
        _ => "unnamed memory outside malloc",
    };
}
