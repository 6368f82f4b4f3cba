namespace MemScope.Core.Formats.Pprof;

/// <summary>Walks the fields of the outermost message in a buffer that is filled again and again: it grows to the largest field, and only by bytes that are there, whatever a length claims.</summary>
/// <param name="source">From the front. What it throws comes through.</param>
/// <param name="fieldBytes">Longer fields are passed over.</param>
internal sealed class ProtoStream(Stream source, int fieldBytes)
{
    private byte[] _buffer = new byte[64 << 10];
    private int _next, _end, _payload, _length;
    private bool _ended;

    /// <summary>Number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>How it is written.</summary>
    public ProtoWire Wire { get; private set; }

    /// <summary>Its number, when it is a varint.</summary>
    public ulong Value { get; private set; }

    /// <summary>Its bytes, when it has a length, until the next call of <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(_payload, _length);

    /// <summary>Bytes read so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether it ended inside a field, or what stands there is no field.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Fields that were longer than the limit.</summary>
    public int TooLong { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        while (!IsBroken)
        {
            Fill(Protobuf.VarintBytes);
            if (_next == _end) return false;
            if (!TryVarint(out var tag) || !Protobuf.TryTag(tag, out var field, out var wire)) return Break();
            (Field, Wire, Value, _payload, _length) = (field, wire, 0, 0, 0);
            if (wire == ProtoWire.Varint)
            {
                if (!TryVarint(out var value)) return Break();
                Value = value;
                return true;
            }
            ulong length = wire == ProtoWire.Fixed64 ? 8u : 4u;
            if (wire == ProtoWire.Bytes && !TryVarint(out length)) return Break();
            if (length <= (ulong)fieldBytes) return TryPayload((int)length) || Break();
            TooLong++;
            if (!TrySkip(length)) return Break();
        }
        return false;
    }

    private bool TryPayload(int length)
    {
        Fill(length);
        if (_end - _next < length) return false;
        (_payload, _length) = (_next, length);
        Take(length);
        return true;
    }

    private bool TrySkip(ulong length)
    {
        while (length > 0)
        {
            if (_next == _end) Fill(1);
            if (_next == _end) return false;
            var some = (int)Math.Min(length, (ulong)(_end - _next));
            Take(some);
            length -= (ulong)some;
        }
        return true;
    }

    private bool TryVarint(out ulong value)
    {
        Fill(Protobuf.VarintBytes);
        var used = Protobuf.Varint(_buffer.AsSpan(_next, _end - _next), out value);
        Take(used);
        return used > 0;
    }

    private void Take(int count) => (_next, Offset) = (_next + count, Offset + count);

    /// <summary>Reads until so many bytes are in the buffer, or the source has no more.</summary>
    private void Fill(int count)
    {
        if (_end - _next >= count || _ended) return;
        Buffer.BlockCopy(_buffer, _next, _buffer, 0, _end - _next);
        (_next, _end) = (0, _end - _next);
        while (_end < count && !_ended)
        {
            if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = source.Read(_buffer, _end, _buffer.Length - _end);
            _ended = read <= 0;
            _end += Math.Max(read, 0);
        }
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }
}
