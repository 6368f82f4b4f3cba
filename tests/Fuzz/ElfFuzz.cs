using System.Diagnostics;
using MemScope.Symbols.Elf;

namespace MemScope.Tests;

/// <summary><c>fuzz elf</c>: damaged ELF files through everything that the product does with them in its own process.</summary>
internal static class ElfFuzz
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "elf";

    /// <summary>Bytes beyond its size that one may cost: what a packed table may unpack to comes on top.</summary>
    private const long MostBytes = 64L << 20;

    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(5);

    /// <summary>The fixtures: programs, stripped ones, debug files, MiniDebugInfo; those that mutate fast.</summary>
    public static IReadOnlyList<byte[]> Seeds(Func<ElfFile, bool> wanted) =>
    [
        .. Directory.EnumerateFiles(Fixtures.PathOf("elf"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(f => new FileInfo(f).Length < 64 << 10).Select(File.ReadAllBytes).Where(b => ElfFile.TryRead(b, out var elf, out _) && wanted(elf)),
    ];

    /// <summary>Reads so many.</summary>
    public static FuzzResult Run(long runs, int seed)
    {
        var seeds = Seeds(_ => true);
        var mutator = new ElfMutator(seed);
        var (slowest, most) = (TimeSpan.Zero, 0L);
        for (long run = 0; run < runs; run++)
        {
            var bytes = mutator.Mutate(seeds[(int)(run % seeds.Count)], onlyDebug: false);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.StartNew();
            try
            {
                Use(bytes, (ulong)run);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return new FuzzResult(run + 1, slowest, most, e.ToString(), bytes);
            }
            var cost = GC.GetAllocatedBytesForCurrentThread() - before - bytes.Length;
            if (clock.Elapsed > slowest) slowest = clock.Elapsed;
            if (cost > most) most = cost;
            if (clock.Elapsed > LongestRead) return new FuzzResult(run + 1, slowest, most, $"took {clock.Elapsed}", bytes);
            if (cost > MostBytes) return new FuzzResult(run + 1, slowest, most, $"allocated {cost} bytes beyond its size", bytes);
        }
        return new FuzzResult(runs, slowest, most, null, null);
    }

    private static void Use(byte[] bytes, ulong run)
    {
        if (!ElfFile.TryRead(bytes, out var elf, out var problem))
        {
            if (problem.Text.Length == 0) throw new InvalidDataException("a refusal without a reason");
            return;
        }
        foreach (var address in (ulong[])[run, 0x1000 + (run % 0x4000), ulong.MaxValue - run])
        {
            _ = (elf.Symbols.Lookup(address), elf.Symbols.StartingAt(address), elf.LinkAddressOf(address), elf.FileOffsetOf(address), elf.LoadBias(address, address & ~0xfffUL), elf.IsCode(address));
            _ = elf.ResolveTracerOffset(address, "main", address & 0xff);
        }
        ElfDump.Write(elf, TextWriter.Null);
    }
}
