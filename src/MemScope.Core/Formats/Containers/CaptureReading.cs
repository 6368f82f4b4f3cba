using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Containers;

/// <summary>One run of <see cref="CaptureReader"/>: what is being unpacked and what was found so far.</summary>
internal sealed class CaptureReading(string? fileName, string? formatOverride, Limits limits, CancellationToken cancellation)
{
    private readonly DecodeBudget _budget = new(limits);
    private readonly NameTable _names = new();
    private readonly PartList _parts = new();
    private readonly List<GzipDecoder> _layers = [];
    private int _members;

    /// <summary>Reads the upload. Its outer layers are streamed: a tar.gz is never held as a whole.</summary>
    public CaptureContents Run(Stream file)
    {
        try
        {
            return Read(file);
        }
        finally
        {
            foreach (var layer in _layers) layer.Dispose();
        }
    }

    private CaptureContents Read(Stream file)
    {
        var upload = new HeadStream(file, read => _budget.Received += read);
        if (upload.Peek(1).IsEmpty) throw new CaptureRefusedException(CaptureRefusal.Empty, "empty", "The file is empty. A kernel thread's smaps is, and so is that of a process that has ended.");
        var (decoded, depth, modifiedAt) = Unpack(upload, 0);
        using var hashing = new HashingStream(decoded);
        var content = new HeadStream(hashing);
        var head = content.Peek(InputFormats.HeadBytes);
        if (head.IsEmpty) throw new CaptureRefusedException(CaptureRefusal.Empty, "empty", "The file is empty once it is unpacked.");
        if (TarMembers.Recognises(head))
        {
            ReadTar(content, depth + 1);
            // A tar file that was cut between two members looks whole but for the zero blocks that close it.
            hashing.Drain(cancellation);
            if (!hashing.EndsInZeroBlock) throw TarMembers.Damaged();
        }
        else
        {
            ReadBytes(ReadAll(content, depth == 0 && file.CanSeek ? file.Length : null), fileName, modifiedAt, depth, isMember: false);
            hashing.Drain(cancellation);
        }
        return new CaptureContents(_parts.Finish(), hashing.Hash(), hashing.Count);
    }

    private (HeadStream Content, int Depth, DateTimeOffset? ModifiedAt) Unpack(HeadStream content, int depth)
    {
        DateTimeOffset? modifiedAt = null;
        while (GzipDecoder.Recognises(content.Peek(2)))
        {
            CheckDepth(++depth);
            var gzip = new GzipDecoder(content, _budget);
            _layers.Add(gzip);
            content = new HeadStream(gzip);
            content.Peek(2);
            modifiedAt = gzip.ModifiedAt ?? modifiedAt;
        }
        return (content, depth, modifiedAt);
    }

    private void ReadTar(Stream tar, int depth)
    {
        CheckDepth(depth);
        foreach (var member in TarMembers.Read(tar)) ReadMember(member, depth);
    }

    private void ReadMember(ArchiveMember member, int depth)
    {
        cancellation.ThrowIfCancellationRequested();
        if (++_members > limits.ArchiveMembers)
            throw new CaptureRefusedException(CaptureRefusal.TooLarge, "archive-members", "The archive holds more files than are read of one upload. Send it in parts.", limits.ArchiveMembers, _members);
        using var data = member.Content;
        var bytes = ReadAll(new HeadStream(data));
        try
        {
            ReadBytes(bytes, member.Name, member.ModifiedAt, depth, isMember: true);
        }
        catch (CaptureRefusedException refused) when (refused.Kind != CaptureRefusal.TooLarge)
        {
            // What is wrong with one member does not spoil the others.
            _parts.Report(new ParseDiagnostic("CAPTURE001", refused.Kind == CaptureRefusal.Empty ? Severity.Info : Severity.Warning, 0, "not read: " + refused.Message) { Member = member.Name });
        }
    }

