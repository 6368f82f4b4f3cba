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
