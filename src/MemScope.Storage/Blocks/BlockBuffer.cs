using System.Buffers;
using System.Text;

namespace MemScope.Storage.Blocks;

/// <summary>Bytes being written, in pooled memory. Numbers are LEB128: 7 bits a byte, lowest first.</summary>
internal sealed class BlockBuffer : IDisposable
{
    private const int MostNumberBytes = 10;
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Number(ulong value)
    {
        if (_bytes.Length - Length < MostNumberBytes) Reserve(MostNumberBytes);
        var (bytes, at) = (_bytes, Length);
        for (; value >= 0x80; value >>= 7) bytes[at++] = (byte)(value | 0x80);
        bytes[at++] = (byte)value;
        Length = at;
    }

    /// <summary>A count or an index.</summary>
    public void Count(int value) => Number((ulong)value);

    /// <summary>A signed number: zigzag puts small negative ones next to small positive ones.</summary>
    public void Signed(long value) => Number((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>UTF-8 without its length.</summary>
    public void Utf8(string text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - Length >= more) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + more, Math.Max(256, _bytes.Length * 2)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

/// <summary>A stretch of bytes being read. Damage gives <see cref="InvalidDataException"/>, nothing else.</summary>
internal struct BlockCursor(byte[] bytes, int at, int end)
{
    private int _at = at;

    /// <summary>Bytes not read yet: a bound for every count.</summary>
    public readonly int Remaining => end - _at;

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_at == end) throw new InvalidDataException("cut off");
            var b = bytes[_at++];
            if (shift == 63 && b > 1) break;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
        throw new InvalidDataException("number longer than 64 bits");
    }

    public long Signed()
    {
        var value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number between 0 and <paramref name="most"/>.</summary>
    public int Count(int most)
    {
        var value = Number();
        return most >= 0 && value <= (ulong)most ? (int)value : throw new InvalidDataException($"count {value} above {most}");
    }

    /// <summary>A count of things that take at least <paramref name="bytesEach"/> bytes each.</summary>
    public int CountOf(int bytesEach) => Count(Remaining / bytesEach);

    /// <summary>The next bytes as a stretch of their own.</summary>
    public BlockCursor Take(int length)
    {
        if (length > Remaining) throw new InvalidDataException("cut off");
        _at += length;
        return new BlockCursor(bytes, _at - length, _at);
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        if (length > Remaining) throw new InvalidDataException("cut off");
        _at += length;
        return bytes.AsSpan(_at - length, length);
    }

    /// <summary>Checks that all was read.</summary>
    public readonly void End()
    {
        if (Remaining != 0) throw new InvalidDataException($"{Remaining} bytes left over");
    }
}
