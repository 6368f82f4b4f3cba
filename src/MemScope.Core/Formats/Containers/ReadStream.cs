namespace MemScope.Core.Formats.Containers;

/// <summary>A stream that can only be read, from front to back.</summary>
public abstract class ReadStream : Stream
{
    /// <summary>Bytes in all, where that is known.</summary>
    public virtual long? Expected => null;

    /// <summary>Reads bytes that are in memory.</summary>
    internal static Stream Over(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(bytes.ToArray(), writable: false);

    /// <inheritdoc/>
    public abstract override int Read(Span<byte> buffer);

    /// <summary>Says where the bytes of the next read are wanted, for a stream that can fetch them meanwhile. If it does, the memory is its own until that read.</summary>
    /// <returns>Whether it does; most do not.</returns>
    public virtual bool Announce(Memory<byte> next) => false;

    /// <inheritdoc/>
    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public sealed override bool CanRead => true;

    /// <inheritdoc/>
    public sealed override bool CanSeek => false;

    /// <inheritdoc/>
    public sealed override bool CanWrite => false;

    /// <inheritdoc/>
    public sealed override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public sealed override void Flush()
    {
    }

    /// <inheritdoc/>
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
