namespace MemScope.Core.Formats.Containers;

/// <summary>A stream whose first bytes can be looked at before it is read.</summary>
/// <param name="source">Where the bytes come from.</param>
/// <param name="onRead">Told of every read: number of bytes taken from the source.</param>
internal sealed class HeadStream(Stream source, Action<int>? onRead = null) : ReadStream
{
    private byte[] _head = [];
    private int _length, _given;

    /// <summary>Up to <paramref name="count"/> of the next bytes, which stay to be read. Only before the first read.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_head.Length < count) Array.Resize(ref _head, count);
        while (_length < count)
        {
            var read = source.Read(_head, _length, count - _length);
            if (read <= 0) break;
            onRead?.Invoke(read);
            _length += read;
        }
        return _head.AsSpan(0, Math.Min(count, _length));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_given < _length)
        {
            var count = Math.Min(buffer.Length, _length - _given);
            _head.AsSpan(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }
        var read = source.Read(buffer);
        if (read > 0) onRead?.Invoke(read);
        return read;
    }

    /// <inheritdoc/>
    public override bool Announce(Memory<byte> next) => _given == _length && source is ReadStream stream && stream.Announce(next);
}
