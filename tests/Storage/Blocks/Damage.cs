using System.IO.Compression;

namespace MemScope.Storage.Tests.Blocks;

/// <summary>Damages packed values behind their checksum, so that the damage reaches the reader.</summary>
internal static class Damage
{
    /// <summary>The content of a packed value.</summary>
    public static byte[] Unpack(byte[] packed)
    {
        using var inflate = new ZLibStream(new MemoryStream(packed, 1, packed.Length - 1), CompressionMode.Decompress);
        using var content = new MemoryStream();
        inflate.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>A packed value of any content.</summary>
    public static byte[] Pack(byte version, byte[] content)
    {
        using var packed = new MemoryStream();
        packed.WriteByte(version);
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(content);
        return packed.ToArray();
    }

    /// <summary>One random change: a byte, a run of bytes, a cut, an insertion, or a count that is far too large.</summary>
    public static byte[] Mutate(byte[] content, Random random)
    {
        var at = random.Next(content.Length);
        switch (random.Next(5))
        {
            case 0: content[at] ^= (byte)(1 << random.Next(8)); return content;
            case 1: random.NextBytes(content.AsSpan(at, Math.Min(content.Length - at, random.Next(1, 16)))); return content;
            case 2: return content[..at];
            case 3: return [.. content[..at], (byte)random.Next(256), .. content[at..]];
            default: return [.. content[..at], 0xff, 0xff, 0xff, 0xff, 0x7f, .. content[(at + 1)..]];
        }
    }

    /// <summary>Runs many damaged values through a reader: each is read or refused, and none takes much memory.</summary>
    public static void Check(byte[] packed, int rounds, long mostAllocatedBytes, Action<byte[]> read) => Check(packed, rounds, mostAllocatedBytes, read, Unpack, Pack);

    /// <summary>The same for values that are packed otherwise.</summary>
    public static void Check(byte[] packed, int rounds, long mostAllocatedBytes, Action<byte[]> read, Func<byte[], byte[]> unpack, Func<byte, byte[], byte[]> pack)
    {
        var content = unpack(packed);
        var refused = 0;
        for (var seed = 0; seed < rounds; seed++)
        {
            var random = new Random(seed);
            var damaged = pack(packed[0], Mutate([.. content], random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try { read(damaged); }
            catch (InvalidDataException) { refused++; }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, mostAllocatedBytes);
        }
        Assert.InRange(refused, rounds / 10, rounds);
    }
}
