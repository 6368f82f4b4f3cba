using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace MemScope.Storage.Blocks;

/// <summary>Writes LEB128 numbers and interned strings, then deflates the whole. The counterpart is <see cref="PackedReader"/>.</summary>
internal sealed class PackedWriter
{
    private readonly ArrayBufferWriter<byte> _out = new(4096);
    private readonly Dictionary<string, int> _strings = new(StringComparer.Ordinal);

    /// <summary>An unsigned number, 7 bits a byte, lowest first.</summary>
    public void Number(ulong value)
    {
        var span = _out.GetSpan(10);
        var n = 0;
        for (; value >= 0x80; value >>= 7) span[n++] = (byte)(value | 0x80);
        span[n++] = (byte)value;
        _out.Advance(n);
    }

    /// <summary>A count or an index.</summary>
    public void Count(int value) => Number((ulong)value);

    /// <summary>A signed number: zigzag puts small negative ones next to small positive ones.</summary>
    public void Signed(long value) => Number((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>An unsigned number or null.</summary>
    public void Optional(ulong? value)
    {
        Count(value is null ? 0 : 1);
        if (value is { } number) Number(number);
    }

    /// <summary>A signed number or null.</summary>
    public void OptionalSigned(long? value)
    {
        Count(value is null ? 0 : 1);
        if (value is { } number) Signed(number);
    }

    /// <summary>A string: 0 for null, its number if it was written before, else the next number and its UTF-8.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            Number(0);
            return;
        }
        if (_strings.TryGetValue(value, out var known))
        {
            Count(known);
            return;
        }
        _strings.Add(value, _strings.Count + 1);
        Count(_strings.Count);
        var length = Encoding.UTF8.GetByteCount(value);
        Count(length);
        _out.Advance(Encoding.UTF8.GetBytes(value, _out.GetSpan(length)));
    }

    /// <summary>The result: <paramref name="version"/>, then the deflated content with its checksum.</summary>
    public byte[] Finish(byte version)
    {
        using var result = new MemoryStream();
        result.WriteByte(version);
        using (var deflate = new ZLibStream(result, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(_out.WrittenSpan);
        return result.ToArray();
    }
}
