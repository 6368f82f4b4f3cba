using System.Diagnostics;
using MemScope.Core;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats;

namespace MemScope.Tests;

/// <summary>What a run of the loop saw.</summary>
/// <param name="Inputs">How many inputs were read.</param>
/// <param name="Slowest">The longest time that one took.</param>
/// <param name="MostBytes">The most memory that one allocated in all beyond its own size; what it held at once is less.</param>
/// <param name="Failure">What the first bad input did, or null.</param>
/// <param name="FailedInput">That input.</param>
internal sealed record FuzzResult(long Inputs, TimeSpan Slowest, long MostBytes, string? Failure, byte[]? FailedInput);

/// <summary>Reads damaged inputs of a format: none may throw, take over two seconds, or cost over 64 MiB beyond its size.</summary>
internal sealed class FuzzLoop(InputFormat format)
{
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);
    private const long MostBytes = 64L << 20;
    private const int RunsPerDump = 64;
    private TimeSpan _slowest;
    private long _mostBytes, _inputs;

    /// <summary>Reads <paramref name="runs"/> mutations of the seeds in turn.</summary>
    public FuzzResult Run(IReadOnlyList<byte[]> seeds, long runs, int randomSeed)
    {
        var mutator = new Mutator(randomSeed);
        for (long run = 0; run < runs; run++)
        {
            var input = mutator.Mutate(seeds[(int)(run % seeds.Count)]);
            if (Failure(input, run % RunsPerDump == 0) is { } failure) return Result(failure, input);
        }
        return Result(null, null);
    }

    /// <summary>Reads the input cut at every byte.</summary>
    public FuzzResult Truncate(byte[] input)
    {
        for (var length = 0; length <= input.Length; length++)
            if (Failure(input[..length], length % RunsPerDump == 0) is { } failure) return Result(failure, input[..length]);
        return Result(null, null);
    }

    private FuzzResult Result(string? failure, byte[]? input) => new(_inputs, _slowest, _mostBytes, failure, input);

    private string? Failure(byte[] input, bool everything)
    {
        _inputs++;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        try
        {
            var parsed = format.Parse(input, new ParseOptions(Limits.Default));
            var (taken, cost) = (watch.Elapsed, GC.GetAllocatedBytesForCurrentThread() - allocated - input.Length);
            if (taken > _slowest) _slowest = taken;
            if (cost > _mostBytes) _mostBytes = cost;
            if (taken > LongestRead) return $"took {taken}";
            if (cost > MostBytes) return $"allocated {cost} bytes beyond its size";
            if (everything) Use(input, parsed);
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e.ToString();
        }
    }

    /// <summary>What becomes of a model later must not throw either.</summary>
    private static void Use(byte[] input, ParsedCapture parsed)
    {
        InputFormats.Sniff(input);
        ModelDump.Write(parsed, TextWriter.Null);
        foreach (var snapshot in parsed.Snapshots) _ = (snapshot.RssBytes, snapshot.VirtualBytes);
        foreach (var trace in parsed.Traces) TraceReplay.Run(trace);
    }
}
