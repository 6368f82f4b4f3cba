namespace MemScope.Symbols.Elf;

/// <summary>What <c>.gnu_debuglink</c> says: where a stripped file's debug information went.</summary>
/// <param name="Name">File name as stated: text from the file, never to be used as a path.</param>
/// <param name="Crc32">CRC-32 (as zlib's) over that whole file.</param>
public sealed record ElfDebugLink(string Name, uint Crc32)
{
    private const int ChecksumBytes = 4;

    /// <summary>Name, NUL, padding to 4, then the checksum in the file's byte order; null when it does not hold that.</summary>
    internal static ElfDebugLink? Read(ReadOnlySpan<byte> content, ElfIdentity identity)
    {
        var end = content.IndexOf((byte)0);
        if (end <= 0) return null;
        var checksumAt = (end + 1 + 3) & ~3;
        if (checksumAt + ChecksumBytes > content.Length) return null;
        return new ElfDebugLink(ElfFields.Text(content[..end]), new ElfFields(content, identity).U32(checksumAt));
    }
}

/// <summary>What <c>.gnu_debugaltlink</c> says: the file that dwz moved shared debug information to.</summary>
/// <param name="Path">Path as stated: text from the file, never to be used as a path.</param>
/// <param name="BuildId">Build id of that file.</param>
public sealed record ElfAlternateLink(string Path, BuildId BuildId)
{
    /// <summary>Path, NUL, then the id's bytes to the section's end; null when it does not hold that.</summary>
    internal static ElfAlternateLink? Read(ReadOnlySpan<byte> content)
    {
        var end = content.IndexOf((byte)0);
        if (end <= 0 || !BuildId.TryFromBytes(content[(end + 1)..], out var id)) return null;
        return new ElfAlternateLink(ElfFields.Text(content[..end]), id);
    }
}
