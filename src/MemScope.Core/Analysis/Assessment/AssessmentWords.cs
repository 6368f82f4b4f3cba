using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Assessment;

/// <summary>Rates, times of day and names as sentences use them.</summary>
internal static class AssessmentWords
{
    /// <summary><c>24.7 MiB/min</c>; small rates per hour.</summary>
    public static string Rate(double bytesPerSecond)
    {
        var perMinute = bytesPerSecond * 60;
        return Math.Abs(perMinute) >= 100 * 1024 ? $"{SizeWords.Size((long)perMinute)}/min" : $"{SizeWords.Size((long)(perMinute * 60))}/h";
    }

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
