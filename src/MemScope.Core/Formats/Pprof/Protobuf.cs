namespace MemScope.Core.Formats.Pprof;

/// <summary>How a field is written (protobuf's wire types). Groups, 3 and 4, are not in use any more and count as broken.</summary>
internal enum ProtoWire : byte
{
    /// <summary>A number of 1 to 10 bytes.</summary>
    Varint = 0,
    /// <summary>8 bytes.</summary>
    Fixed64 = 1,
    /// <summary>A length and so many bytes: a message, a string, packed numbers.</summary>
    Bytes = 2,
    /// <summary>4 bytes.</summary>
    Fixed32 = 5,
}

/// <summary>The parts that every protobuf message is made of (protobuf.dev, "Encoding").</summary>
internal static class Protobuf
{
    /// <summary>Most bytes of a varint.</summary>
    public const int VarintBytes = 10;

    /// <summary>Reads a varint from the left; 0 bytes when it has no end, or more than 64 bits.</summary>
    public static int Varint(ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < VarintBytes; i++)
        {
            if (i == VarintBytes - 1 && bytes[i] > 1) return 0;
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80) return i + 1;
        }
        return 0;
    }

    /// <summary>Splits a tag; false when there is no such field or wire type.</summary>
    public static bool TryTag(ulong tag, out int field, out ProtoWire wire)
    {
        (field, wire) = ((int)Math.Min(tag >> 3, int.MaxValue), (ProtoWire)(tag & 7));
        return field is > 0 and < 1 << 29 && wire is ProtoWire.Varint or ProtoWire.Fixed64 or ProtoWire.Bytes or ProtoWire.Fixed32;
    }
}

/// <summary>Walks the fields of a message that is in memory.</summary>
internal ref struct ProtoFields(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>How it is written.</summary>
    public ProtoWire Wire { get; private set; }

    /// <summary>Its number, when it is a varint.</summary>
    public ulong Value { get; private set; }

    /// <summary>Its bytes, when it has a length.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Whether the message ended inside a field, or is none.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether it ended inside a field: more bytes might have made it whole.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty || IsBroken) return false;
        if (!TryVarint(out var tag)) return false;
        if (!Protobuf.TryTag(tag, out var field, out var wire)) return Break();
        (Field, Wire, Value) = (field, wire, 0);
        Payload = default;
        if (wire == ProtoWire.Varint)
        {
            if (!TryVarint(out var value)) return false;
            Value = value;
            return true;
        }
        ulong length = wire == ProtoWire.Fixed64 ? 8u : 4u;
        if (wire == ProtoWire.Bytes && !TryVarint(out length)) return false;
        if (length > (ulong)_rest.Length)
        {
            IsCut = true;
            return Break();
        }
        Payload = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    private bool TryVarint(out ulong value)
    {
        var used = Protobuf.Varint(_rest, out value);
        if (used == 0)
        {
            IsCut = _rest.Length < Protobuf.VarintBytes;
            return Break();
        }
        _rest = _rest[used..];
        return true;
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }
}
