namespace MemScope.Core.Formats.Speedscope;

/// <summary>The file format of speedscope.app, which many profilers export.</summary>
internal static class SpeedscopeFormat
{
    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("speedscope", "speedscope", "py-spy record --format speedscope -o profile.speedscope.json --pid PID", Sniff, SpeedscopeParser.Parse);

    /// <summary>The address of the schema; it may stand at the end, then its two parts tell.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        if (!head.TrimStart(" \t\r\n"u8).StartsWith("{"u8)) return false;
        if (head.IndexOf("speedscope.app/file-format-schema.json"u8) >= 0) return true;
        return head.IndexOf("\"shared\""u8) >= 0 && head.IndexOf("\"frames\""u8) >= 0
            || (head.IndexOf("\"profiles\""u8) >= 0 && (head.IndexOf("\"sampled\""u8) >= 0 || head.IndexOf("\"evented\""u8) >= 0));
    }
}
