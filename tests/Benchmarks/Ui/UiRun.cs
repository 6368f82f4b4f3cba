using System.Globalization;
using MemScope.Benchmarks.Engine;
using MemScope.Benchmarks.Ratios;
using MemScope.Benchmarks.Stacks;

namespace MemScope.Benchmarks.Ui;

/// <summary>
/// <c>./memscope bench ui [--pairs N] [--quick] [--server DLL] [NAME…]</c>: whether the pages keep their budgets in Chromium: how long they take to open, to filter and to follow, what a first visit downloads, and how
/// many can read a share at once. Browser, server, database and the bench itself share the machine's cores.
/// </summary>
internal static class UiRun
{
    private const int LeastPairs = 5;
    private static readonly string[] Names = ["overview", "diff", "filter", "live", "readers", "bytes"];

    /// <summary>Measures and prints.</summary>
    /// <returns>0, or 1 when a budget is not kept.</returns>
    public static async Task<int> StartAsync(string[] arguments)
    {
        var (names, size, pairs, server) = (new List<string>(), UiSize.Full, 0, IngestBench.ServerDll);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is "--pairs" && i + 1 < arguments.Length) pairs = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else if (arguments[i] is "--server" && i + 1 < arguments.Length) server = arguments[++i];
            else if (arguments[i] is "--quick") size = UiSize.Quick;
            else names.Add(arguments[i]);
        }
        if (names.Find(n => !Names.Contains(n)) is { } unknown)
        {
            Console.Error.WriteLine($"There is no figure {unknown}. Known are: {string.Join(", ", Names)}.");
            return 2;
        }
        if (pairs == 0) pairs = size.Judges ? LeastPairs : 1;
        string[] chosen = names.Count == 0 ? Names : [.. names];
        var report = new EngineReport(pairs, size.Judges);
        EngineReport.Begin($"{DateTime.UtcNow:yyyy-MM-dd}, commit {RatioRun.Commit()}, {Environment.ProcessorCount} cores, load {StacksRun.Load()}, medians of {pairs} runs, {size}");
        if (!File.Exists(Browser.Path))
        {
            report.Say("all", $"not measured: there is no browser at {Browser.Path}", isBad: false);
            return 0;
        }
        await using var site = await UiSite.StartAsync(size, server);
        await using var browser = await Browser.StartAsync();
        if (chosen.Contains("overview")) await OpeningBench.OverviewAsync(report, site, browser);
        if (chosen.Contains("diff")) await OpeningBench.DiffAsync(report, site, browser);
        if (chosen.Contains("filter")) await FilterBench.MeasureAsync(report, site, browser, size.Judges);
        if (chosen.Contains("live")) await LiveBench.MeasureAsync(report, site, browser, size.Updates);
        if (chosen.Contains("readers")) await ReadersBench.MeasureAsync(report, site, size.Readers);
        if (chosen.Contains("bytes")) await TransferBench.MeasureAsync(report, site, browser);
        report.Say("programs that ran or wanted to, at the end", StacksRun.Load(), isBad: false);
        return report.IsGood ? 0 : 1;
    }

    /// <summary>A figure that has a limit and no peer: median, least and most of its runs.</summary>
    public static EngineFigure Figure(string name, double[] values, double limit)
    {
        var median = EngineReport.Median(values);
        return new EngineFigure(name, string.Create(CultureInfo.InvariantCulture, $"{median:g4}"), "", median, values.Min(), values.Max(), limit, limit, MoreIsBetter: false);
    }
}
