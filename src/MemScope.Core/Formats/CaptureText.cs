using MemScope.Core.Formats.Containers;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats;

/// <summary>
/// The decoded text of one file, as a parser takes it: line by line (traces and heap profiles, whose size knows no bound) or as a whole (snapshots, documents).
/// It is read once.
/// </summary>
public sealed class CaptureText
{
    private const int StreamBuffer = 256 << 10;
    private readonly Stream _stream;
    private readonly ReadOnlyMemory<byte>? _bytes;
    private readonly Limits _limits;

    /// <summary>A text in memory.</summary>
    public CaptureText(ReadOnlyMemory<byte> bytes) => (_bytes, _stream, _limits) = (bytes, Stream.Null, Limits.Default);

    /// <summary>A text that is read as it is asked for.</summary>
    /// <param name="stream">UTF-8 or raw bytes, from the front.</param>
    /// <param name="limits">Caps of <see cref="Whole"/>.</param>
    /// <param name="expected">How long it is, where that is known: too long a file is then refused before it costs memory.</param>
    public CaptureText(Stream stream, Limits limits, long? expected = null) => (_stream, _limits, Expected) = (stream, limits, expected);

    /// <summary>Bytes in all, where that is known.</summary>
    public long? Expected { get; }

    /// <summary>A text in memory.</summary>
    public static implicit operator CaptureText(byte[] bytes) => new(bytes);

    /// <summary>A text in memory.</summary>
    public static implicit operator CaptureText(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>The text line by line, in memory that does not grow with it.</summary>
    /// <param name="lineBytes">Longer lines are cut there.</param>
    internal LineStream Lines(int lineBytes) => _bytes is { } bytes ? new LineStream(bytes, lineBytes) : new LineStream(_stream, lineBytes);

    /// <summary>The text as a stream of bytes.</summary>
    public Stream Open() => _bytes is { } bytes ? ReadStream.Over(bytes) : _stream;

    /// <summary>All of it.</summary>
    /// <exception cref="CaptureRefusedException">It has more bytes or lines than are read of one snapshot or document.</exception>
    public ReadOnlyMemory<byte> Whole()
    {
        if (_bytes is { } known) return known;
        var cap = (int)Math.Min(_limits.SnapshotBytes, Array.MaxLength - 1);
        if (Expected > cap) throw TooLarge(cap, Expected.Value);
        var bytes = new byte[Math.Max(StreamBuffer, Expected ?? 0) + 1];
        var length = 0;
        while (_stream.Read(bytes, length, bytes.Length - length) is > 0 and var read)
        {
            length += read;
            if (length > cap) throw TooLarge(cap, length);
            if (length == bytes.Length) Array.Resize(ref bytes, (int)Math.Min(cap + 1, bytes.Length * 2L));
        }
        var lines = System.MemoryExtensions.Count(bytes.AsSpan(0, length), (byte)'\n');
        if (lines > _limits.SnapshotLines)
            throw new CaptureRefusedException(CaptureRefusal.TooLarge, "snapshot-lines", "The file has more lines than are read of one. Send the snapshots one by one, or in a tar.gz with a file for each.", _limits.SnapshotLines, lines);
        return bytes.AsMemory(0, length);
    }

    private static CaptureRefusedException TooLarge(long cap, long actual) =>
        new(CaptureRefusal.TooLarge, "snapshot-bytes", "The file is larger than one snapshot file may be. Send the snapshots one by one, or in a tar.gz with a file for each.", cap, actual);
}
