using System.IO.Compression;
using System.Text;

namespace MemScope.Storage.Blocks;

/// <summary>
/// Reads what <see cref="PackedWriter"/> wrote. Trusts nothing: no number that is read decides an allocation that the bytes at hand do not back. Damage gives
/// <see cref="InvalidDataException"/>, nothing else.
/// </summary>
internal sealed class PackedReader
{
    private readonly byte[] _data;
    private readonly int _length;
    private readonly List<string> _strings = [];
    private readonly StringPool? _pool;
    private int _at;

    private PackedReader(byte[] data, int length, StringPool? pool) => (_data, _length, _pool) = (data, length, pool);

    /// <summary>Inflates <paramref name="packed"/>, to <paramref name="mostBytes"/> at most. A pool makes a name live once however many blocks hold it.</summary>
    public static PackedReader Open(ReadOnlySpan<byte> packed, byte version, int mostBytes, StringPool? pool = null)
    {
        if (packed.IsEmpty) throw new InvalidDataException("empty");
        if (packed[0] != version) throw new InvalidDataException($"version {packed[0]} instead of {version}");
        using var input = new MemoryStream(packed[1..].ToArray(), writable: false);
        using var inflate = new ZLibStream(input, CompressionMode.Decompress);
        var data = new byte[Math.Min((packed.Length * 4L) + 256, mostBytes)];
        for (var length = 0; ;)
        {
            var read = Inflate(inflate, data.AsSpan(length));
            length += read;
            if (read == 0 && length < data.Length) return new PackedReader(data, length, pool);
            if (length < data.Length) continue;
            if (length == mostBytes) throw new InvalidDataException($"more than {mostBytes} bytes");
            Array.Resize(ref data, (int)Math.Min(data.Length * 2L, mostBytes));
        }
    }

    private static int Inflate(ZLibStream stream, Span<byte> data)
    {
        try { return stream.Read(data); }
        catch (IOException e) { throw new InvalidDataException(e.Message, e); } // a stream that asks for a dictionary
    }

    /// <summary>Bytes not read yet: a bound for every count.</summary>
    public int Remaining => _length - _at;

    /// <summary>An unsigned number.</summary>
    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_at == _length) throw new InvalidDataException("cut off");
            var b = _data[_at++];
            if (shift == 63 && b > 1) break;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
        throw new InvalidDataException("number longer than 64 bits");
    }

    /// <summary>A signed number.</summary>
    public long Signed()
    {
        var value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>An unsigned number or null.</summary>
    public ulong? Optional() => Count(1) == 1 ? Number() : null;

    /// <summary>A signed number or null.</summary>
    public long? OptionalSigned() => Count(1) == 1 ? Signed() : null;

    /// <summary>A number between 0 and <paramref name="most"/>.</summary>
    public int Count(int most)
    {
        var value = Number();
        return value <= (ulong)most ? (int)value : throw new InvalidDataException($"count {value} above {most}");
    }

    /// <summary>A count of things that take at least <paramref name="bytesEach"/> bytes each.</summary>
    public int CountOf(int bytesEach) => Count(Remaining / bytesEach);

    /// <summary>A string or null.</summary>
    public string? TextOrNull()
    {
        var number = Count(_strings.Count + 1);
        if (number == 0) return null;
        if (number <= _strings.Count) return _strings[number - 1];
        var length = CountOf(1);
        var text = Encoding.UTF8.GetString(_data, _at, length);
        _at += length;
        _strings.Add(_pool?.Share(text) ?? text);
        return _strings[^1];
    }

    /// <summary>A string.</summary>
    public string Text() => TextOrNull() ?? throw new InvalidDataException("text missing");

    /// <summary>Checks that all was read.</summary>
    public void End()
    {
        if (Remaining != 0) throw new InvalidDataException($"{Remaining} bytes left over");
    }
}

/// <summary>Gives equal strings one object while many blocks are read.</summary>
internal sealed class StringPool
{
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    public string Share(string text)
    {
        if (_known.TryGetValue(text, out var known)) return known;
        _known.Add(text, text);
        return text;
    }
}
