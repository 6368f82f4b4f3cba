using System.Security.Cryptography;
using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Containers;

/// <summary>One run of <see cref="CaptureReader"/>: what is being unpacked and what was found so far.</summary>
internal sealed class CaptureReading(string? fileName, string? formatOverride, Limits limits, CancellationToken cancellation)
{
    private readonly DecodeBudget _budget = new(limits);
    private readonly NameTable _names = new();
    private readonly PartList _parts = new();
    private readonly List<ReadStream> _layers = [];
    private int _members;

    /// <summary>Takes the programs, libraries and debug files of an archive; null when they are only reported.</summary>
    public TakeSymbolFile? SymbolFiles { get; init; }

    /// <summary>When the upload came (UTC), for times in it that lack a year or date; null when nobody says.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Reads the upload; its decoded bytes go through <paramref name="hash"/> too and are counted. Its outer layers are streamed: a tar.gz is never held as a whole.</summary>
    public (ParsedCapture Parsed, long DecodedBytes) Run(Stream file, IncrementalHash? hash)
    {
        try
        {
            return Read(file, hash);
        }
        finally
        {
            foreach (var layer in _layers) layer.Dispose();
        }
    }

    private (ParsedCapture Parsed, long DecodedBytes) Read(Stream file, IncrementalHash? hash)
    {
        var upload = new HeadStream(file, read =>
        {
            _budget.Received += read;
            cancellation.ThrowIfCancellationRequested();
        });
        if (upload.Peek(1).IsEmpty) throw Empty();
        var (decoded, depth, modifiedAt) = Unpack(upload, 0, null);
        var counting = new HashingStream(decoded, hash);
        ReadContent(new HeadStream(counting), new Named(fileName, modifiedAt, depth, IsMember: false), depth > 0 ? null : file is ReadStream stream ? stream.Expected : file.CanSeek ? file.Length : null);
        counting.Drain(cancellation);
        return (_parts.Finish(), counting.Count);
    }

    /// <summary>A file and what it lies in.</summary>
    private readonly record struct Named(string? Name, DateTimeOffset? ModifiedAt, int Depth, bool IsMember);

    /// <summary>Takes off the compression that a stream is packed in.</summary>
    private (HeadStream Content, int Depth, DateTimeOffset? ModifiedAt) Unpack(HeadStream content, int depth, DateTimeOffset? modifiedAt)
    {
        while (Decoder(content) is { } layer)
        {
            _layers.Add(layer);
            CheckDepth(++depth);
            content = new HeadStream(layer);
            content.Peek(1);
            modifiedAt = (layer as GzipDecoder)?.ModifiedAt ?? modifiedAt;
        }
        return (content, depth, modifiedAt);
    }

    /// <summary>What unpacks the stream, or null when it is not compressed.</summary>
    private ReadStream? Decoder(HeadStream content)
    {
        var head = content.Peek(4);
        if (GzipDecoder.Recognises(head)) return new GzipDecoder(content, _budget);
        return ZstdDecoder.Recognises(head) ? new ZstdDecoder(content, _budget) : null;
    }

    /// <summary>Reads a file that is not compressed: an archive, or one of a format.</summary>
    private void ReadContent(HeadStream content, Named file, long? expected = null)
    {
        var head = content.Peek(InputFormats.HeadBytes);
        if (TarMembers.Recognises(head)) ReadTar(content, file.Depth + 1);
        else if (file.IsMember && SymbolFileHead.Recognises(head)) TakeSymbolFile(content, file.Name!);
        else if (ZipMembers.Recognises(head)) ReadZip(content, file.Depth + 1, expected);
        else ReadPlain(content, file, expected);
    }

    private void ReadTar(HeadStream content, int depth)
    {
        CheckDepth(depth);
        using var tar = new TarTail(content);
        foreach (var member in TarMembers.Read(tar)) ReadMember(member, depth);
        tar.ReadToEnd();
    }

    private void ReadZip(HeadStream content, int depth, long? expected)
    {
        CheckDepth(depth);
        var zip = new CaptureText(content, limits with { SnapshotBytes = Math.Min(limits.UploadBytes, limits.DecodedBytes), SnapshotLines = int.MaxValue }, expected).Whole();
        foreach (var member in ZipMembers.Read(zip, _budget)) ReadMember(member, depth);
    }