    /// <summary>Reads a file that is in memory, unpacking what it is packed in.</summary>
    private void ReadBytes(ReadOnlyMemory<byte> bytes, string? name, DateTimeOffset? modifiedAt, int depth, bool isMember)
    {
        if (GzipDecoder.Recognises(bytes.Span))
        {
            CheckDepth(depth + 1);
            using var gzip = new GzipDecoder(ReadStream.Over(bytes), _budget);
            var decoded = ReadAll(new HeadStream(gzip));
            ReadBytes(decoded, name, gzip.ModifiedAt ?? modifiedAt, depth + 1, isMember);
        }
        else if (isMember && TarMembers.Recognises(bytes.Span))
        {
            if (bytes.Length < 512 || bytes.Span[^512..].IndexOfAnyExcept((byte)0) >= 0) throw TarMembers.Damaged();
            ReadTar(ReadStream.Over(bytes), depth + 1);
        }
        else if (ZipMembers.Recognises(bytes.Span))
        {
            CheckDepth(depth + 1);
            foreach (var member in ZipMembers.Read(bytes, _budget)) ReadMember(member, depth + 1);
        }
        else
        {
            ReadPlain(TextEncoding.ToUtf8(bytes), name, modifiedAt, isMember);
        }
    }

    private void ReadPlain(ReadOnlyMemory<byte> bytes, string? name, DateTimeOffset? modifiedAt, bool isMember)
    {
        if (bytes.IsEmpty) throw new CaptureRefusedException(CaptureRefusal.Empty, "empty", "The file is empty. A kernel thread's smaps is, and so is that of a process that has ended.");
        if (Refusals.Of(bytes.Span) is { } refusal) throw refusal;
        var format = FormatOf(bytes.Span) ?? throw Refusals.Unknown(bytes.Span);
        CheckLines(bytes.Span, format);
        var parsed = format.Parse(bytes, new ParseOptions(limits) { Names = _names });
        if (parsed.IsEmpty) throw NothingRead(format, parsed);
        _parts.Add(parsed, isMember ? name : null, MemberName.Parse(name), modifiedAt);
    }

    private InputFormat? FormatOf(ReadOnlySpan<byte> head) => formatOverride is null ? InputFormats.Sniff(head) : InputFormats.Find(formatOverride);

    private void CheckLines(ReadOnlySpan<byte> text, InputFormat format)
    {
        if (format.IsTrace) return;
        var lines = System.MemoryExtensions.Count(text, (byte)'\n');
        if (lines > limits.SnapshotLines)
            throw new CaptureRefusedException(CaptureRefusal.TooLarge, "snapshot-lines", "The file has more lines than are read of one. Send the snapshots one by one, or in a tar.gz with a file for each.", limits.SnapshotLines, lines);
    }

    private static CaptureRefusedException NothingRead(InputFormat format, ParsedCapture parsed)
    {
        var reason = parsed.Diagnostics.Count > 0 ? parsed.Diagnostics[0].Text : "it holds no mapping";
        return new CaptureRefusedException(CaptureRefusal.Unreadable, "no-data", $"The file was recognised as {format.Title}, but nothing in it could be used: {reason}");
    }

    /// <summary>Reads a stream into memory, up to the limit for what it seems to hold.</summary>
    /// <param name="content">The stream.</param>
    /// <param name="expected">How long it is, where that is known: too long a file is then refused before it costs memory.</param>
    private ReadOnlyMemory<byte> ReadAll(HeadStream content, long? expected = null)
    {
        var head = content.Peek(InputFormats.HeadBytes);
        // What fits into the head needs no look: the smaller limit is far above it.
        var isTrace = head.Length == InputFormats.HeadBytes && FormatOf(head) is { IsTrace: true };
        var cap = Math.Min(isTrace ? limits.DecodedBytes : limits.SnapshotBytes, Array.MaxLength - 1);
        if (expected > cap) throw TooLarge(cap, expected.Value);
        var bytes = new byte[Math.Max(head.Length, expected ?? 0) + 1];
        var length = 0;
        while (content.Read(bytes, length, bytes.Length - length) is > 0 and var read)
        {
            length += read;
            cancellation.ThrowIfCancellationRequested();
            if (length > cap) throw TooLarge(cap, length);
            if (length == bytes.Length) Array.Resize(ref bytes, (int)Math.Min(cap + 1, bytes.Length * 2L));
        }
        return bytes.AsMemory(0, length);
    }

    private static CaptureRefusedException TooLarge(long cap, long actual) =>
        new(CaptureRefusal.TooLarge, "snapshot-bytes", "The file is larger than one snapshot file may be. Send the snapshots one by one, or in a tar.gz with a file for each.", cap, actual);

    private void CheckDepth(int depth)
    {
        if (depth > limits.ContainerDepth)
            throw new CaptureRefusedException(CaptureRefusal.Unsupported, "container-depth", "The file is packed in too many layers. Unpack it once or twice.", limits.ContainerDepth, depth);
    }
}
