using System.Diagnostics;
using System.Globalization;
using MemScope.Symbols;
using MemScope.Symbols.Children;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;

namespace MemScope.Tests;

/// <summary>
/// <c>fuzz lines</c>: files with damaged debug information through the real children, addr2line and llvm-symbolizer in turn. Each must end in frames or a typed miss, and a good file
/// must be answered as before all the time.
/// </summary>
internal static class LinesFuzz
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "lines";

    private const int RunsPerCheck = 100;

    /// <summary>Two attempts of five seconds, and what a busy machine adds.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Reads so many.</summary>
    public static async Task<FuzzResult> RunAsync(long runs, int seed)
    {
        var seeds = ElfFuzz.Seeds(elf => elf.HasLines);
        var mutator = new ElfMutator(seed);
        var folder = Directory.CreateTempSubdirectory("memscope-fuzz-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_001_001);
        var (path, good) = (Path.Combine(folder, "mutant"), Path.Combine(folder, "good"));
        await using var demangler = new Demangler();
        var tools = LineSymbolizer.Tools.Select(t => new LineSymbolizer(demangler, [t], new ChildLimits(), TimeProvider.System)).ToArray();
        var verdicts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var slowest = TimeSpan.Zero;
        try
        {
            Write(good, seeds[0]);
            var asked = Addresses(seeds[0]);
            var expected = await Task.WhenAll(tools.Select(t => t.SymbolizeAsync(good, asked)));
            for (long run = 0; run < runs; run++)
            {
                var original = seeds[(int)(run / tools.Length % seeds.Count)];
                var bytes = mutator.Mutate(original, onlyDebug: true);
                var mutant = path + run.ToString(CultureInfo.InvariantCulture);
                Write(mutant, bytes);
                var clock = Stopwatch.StartNew();
                IReadOnlyList<Symbolization> answers;
                try
                {
                    answers = await tools[run % tools.Length].SymbolizeAsync(mutant, Addresses(original));
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    return new FuzzResult(run + 1, slowest, 0, e.ToString(), bytes);
                }
                File.Delete(mutant);
                if (clock.Elapsed > slowest) slowest = clock.Elapsed;
                if (clock.Elapsed > Longest) return new FuzzResult(run + 1, slowest, 0, $"took {clock.Elapsed}", bytes);
                foreach (var answer in answers)
                {
                    if (answer.Frames.Count == 0 && answer.Miss is null) return new FuzzResult(run + 1, slowest, 0, "neither frames nor a miss", bytes);
                    var verdict = answer.Miss?.Slug() ?? "frames";
                    verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
                }
                if (run % RunsPerCheck == 0 && !Same(expected[run % tools.Length], await tools[run % tools.Length].SymbolizeAsync(good, asked)))
                    return new FuzzResult(run + 1, slowest, 0, "a good file got another answer", bytes);
            }
            Console.WriteLine("verdicts: " + string.Join(", ", verdicts.Select(v => $"{v.Value} {v.Key}")));
            return new FuzzResult(runs, slowest, 0, null, null);
        }
        finally
        {
            foreach (var tool in tools) await tool.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Three addresses in functions that have lines.</summary>
    private static ulong[] Addresses(byte[] bytes) =>
        ElfFile.TryRead(bytes, out var elf, out _) ? [.. elf.Symbols.All().Where(s => s.Size > 16).Select(s => s.Address + (s.Size / 2)).Take(3)] : [];

    private static bool Same(IReadOnlyList<Symbolization> one, IReadOnlyList<Symbolization> other) =>
        one.Zip(other).All(p => p.First.Miss == p.Second.Miss && p.First.Frames.SequenceEqual(p.Second.Frames));

    private static void Write(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
    }
}