    private void ReadMember(ArchiveMember member, int depth)
    {
        cancellation.ThrowIfCancellationRequested();
        if (++_members > limits.ArchiveMembers)
            throw new CaptureRefusedException(CaptureRefusal.TooLarge, "archive-members", "The archive holds more files than are read of one upload. Send it in parts.", limits.ArchiveMembers, _members);
        using var data = new MemberStream(member.Content);
        var layers = _layers.Count;
        try
        {
            var (content, inner, modifiedAt) = Unpack(new HeadStream(data), depth, member.ModifiedAt);
            ReadContent(content, new Named(member.Name, modifiedAt, inner, IsMember: true));
            // The checksum of a packed member stands behind its last byte.
            content.CopyTo(Stream.Null);
        }
        catch (CaptureRefusedException refused) when (refused.Kind != CaptureRefusal.TooLarge && refused != data.Fault)
        {
            // What is wrong with one member does not spoil the others.
            _parts.Report(new ParseDiagnostic("CAPTURE001", refused.Kind == CaptureRefusal.Empty ? Severity.Info : Severity.Warning, 0, "not read: " + refused.Message) { Member = member.Name });
            _parts.AddMember(member.Name, "");
        }
        finally
        {
            foreach (var layer in _layers[layers..]) layer.Dispose();
            _layers.RemoveRange(layers, _layers.Count - layers);
        }
    }

    private void TakeSymbolFile(HeadStream content, string name)
    {
        if (SymbolFiles is null) _parts.Report(new ParseDiagnostic("CAPTURE003", Severity.Info, 0, "a program, library or debug file: it gives names to addresses when it is uploaded") { Member = name });
        else SymbolFiles(name, content);
        _parts.AddMember(name, "elf");
    }

    private void ReadPlain(HeadStream content, Named file, long? expected)
    {
        var head = content.Peek(InputFormats.HeadBytes);
        if (head.IsEmpty) throw Empty();
        var text = TextEncoding.ToUtf8(content);
        head = text.Peek(InputFormats.HeadBytes);
        if (head.IsEmpty) throw Empty();
        StampedText? stamped = null;
        if (LineStamp.Detect(head) is { } stamp)
        {
            stamped = new StampedText(text, stamp, file.ModifiedAt ?? ReceivedAt, limits);
            (text, expected) = (new HeadStream(stamped), null);
            head = text.Peek(InputFormats.HeadBytes);
        }
        var format = formatOverride is null ? InputFormats.Sniff(head, file.Name) : InputFormats.Find(formatOverride);
        if ((Refusals.Of(head) ?? (format is null ? Refusals.Unknown(head) : null)) is { } refusal)
        {
            // A file that is cut off, damaged or too large is refused for that, whatever it holds.
            text.CopyTo(Stream.Null);
            throw refusal;
        }
        var parsed = format!.Parse(new CaptureText(text, limits, expected), new ParseOptions(limits) { Names = _names, FileName = file.Name });
        if (stamped is not null) parsed = stamped.Restore(parsed);
        // A trace without an event says something, unless the tool says why.
        var isBare = parsed.Snapshots.Count + parsed.Figures.Count + parsed.HeapProfiles.Count + parsed.PerfMaps.Count == 0 && parsed.Traces.All(t => t.Events.Count == 0);
        if (isBare && Refusals.OfMessage(head) is { } message) throw message;
        if (parsed.IsEmpty) throw NothingRead(format, parsed);
        _parts.Add(parsed, file.IsMember ? file.Name : null, MemberName.Parse(file.Name) with { FilePid = ToolFileName.Pid(file.Name, parsed.Format) }, file.ModifiedAt);
    }

    private static CaptureRefusedException Empty() =>
        new(CaptureRefusal.Empty, "empty", "The file is empty. The smaps of a kernel thread is, and so is that of a process that has ended: take a process that `ps -o pid,rss,comm -p PID` shows with memory, while it runs. What was redirected with > is empty too when the command failed: look at its messages.");

    private static CaptureRefusedException NothingRead(InputFormat format, ParsedCapture parsed)
    {
        var reason = parsed.Diagnostics.OrderByDescending(d => d.Severity == Severity.Error).Select(d => d.Text).FirstOrDefault("it holds no mapping");
        return new CaptureRefusedException(CaptureRefusal.Unreadable, "no-data", $"The file was recognised as {format.Title}, but nothing in it could be used: {reason}");
    }

    private void CheckDepth(int depth)
    {
        if (depth > limits.ContainerDepth)
            throw new CaptureRefusedException(CaptureRefusal.Unsupported, "container-depth", "The file is packed in too many layers. Unpack it once or twice.", limits.ContainerDepth, depth);
    }
}
