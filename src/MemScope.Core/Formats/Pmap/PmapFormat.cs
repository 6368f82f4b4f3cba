using MemScope.Core.Formats.Framing;

namespace MemScope.Core.Formats.Pmap;

/// <summary>pmap in every layout, one output or a log of many.</summary>
internal static class PmapFormat
{
    public static InputFormat Format { get; } = new("pmap", "pmap", "pmap -X PID", head => FramedText.Kind(head) == "pmap", FramedText.Parse);
}
