using MemScope.Core.Formats.Framing;

namespace MemScope.Core.Formats.Status;

/// <summary>/proc/PID/status.</summary>
internal static class StatusFormat
{
    public static InputFormat Format { get; } = new("status", "/proc/PID/status", "cat /proc/PID/status", head => FramedText.Kind(head) == "status", FramedText.Parse) { Family = FormatFamily.Figures };
}
