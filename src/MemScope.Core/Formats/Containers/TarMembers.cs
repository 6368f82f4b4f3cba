using System.Formats.Tar;

namespace MemScope.Core.Formats.Containers;

/// <summary>Walks a tar file of any flavour from front to back.</summary>
internal static class TarMembers
{
    private const int Block = 512, ChecksumAt = 148, ChecksumLength = 8;

    /// <summary>Whether the first block is a tar header: its checksum is right. Old tar files have no magic.</summary>
    public static bool Recognises(ReadOnlySpan<byte> head)
    {
        if (head.Length < Block || head[0] == 0) return false;
        var sum = 0;
        for (var i = 0; i < Block; i++) sum += i is >= ChecksumAt and < ChecksumAt + ChecksumLength ? ' ' : head[i];
        var stated = 0;
        foreach (var digit in head.Slice(ChecksumAt, ChecksumLength).Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7') return false;
            stated = (stated * 8) + digit - '0';
        }
        return sum == stated;
    }

    /// <summary>The regular files in it.</summary>
    public static IEnumerable<ArchiveMember> Read(Stream tar)
    {
        using var reader = new TarReader(tar, leaveOpen: true);
        while (Next(reader) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)) continue;
            yield return new ArchiveMember(entry.Name, entry.ModificationTime == DateTimeOffset.UnixEpoch ? null : entry.ModificationTime, new MemberStream(entry.DataStream ?? Stream.Null));
        }
    }

    private static TarEntry? Next(TarReader reader)
    {
        try
        {
            return reader.GetNextEntry();
        }
        catch (Exception e) when (ArchiveMember.IsDamage(e))
        {
            throw Damaged();
        }
    }

    /// <summary>A tar file that ends early or makes no sense.</summary>
    public static CaptureRefusedException Damaged() =>
        new(CaptureRefusal.BadEncoding, "tar-damaged", "The tar file is cut off or damaged. Make it again (tar -czf) and send the whole file.");

    /// <summary>Turns the reader's exceptions inside a member into the refusal.</summary>
    private sealed class MemberStream(Stream data) : ReadStream
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return data.Read(buffer);
            }
            catch (Exception e) when (ArchiveMember.IsDamage(e))
            {
                throw Damaged();
            }
        }
    }
}
