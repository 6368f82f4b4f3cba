using System.Buffers;
using System.Text;

namespace MemScope.Web.Exports;

/// <summary>Writes messages of protocol buffers (protobuf.dev/programming-guides/encoding): a tag, then a number of variable length, or a length and bytes. Numbers of 0 are left out.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Begins anew.</summary>
    public void Clear() => _bytes.ResetWrittenCount();

    /// <summary>A number; negative ones take ten bytes.</summary>
    public void Number(int field, long value)
    {
        if (value == 0) return;
        Varint((ulong)field << 3);
        Varint((ulong)value);
    }

    /// <summary>A text.</summary>
    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message, or packed numbers.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)field << 3 | 2);
        Varint((ulong)value.Length);
        _bytes.Write(value);
    }

    /// <summary>A number without a tag, for packed lists.</summary>
    public void Varint(ulong value)
    {
        var span = _bytes.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _bytes.Advance(length);
    }
}
