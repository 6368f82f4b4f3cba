namespace MemScope.Core.Formats.Speedscope;

/// <summary>The file format of speedscope.app, which many profilers export.</summary>
internal static class SpeedscopeFormat
{
    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("speedscope", "speedscope", "py-spy record --format speedscope -o profile.speedscope.json --pid PID", Sniff, SpeedscopeParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>The address of the schema; it may stand at the end, then its two parts tell.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        if (!head.TrimStart(" \t\r\n"u8).StartsWith("{"u8)) return false;
        return head.IndexOf("speedscope.app/file-format-schema.json"u8) >= 0 || FirstIn(head, "\"shared\""u8).StartsWith("\"frames\""u8) || IsProfile(FirstIn(head, "\"profiles\""u8));
    }

    /// <summary>What stands first in the value of a key: <c>"frames"</c> of <c>"shared": {"frames": …</c>.</summary>
    private static ReadOnlySpan<byte> FirstIn(ReadOnlySpan<byte> head, ReadOnlySpan<byte> key)
    {
        var at = head.IndexOf(key);
        return at < 0 ? default : head[(at + key.Length)..].TrimStart(" \t\r\n:[{"u8);
    }

    private static bool IsProfile(ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, 1024)];
        return text.IndexOf("\"type\""u8) >= 0 && (text.IndexOf("\"sampled\""u8) >= 0 || text.IndexOf("\"evented\""u8) >= 0);
    }
}
