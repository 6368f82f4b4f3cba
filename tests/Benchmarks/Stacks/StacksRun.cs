using System.Diagnostics;
using System.Globalization;
using MemScope.Benchmarks.Engine;
using MemScope.Benchmarks.Ratios;
using MemScope.Benchmarks.Symbols;
using MemScope.Tests;

namespace MemScope.Benchmarks.Stacks;

/// <summary>
/// <c>./memscope bench stacks [--pairs N] [--quick] [--folder DIR] [--server DLL] [--agent DLL] [--elf FILE] [NAME…]</c>: traces read, and on screen; symbols and flame graphs. Each against another tool in the same run.
/// With a folder, made files stay there for the next run.
/// </summary>
internal static class StacksRun
{
    private const int LeastPairs = 5;
    private static readonly string[] Names = ["parsers", "screen", "flame", "symbols"];

    /// <summary>Measures and prints.</summary>
    /// <returns>0, or 1 when a figure is not accepted or outputs differ.</returns>
    public static async Task<int> StartAsync(string[] arguments)
    {
        var (names, size, pairs, server, agent, folder) = (new List<string>(), StacksSize.Full, 0, IngestBench.ServerDll, AllRatios.AgentDll, (string?)null);
        string? elf = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is "--pairs" && i + 1 < arguments.Length) pairs = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else if (arguments[i] is "--server" && i + 1 < arguments.Length) server = arguments[++i];
            else if (arguments[i] is "--agent" && i + 1 < arguments.Length) agent = arguments[++i];
            else if (arguments[i] is "--elf" && i + 1 < arguments.Length) elf = Path.GetFullPath(arguments[++i]);
            else if (arguments[i] is "--folder" && i + 1 < arguments.Length) folder = arguments[++i];
            else if (arguments[i] is "--quick") size = StacksSize.Quick;
            else names.Add(arguments[i]);
        }
        if (names.Find(n => !Names.Contains(n)) is { } unknown)
        {
            Console.Error.WriteLine($"There is no figure {unknown}. Known are: {string.Join(", ", Names)}.");
            return 2;
        }
        if (pairs == 0) pairs = size.Judges ? LeastPairs : 1;
        var temporary = folder is null ? Directory.CreateTempSubdirectory("memscope-bench-") : null;
        folder ??= temporary!.FullName;
        Directory.CreateDirectory(folder);
        try
        {
            return await MeasureAsync(names.Count == 0 ? Names : [.. names], size, pairs, server, agent, folder, elf) ? 0 : 1;
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private static async Task<bool> MeasureAsync(string[] chosen, StacksSize size, int pairs, string server, string agent, string folder, string? elf)
    {
        var good = !chosen.Contains("parsers") || RatioRun.Measure(ParserRatios.Of(size, agent), pairs, folder);
        if (chosen is ["parsers"]) return good;
        Console.WriteLine();
        var report = new EngineReport(pairs, size.Judges);
        EngineReport.Begin($"{DateTime.UtcNow:yyyy-MM-dd}, commit {RatioRun.Commit()}, {Environment.ProcessorCount} cores, load {Load()}, medians of {pairs} runs, {size}");
        if (!File.Exists(Browser.Path)) report.Say("screen and flame", $"not measured: there is no browser at {Browser.Path}", isBad: false);
        if (File.Exists(Browser.Path) && chosen.Contains("screen")) await ScreenBench.MeasureAsync(report, size, server, folder);
        if (File.Exists(Browser.Path) && chosen.Contains("flame")) await FlameFigures.MeasureAsync(report, size, server, folder);
        if (chosen.Contains("symbols")) await SymbolsAsync(report, elf);
        return good && report.IsGood;
    }

    /// <summary>T7: the measurement is that of <c>bench symbols --lookups</c>.</summary>
    private static async Task SymbolsAsync(EngineReport report, string? elf)
    {
        if (elf is null)
        {
            report.Say("warm look-ups of symbols: llvm-symbolizer", "not measured: give a program with source lines by --elf FILE", isBad: false);
            return;
        }
        var runs = new List<LookupFigures>();
        for (var i = 0; i < report.Pairs; i++) runs.Add(await SymbolLookups.MeasureAsync(elf));
        var ratios = runs.Select(r => r.Ratio).Order().ToList();
        report.Add(new EngineFigure($"warm look-ups per second, {Path.GetFileName(elf)}: llvm-symbolizer", Rate(runs.Select(r => r.OursPerSecond)), Rate(runs.Select(r => r.PeerPerSecond)), EngineReport.Median(ratios), ratios[0], ratios[^1], 20, 5));
        var memory = runs.Select(r => (double)r.PeerPeakBytes / r.OurPeakBytes).Order().ToList();
        report.Add(new EngineFigure("greatest memory of the same: llvm-symbolizer", Megabytes(runs.Select(r => r.OurPeakBytes)), Megabytes(runs.Select(r => r.PeerPeakBytes)), EngineReport.Median(memory), memory[0], memory[^1], 1, 1));

        static string Rate(IEnumerable<double> values) => string.Create(CultureInfo.InvariantCulture, $"{EngineReport.Median(values):N0}");
        static string Megabytes(IEnumerable<long> values) => string.Create(CultureInfo.InvariantCulture, $"{EngineReport.Median(values.Select(v => v / 1e6)):f0} MB");
    }

    /// <summary>Programs that ran or wanted to, over the last minute: 0 is a quiet machine.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
