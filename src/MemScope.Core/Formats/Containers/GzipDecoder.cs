using System.Buffers.Binary;
using System.IO.Compression;

namespace MemScope.Core.Formats.Containers;

/// <summary>
/// Unpacks gzip (RFC 1952), also of several members, and verifies checksum and length of each. .NET's own GZipStream takes the end of a cut
/// file for the end of the data, so half a capture would be stored as if it were whole; its stricter mode is a switch of the host process.
/// </summary>
internal sealed class GzipDecoder(Stream source, DecodeBudget budget) : ReadStream
{
    private const int HeaderCap = 8 << 10;
    private readonly GzipFeed _feed = new(source);
    private DeflateStream? _member;
    private Crc32 _crc;
    private uint _length;
    private bool _started, _ended;

    /// <summary>Modification time in the first member's header, or null when it has none.</summary>
    public DateTimeOffset? ModifiedAt { get; private set; }

    /// <summary>Whether bytes look like the beginning of a gzip file.</summary>
    public static bool Recognises(ReadOnlySpan<byte> head) => head.StartsWith<byte>([0x1f, 0x8b]);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (!_ended)
        {
            if (_member is null && !BeginMember()) break;
            var read = Inflate(buffer);
            if (read > 0) return read;
            EndMember();
        }
        _ended = true;
        return 0;
    }

    private int Inflate(Span<byte> buffer)
    {
        int read;
        try
        {
            read = _member!.Read(buffer);
        }
        catch (InvalidDataException)
        {
            throw Damaged();
        }
        _crc.Add(buffer[..read]);
        _length = unchecked(_length + (uint)read);
        budget.AddDecoded(read);
        return read;
    }

    private bool BeginMember()
    {
        var head = _feed.Peek(HeaderCap);
        if (_started && IsPadding(head)) return false;
        if (!Recognises(head)) throw new CaptureRefusedException(CaptureRefusal.BadEncoding, "gzip-trailing", "Behind the gzip data stand bytes that do not belong to it. Send the file again.");
        var length = HeaderLength(head);
        if (length < 0 || length > head.Length) throw head.Length < HeaderCap ? CutOff() : Damaged();
        if (!_started && BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) is > 0 and var seconds) ModifiedAt = DateTimeOffset.FromUnixTimeSeconds(seconds);
        _feed.Skip(length);
        _member = new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true);
        (_crc, _length, _started) = (default, 0, true);
        return true;
    }

    private void EndMember()
    {
        _member!.Dispose();
        _member = null;
        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);
        if (!_feed.TrySkipPast(trailer)) throw CutOff();
    }

    /// <summary>Tapes and some tools fill the last block with zeros.</summary>
    private bool IsPadding(ReadOnlySpan<byte> head)
    {
        while (!head.IsEmpty)
        {
            if (head.IndexOfAnyExcept((byte)0) >= 0) return false;
            _feed.Skip(head.Length);
            head = _feed.Peek(HeaderCap);
        }
        return true;
    }

    /// <summary>Bytes of the header at the front, -1 when it is none or not all there.</summary>
    private static int HeaderLength(ReadOnlySpan<byte> head)
    {
        const int extra = 4, name = 8, comment = 16, checksum = 2, reserved = 0xe0;
        if (head.Length < 10 || head[2] != 8 || (head[3] & reserved) != 0) return -1;
        var flags = head[3];
        var length = 10;
        if ((flags & extra) != 0)
        {
            if (head.Length < length + 2) return -1;
            length += 2 + BinaryPrimitives.ReadUInt16LittleEndian(head[length..]);
        }
        if ((flags & name) != 0 && !SkipText(head, ref length)) return -1;
        if ((flags & comment) != 0 && !SkipText(head, ref length)) return -1;
        return (flags & checksum) != 0 ? length + 2 : length;
    }

    private static bool SkipText(ReadOnlySpan<byte> head, ref int length)
    {
        if (length >= head.Length) return false;
        var end = head[length..].IndexOf((byte)0);
        length += end + 1;
        return end >= 0;
    }

    private static CaptureRefusedException CutOff() =>
        new(CaptureRefusal.BadEncoding, "gzip-truncated", "The gzip data is cut off or damaged: its checksum is not where the data ends. Send the file again.");

    private static CaptureRefusedException Damaged() => new(CaptureRefusal.BadEncoding, "gzip-damaged", "The gzip data is damaged. Send the file again.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _member?.Dispose();
        base.Dispose(disposing);
    }
}
