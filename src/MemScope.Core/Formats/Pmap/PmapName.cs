using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Pmap;

/// <summary>pmap's own words in the mapping column. They carry two more blanks in front than a file of that name would.</summary>
internal static class PmapName
{
    /// <summary>
    /// The name as maps would have it: <c>  [ anon ]</c> is none, <c>  [ stack ]</c> is <c>[stack]</c>. <c>  [ shmid=0x338021 ]</c> stands for a path that pmap
    /// does not print; it stays, and the number becomes the inode, as in maps. Translated words stay as they are.
    /// </summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> mapping, ref ulong inode)
    {
        if (!mapping.StartsWith("  ["u8) || !mapping.EndsWith("]"u8)) return mapping;
        var word = mapping.TrimStart((byte)' ');
        if (word.SequenceEqual("[ anon ]"u8)) return default;
        if (word.SequenceEqual("[ stack ]"u8)) return "[stack]"u8;
        var cursor = new ByteCursor(word);
        if (cursor.TrySkip("[ shmid=0x"u8) && cursor.TryHex(out var id)) inode = id;
        return word;
    }
}
