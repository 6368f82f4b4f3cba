using System.Diagnostics;
using System.IO.Compression;
using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Storage.Blocks;

namespace MemScope.Tests;

/// <summary>
/// Reads damaged blocks of the store, of both versions, most of them damaged behind their checksum: each is refused by <see cref="InvalidDataException"/> or read, and what is read can be
/// written and read again without loss. None may throw anything else, take over two seconds, or cost over 64 MiB.
/// </summary>
internal static class BlockFuzz
{
    /// <summary>Name on the command line.</summary>
    public const string Name = "block";

    private const long MostBytes = 64L << 20, Budget = 8L << 20;
    private const int MostRefused = 95; // per cent: with more the damage would not reach far
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    /// <summary>Reads <paramref name="runs"/> damaged blocks.</summary>
    public static FuzzResult Run(long runs, int randomSeed)
    {
        var seeds = Seeds();
        var (mutator, random) = (new Mutator(randomSeed), new Random(randomSeed));
        var (slowest, mostBytes, refused) = (TimeSpan.Zero, 0L, 0L);
        for (long run = 0; run < runs; run++)
        {
            var (version, content) = seeds[(int)(run % seeds.Count)];
            var input = random.Next(10) == 0 ? mutator.Mutate(Pack(version, content)) : Pack(version, random.Next(2) == 0 ? mutator.Mutate(content) : Numbers(content, random));
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            string? failure = null;
            IReadOnlyList<TrackPoint> read = [];
            try { read = SnapshotBlockCodec.Decode(input, 1, Budget); }
            catch (InvalidDataException) { refused++; }
            catch (Exception e) when (e is not OutOfMemoryException) { failure = e.ToString(); }
            var (taken, cost) = (watch.Elapsed, GC.GetAllocatedBytesForCurrentThread() - allocated);
            if (taken > slowest) slowest = taken;
            if (cost > mostBytes) mostBytes = cost;
            if (taken > LongestRead) failure ??= $"took {taken}";
            if (cost > MostBytes) failure ??= $"allocated {cost} bytes";
            if (read.Count > 0) failure ??= Again(read);
            if (failure is not null) return new FuzzResult(run + 1, slowest, mostBytes, failure, input);
        }
        return new FuzzResult(runs, slowest, mostBytes, refused * 100 > runs * MostRefused ? $"{refused} of {runs} were refused: nothing was tested" : null, []);
    }

    private static string? Again(IReadOnlyList<TrackPoint> read)
    {
        try
        {
            var again = SnapshotBlockCodec.Decode(SnapshotBlockCodec.Encode(read, CompressionLevel.Fastest), read.Min(p => p.Number));
            return again.Zip(read).All(p => p.First.Number == p.Second.Number && p.First.TakenAt == p.Second.TakenAt && p.First.Vmas.HoldsSameAs(p.Second.Vmas)) && again.Count == read.Count
                ? null
                : "what was read does not survive being written";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e.ToString();
        }
    }

    /// <summary>Some numbers become others: small ones, great ones, all ones.</summary>
    private static byte[] Numbers(byte[] content, Random random)
    {
        var bytes = new List<byte>(content);
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Count);
            var length = 1;
            while (at + length < bytes.Count && bytes[at + length - 1] >= 0x80) length++;
            bytes.RemoveRange(at, length);
            var value = random.Next(3) switch { 0 => (ulong)random.Next(4), 1 => (ulong)random.NextInt64(1L << random.Next(1, 63)), _ => ulong.MaxValue - (ulong)random.Next(2) };
            for (; value >= 0x80; value >>= 7) bytes.Insert(at++, (byte)(value | 0x80));
            bytes.Insert(at, (byte)value);
        }
        return [.. bytes];
    }

    private static byte[] Pack(byte version, byte[] content)
    {
        if (version == SnapshotBlockCodec.Version) return BlockPacking.Pack(version, content, CompressionLevel.NoCompression);
        using var packed = new MemoryStream();
        packed.WriteByte(version);
        using (var deflate = new ZLibStream(packed, CompressionLevel.NoCompression, leaveOpen: true)) deflate.Write(content);
        return packed.ToArray();
    }

    /// <summary>Real snapshots in blocks of one to five, and the fixtures of version 1, unpacked.</summary>
    private static List<(byte Version, byte[] Content)> Seeds()
    {
        var seeds = new List<(byte, byte[])>();
        foreach (var name in Fixtures.Cases)
        {
            var parsed = CaptureReader.Read(new MemoryStream(Fixtures.Bytes("cases", name, "smaps.tar.gz")), "smaps.tar.gz", null, Limits.Default).Parsed;
            for (var count = 1; count <= 5; count += 2)
            {
                var points = parsed.Snapshots.Skip(count * 7).Take(count).Select((s, i) => new TrackPoint(i + 1, s.TakenAt!.Value, s.Vmas)).ToList();
                seeds.Add((SnapshotBlockCodec.Version, BlockPacking.Unpack(SnapshotBlockCodec.Encode(points), new MemoryBudget(Budget))));
            }
        }
        foreach (var file in Directory.EnumerateFiles(Fixtures.PathOf("blocks"), "v1-*.bin").Order(StringComparer.Ordinal))
        {
            using var inflate = new ZLibStream(new MemoryStream(File.ReadAllBytes(file)[1..]), CompressionMode.Decompress);
            using var content = new MemoryStream();
            inflate.CopyTo(content);
            seeds.Add((1, content.ToArray()));
        }
        return seeds;
    }
}
