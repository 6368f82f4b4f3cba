namespace MemScope.Tests;

/// <summary>Makes damaged variants of an input, the same ones for the same seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly byte[][] Nasty =
    [
        [0], [0xff], [0xfe, 0xff], [(byte)'\n'], [(byte)'\r', (byte)'\n'], [(byte)'\t'], "ffffffffffffffff"u8.ToArray(), "18446744073709551616"u8.ToArray(), "-1"u8.ToArray(),
        "ffffffffffffffff-0000000000000000 rw-p 00000000 00:00 0 \n"u8.ToArray(), "99999999999999999999 kB"u8.ToArray(), "\u202e\u200b"u8.ToArray(), "Rss: 1 kB\n"u8.ToArray(),
        "[rollup]"u8.ToArray(), "Name:\tx\n"u8.ToArray(), "=== 2026-11-20T15:30:19Z pid=1\n"u8.ToArray(), "1:   x\n"u8.ToArray(), "=====\n"u8.ToArray(), " total 1K\n"u8.ToArray(),
        "0x"u8.ToArray(), "7fffffff"u8.ToArray(), "9223372036854775807"u8.ToArray(), "-9223372036854775808"u8.ToArray(), "1e999"u8.ToArray(), "\""u8.ToArray(), "\\u0000"u8.ToArray(),
        "((((((((((((((((("u8.ToArray(), "[[[[[[[[[[[[[[[[["u8.ToArray(), "{{{{{{{{{{{{{{{"u8.ToArray(), "<a><a><a>"u8.ToArray(), "&x;"u8.ToArray(), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    ];

    private readonly Random _random = new(seed);

    /// <summary>One to five changes at random places.</summary>
    public byte[] Mutate(byte[] input)
    {
        var bytes = new List<byte>(input);
        for (var n = _random.Next(1, 6); n > 0; n--) Change(bytes);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, _random.Next(1, 200));
        switch (_random.Next(9))
        {
            case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
            case 1 when at < bytes.Count: bytes[at] = (byte)_random.Next(256); break;
            case 2: bytes.InsertRange(at, Nasty[_random.Next(Nasty.Length)]); break;
            case 3: bytes.RemoveRange(at, length); break;
            case 4: bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(at, length)); break;
            case 5: bytes.RemoveRange(at, bytes.Count - at); break;
            // Seldom beyond the limit of a line.
            case 6: bytes.InsertRange(at, Enumerable.Repeat((byte)_random.Next(256), _random.Next(50) == 0 ? _random.Next(70_000) : _random.Next(300))); break;
            case 7 when at < bytes.Count: Digits(bytes, at); break;
            default: Swap(bytes, at, length); break;
        }
    }

    /// <summary>Replaces the next number by another, so that the line still reads well.</summary>
    private void Digits(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
        if (start < 0) return;
        var end = start;
        while (end < bytes.Count && bytes[end] is >= (byte)'0' and <= (byte)'9') end++;
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, System.Text.Encoding.ASCII.GetBytes(_random.NextInt64(1L << _random.Next(1, 63)).ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Exchanges two stretches, as when lines of two writers mix.</summary>
    private void Swap(List<byte> bytes, int at, int length)
    {
        var moved = bytes.GetRange(at, length);
        bytes.RemoveRange(at, length);
        bytes.InsertRange(_random.Next(bytes.Count + 1), moved);
    }
}
