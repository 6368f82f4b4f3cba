using System.IO.Compression;

namespace MemScope.Storage.Blocks;

/// <summary>Deflating a block's content, and inflating it without trusting it: version, length of the content, zlib stream with its checksum.</summary>
internal static class BlockPacking
{
    private const int MostRatio = 1040; // deflate cannot do better: no block makes room for more than its bytes may hold

    public static byte[] Pack(byte version, ReadOnlySpan<byte> content, CompressionLevel level)
    {
        using var packed = new MemoryStream(64 + (content.Length / 2));
        packed.WriteByte(version);
        for (var length = (uint)content.Length; ; length >>= 7)
        {
            packed.WriteByte((byte)(length < 0x80 ? length : length | 0x80));
            if (length < 0x80) break;
        }
        using (var deflate = new ZLibStream(packed, level, leaveOpen: true)) deflate.Write(content);
        return packed.ToArray();
    }

    /// <summary>The content of a block.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or longer or shorter than it says.</exception>
    public static byte[] Unpack(byte[] block, MemoryBudget budget)
    {
        var head = new BlockCursor(block, 1, block.Length);
        var length = head.Count((int)Math.Min(SnapshotBlockCodec.MostInflatedBytes, (long)block.Length * MostRatio));
        budget.Take(length);
        var content = GC.AllocateUninitializedArray<byte>(length);
        using var packed = new MemoryStream(block, block.Length - head.Remaining, head.Remaining, writable: false);
        using var inflate = new ZLibStream(packed, CompressionMode.Decompress);
        Span<byte> behind = stackalloc byte[1]; // reading on checks the checksum
        try
        {
            if (inflate.ReadAtLeast(content, length, throwOnEndOfStream: false) != length || inflate.Read(behind) != 0) throw new InvalidDataException("a block is not as long as it says");
        }
        catch (IOException e)
        {
            throw new InvalidDataException(e.Message, e); // a stream that asks for a dictionary
        }
        return content;
    }
}
