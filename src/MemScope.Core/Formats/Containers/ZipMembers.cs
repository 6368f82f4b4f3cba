using System.IO.Compression;

namespace MemScope.Core.Formats.Containers;

/// <summary>Walks a zip file and verifies the checksum of each member.</summary>
internal static class ZipMembers
{
    /// <summary>Whether bytes look like the beginning of a zip file, an empty one included.</summary>
    public static bool Recognises(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8);

    /// <summary>The files in it.</summary>
    public static IEnumerable<ArchiveMember> Read(ReadOnlyMemory<byte> zip, DecodeBudget budget)
    {
        using var archive = Open(zip);
        foreach (var entry in archive.Entries)
        {
            if (entry.FullName.EndsWith('/')) continue;
            yield return new ArchiveMember(entry.FullName, new DateTimeOffset(entry.LastWriteTime.DateTime, TimeSpan.Zero), new MemberStream(entry, budget));
        }
    }

    private static ZipArchive Open(ReadOnlyMemory<byte> zip)
    {
        try
        {
            var archive = new ZipArchive(ReadStream.Over(zip), ZipArchiveMode.Read);
            _ = archive.Entries.Count;
            return archive;
        }
        catch (Exception e) when (ArchiveMember.IsDamage(e))
        {
            throw Damaged();
        }
    }

    private static CaptureRefusedException Damaged() =>
        new(CaptureRefusal.BadEncoding, "zip-damaged", "The zip file is cut off, damaged, encrypted or packed in a way that is not read. Send a tar.gz.");

    private sealed class MemberStream(ZipArchiveEntry entry, DecodeBudget budget) : ReadStream
    {
        private Stream? _data;
        private Crc32 _crc;
        private long _length;

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty) return 0;
            try
            {
                var read = (_data ??= entry.Open()).Read(buffer);
                _crc.Add(buffer[..read]);
                _length += read;
                budget.AddDecoded(read);
                if (read == 0 && (_crc.Value != entry.Crc32 || _length != entry.Length)) throw Damaged();
                return read;
            }
            catch (Exception e) when (ArchiveMember.IsDamage(e))
            {
                throw Damaged();
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _data?.Dispose();
            base.Dispose(disposing);
        }
    }
}
