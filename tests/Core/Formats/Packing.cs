using System.Formats.Tar;
using System.IO.Compression;

namespace MemScope.Tests;

/// <summary>Packs files for tests.</summary>
internal static class Packing
{
    public static readonly DateTimeOffset ModifiedAt = new(2026, 11, 20, 15, 30, 0, TimeSpan.Zero);

    public static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(content);
        return packed.ToArray();
    }

    /// <summary>A zstd frame (RFC 8878) of stored blocks, without a checksum.</summary>
    public static byte[] Zstd(byte[] content)
    {
        const int block = 128 << 10;
        var packed = new MemoryStream();
        packed.Write(ZstdHead);
        for (var at = 0; at == 0 || at < content.Length; at += block)
        {
            var length = Math.Min(block, content.Length - at);
            packed.Write(ZstdBlock(content.AsSpan(at, length), last: at + length == content.Length));
        }
        return packed.ToArray();
    }

    /// <summary>A zstd frame of blocks that say how often one byte is repeated: 4 bytes for each 128 KiB.</summary>
    public static byte[] ZstdOfOneByte(byte value, long count)
    {
        const int block = 128 << 10, repeated = 1;
        var packed = new MemoryStream();
        packed.Write(ZstdHead);
        for (var left = count; left > 0; left -= block) packed.Write([.. ZstdBlockHead((int)Math.Min(block, left), repeated, last: left <= block), value]);
        return packed.ToArray();
    }

    /// <summary>A stored block of a zstd frame.</summary>
    public static byte[] ZstdBlock(ReadOnlySpan<byte> content, bool last) => [.. ZstdBlockHead(content.Length, type: 0, last), .. content];

    /// <summary>Magic, no flags, a window of 128 KiB.</summary>
    private static ReadOnlySpan<byte> ZstdHead => [0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3];

    private static byte[] ZstdBlockHead(int length, int type, bool last)
    {
        var head = (length << 3) | (type << 1) | (last ? 1 : 0);
        return [(byte)head, (byte)(head >> 8), (byte)(head >> 16)];
    }

    public static byte[] Tar(params IEnumerable<(string Name, byte[] Text)> members)
    {
        var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, TarEntryFormat.Ustar, leaveOpen: true))
            foreach (var (name, text) in members) tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(text), ModificationTime = ModifiedAt });
        return packed.ToArray();
    }

    public static byte[] Zip(params IEnumerable<(string Name, byte[] Text)> members)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in members)
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = ModifiedAt;
                using var content = entry.Open();
                content.Write(text);
            }
        }
        return packed.ToArray();
    }
}
