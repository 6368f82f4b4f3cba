using System.Security.Cryptography;

namespace MemScope.Core.Formats.Containers;

/// <summary>Passes bytes through, counts them, and has them hashed.</summary>
/// <param name="source">Where they come from.</param>
/// <param name="hash">Takes them, or null.</param>
internal sealed class HashingStream(Stream source, IncrementalHash? hash) : ReadStream
{
    /// <summary>Bytes passed so far.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        if (read <= 0) return 0;
        hash?.AppendData(buffer[..read]);
        Count += read;
        return read;
    }

    /// <inheritdoc/>
    public override bool Announce(Memory<byte> next) => source is ReadStream stream && stream.Announce(next);

    /// <summary>Reads on to the end.</summary>
    public void Drain(CancellationToken cancellation)
    {
        var rest = new byte[16 << 10];
        while (Read(rest.AsSpan()) > 0) cancellation.ThrowIfCancellationRequested();
    }
}
