using MemScope.Core.Formats.Framing;

namespace MemScope.Core.Formats.Smaps;

/// <summary>The files of /proc/PID that list mappings, or their sums.</summary>
internal static class SmapsFormats
{
    public static InputFormat Smaps { get; } = Of("smaps", "/proc/PID/smaps", "cat /proc/PID/smaps");

    public static InputFormat Maps { get; } = Of("maps", "/proc/PID/maps", "cat /proc/PID/maps");

    public static InputFormat Rollup { get; } = Of("smaps-rollup", "/proc/PID/smaps_rollup", "cat /proc/PID/smaps_rollup") with { Family = FormatFamily.Figures };

    private static InputFormat Of(string slug, string title, string command) => new(slug, title, command, head => FramedText.Kind(head) == slug, FramedText.Parse);
}
