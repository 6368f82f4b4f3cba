using System.Security.Cryptography;

namespace MemScope.Core.Formats.Containers;

/// <summary>Passes bytes through and takes their SHA-256.</summary>
internal sealed class HashingStream(Stream source) : ReadStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes passed so far.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        if (read <= 0) return 0;
        _hash.AppendData(buffer[..read]);
        Count += read;
        return read;
    }

    /// <summary>Reads on to the end.</summary>
    public void Drain(CancellationToken cancellation)
    {
        var rest = new byte[16 << 10];
        while (Read(rest.AsSpan()) > 0) cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>The hash of all that passed.</summary>
    public byte[] Hash() => _hash.GetCurrentHash();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
