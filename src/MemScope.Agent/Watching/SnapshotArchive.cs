using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using MemScope.Agent.Proc;

namespace MemScope.Agent.Watching;

/// <summary>Packs smaps and status of one instant: members <c>smaps/0001_1795189439.417.txt</c> and <c>status/…</c>, which the server joins by number.</summary>
internal static class SnapshotArchive
{
    /// <summary>A tar.gz.</summary>
    public static byte[] Pack(ProcSnapshot snapshot)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            Add(tar, "smaps", snapshot, snapshot.Smaps);
            Add(tar, "status", snapshot, snapshot.Status);
        }
        return bytes.ToArray();
    }

    private static void Add(TarWriter tar, string folder, ProcSnapshot snapshot, byte[] content)
    {
        var seconds = snapshot.TakenAt.ToUnixTimeMilliseconds() / 1000.0;
        using var data = new MemoryStream(content, writable: false);
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, string.Create(CultureInfo.InvariantCulture, $"{folder}/{snapshot.Number:0000}_{seconds:0.000}.txt"))
        {
            DataStream = data,
            ModificationTime = snapshot.TakenAt,
        });
    }
}
