using MemScope.Benchmarks.Ratios;
using Command = MemScope.Benchmarks.Ratios.CommandLine;

namespace MemScope.Benchmarks.Stacks;

/// <summary>T6, reading: text of three tools to stacks, against FlameGraph's script where it reads the tool, and against counting lines.</summary>
internal static class ParserRatios
{
    /// <summary>The ratios.</summary>
    /// <param name="size">How large the traces are.</param>
    /// <param name="agent">Our program, a DLL.</param>
    public static IReadOnlyList<Ratio> Of(StacksSize size, string agent)
    {
        var fold = new Command("dotnet", agent, "parse", "--folded", "{input}");
        var lines = new Command("wc", "-l", "{input}");
        var (perf, strace, bpftrace) = (Input(TraceDialect.Perf, size), Input(TraceDialect.Strace, size), Input(TraceDialect.Bpftrace, size));
        // Limits are for the sizes that docs/performance.md states.
        var (collapse, collapseLeast, count, countLeast) = size.Judges ? (10, 5, 0.12, 0.06) : (0, 0, 0, 0);
        return
        [
            new("perf: stackcollapse-perf.pl", perf, fold, AllRatios.Collapse, collapse, collapseLeast, AllRatios.TwoSamplesPerCall),
            new("perf: wc -l", perf, fold, lines, count, countLeast, (_, _) => null),
            new("strace -k: wc -l", strace, fold, lines, count, countLeast, (_, _) => null),
            new("bpftrace: wc -l", bpftrace, fold, lines, count, countLeast, (_, _) => null),
        ];
    }

    /// <summary>The text of a trace.</summary>
    public static RatioInput Input(TraceDialect dialect, StacksSize size) =>
        new($"{dialect.ToString().ToLowerInvariant()}-{size.Events}x{size.Frames}.txt", new TraceText(dialect, size.Events, size.Chains, size.Frames).Write);
}
