namespace MemScope.Core.Formats.Framing;

/// <summary>Several kinds of block in one text, with other text between them. Last in the registry: any other format that recognises the file goes first.</summary>
internal static class MixedFormat
{
    public static InputFormat Format { get; } =
        new("mixed", "Text with several blocks", "date; cat /proc/PID/status /proc/PID/smaps; pmap -x PID", head => FramedText.Kind(head) is not null, FramedText.Parse);
}
