namespace MemScope.Core.Formats.Dhat;

/// <summary>What valgrind's DHAT writes for dh_view.html, and Rust's dhat crate.</summary>
internal static class DhatFormat
{
    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("dhat", "DHAT", "valgrind --tool=dhat --dhat-out-file=dhat.json PROGRAM", Sniff, DhatParser.Parse) { Family = FormatFamily.HeapProfiles };

    private static bool Sniff(ReadOnlySpan<byte> head) => head.TrimStart(" \t\r\n"u8).StartsWith("{"u8) && head[..Math.Min(head.Length, 1024)].IndexOf("\"dhatFileVersion\""u8) > 0;
}
