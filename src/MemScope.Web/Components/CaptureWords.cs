using MemScope.Web.Wire;

namespace MemScope.Web.Components;

/// <summary>What is in a capture, in words.</summary>
public static class CaptureWords
{
    /// <summary>What became of the uploaded text; null while it is there and nothing is to be said.</summary>
    public static string? Text(CaptureWire capture) => capture switch
    {
        { TextDroppedAt: { } at } => $"Text dropped {Format.Date(at)}: every number is in the store and can be downloaded as text.",
        { Pinned: true } => "Text kept: pinned.",
        { TextKept: { } reason } => $"Text kept: {reason}",
        _ => null,
    };

    /// <summary><c>91 snapshots, 91 figures</c>; says "nothing" for nothing.</summary>
    public static string Contents(CaptureWire capture)
    {
        var parts = new (int Count, string Noun)[]
        {
            (capture.Snapshots, "snapshot"), (capture.Events, "trace event"), (capture.HeapProfiles, "heap profile"), (capture.Figures, "block of figures"), (capture.PerfMaps, "JIT symbol map"),
        };
        var words = string.Join(", ", parts.Where(p => p.Count > 0).Select(p => p.Noun == "block of figures" ? (p.Count == 1 ? "1 block of figures" : Format.Count(p.Count) + " blocks of figures") : Format.Of(p.Count, p.Noun)));
        return words.Length == 0 ? "nothing" : words;
    }
}
