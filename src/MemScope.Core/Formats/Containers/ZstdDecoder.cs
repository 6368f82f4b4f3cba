using System.Buffers.Binary;

namespace MemScope.Core.Formats.Containers;

/// <summary>
/// Unpacks zstd (RFC 8878) through libzstd: frames one behind the other and skippable frames between them, as zstd -T, pzstd and appending tools write them. libzstd verifies the
/// checksum of a frame that has one; a file that ends inside a frame is refused as cut off.
/// </summary>
internal sealed class ZstdDecoder(Stream source, DecodeBudget budget) : ReadStream
{
    /// <summary>Window that a frame may ask for, 2^27 = 128 MiB: what zstd's own command gives without --long. A hostile frame could ask for 2 GiB.</summary>
    public const int WindowLog = 27;

    private const int MagicBytes = 4;
    private const uint FrameMagic = 0xfd2f_b528, SkippableMagic = 0x184d_2a50, SkippableMask = 0xffff_fff0;

    private readonly Libzstd.Decoder _decoder = Libzstd.NewDecoder(WindowLog);

    /// <summary>Little at a time: what was received is what a bomb is measured against.</summary>
    private readonly byte[] _input = new byte[8 << 10];
    private int _next, _end;
    private bool _ended, _inFrame, _hasMore;

    /// <summary>Whether bytes look like the beginning of a zstd file, and there is a library to read it.</summary>
    public static bool Recognises(ReadOnlySpan<byte> head) => IsMagic(head) && Libzstd.IsPresent;

    private static bool IsMagic(ReadOnlySpan<byte> head) =>
        BinaryPrimitives.TryReadUInt32LittleEndian(head, out var magic) && (magic == FrameMagic || (magic & SkippableMask) == SkippableMagic);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (_inFrame || BeginFrame())
        {
            // The decoder may hold output for which the last buffer was too small.
            if (_next == _end && !_hasMore && !Fill(1)) throw CutOff();
            var result = Libzstd.Decompress(_decoder, _input.AsSpan(_next, _end - _next), buffer, out var taken, out var given);
            Check(Libzstd.ErrorOf(result));
            _next += taken;
            _inFrame = result != 0;
            _hasMore = given == buffer.Length && _inFrame;
            if (given == 0) continue;
            budget.AddDecoded(given);
            return given;
        }
        return 0;
    }

    /// <summary>Whether another frame follows.</summary>
    private bool BeginFrame()
    {
        Fill(MagicBytes);
        var head = _input.AsSpan(_next, _end - _next);
        if (head.IsEmpty) return false;
        if (head.Length < MagicBytes) throw CutOff();
        if (!IsMagic(head)) throw new CaptureRefusedException(CaptureRefusal.BadEncoding, "zstd-trailing", "Behind the zstd data stand bytes that do not belong to it. Send the file again.");
        return _inFrame = true;
    }

    /// <summary>Sees to it that so many bytes are there to be unpacked; false at the end of the source.</summary>
    private bool Fill(int count)
    {
        if (_end - _next >= count) return true;
        _input.AsSpan(_next, _end - _next).CopyTo(_input);
        (_next, _end) = (0, _end - _next);
        while (!_ended && _end < count)
        {
            var read = source.Read(_input, _end, _input.Length - _end);
            if (read <= 0) _ended = true;
            else _end += read;
        }
        return _end >= count;
    }

    private static void Check(ZstdError error)
    {
        switch (error)
        {
            case ZstdError.None:
                return;
            case ZstdError.WindowTooLarge:
                throw new CaptureRefusedException(CaptureRefusal.Unsupported, "zstd-window",
                    "The zstd file needs a window of more than 128 MiB (it was packed with --long=28 or more). Pack it without --long: zstd -dc --long=31 FILE | zstd -o FILE.zst");
            case ZstdError.WrongDictionary:
                throw new CaptureRefusedException(CaptureRefusal.Unsupported, "zstd-dictionary", "The zstd file was packed with a dictionary, which is not here. Pack it without -D.");
            case ZstdError.OutOfMemory:
                Libzstd.ThrowOutOfMemory();
                return;
            default:
                throw new CaptureRefusedException(CaptureRefusal.BadEncoding, "zstd-damaged", "The zstd data is damaged. Send the file again.");
        }
    }

    private static CaptureRefusedException CutOff() =>
        new(CaptureRefusal.BadEncoding, "zstd-truncated", "The zstd data is cut off: it ends inside a frame. Where the program that writes it still runs, wait for its end; else send the file again.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _decoder.Dispose();
        base.Dispose(disposing);
    }
}
