using System.Globalization;
using MemScope.Benchmarks.Engine;
using Microsoft.Playwright;

namespace MemScope.Benchmarks.Stacks;

/// <summary>T12 in the report: the same folded file here and in speedscope, in turn.</summary>
internal static class FlameFigures
{
    /// <summary>Measures time and memory of the tab.</summary>
    public static async Task MeasureAsync(EngineReport report, StacksSize size, string server, string folder)
    {
        if (await SpeedscopeSite.StartAsync(folder) is not { } speedscope)
        {
            report.Say("flame graph of a folded file", "not measured: npm cannot fetch speedscope", isBad: false);
            return;
        }
        await using var site = speedscope;
        using var product = new StacksServer(server);
        var file = Path.Combine(folder, FormattableString.Invariant($"folded-{size.FoldedBytes}.txt"));
        if (!File.Exists(file)) new FoldedText(size.FoldedBytes).Write(file);
        using var playwright = await Playwright.CreateAsync();
        var bench = new FlameBench(playwright.Chromium, Browser.Path);
        var rows = new (FlameCost Ours, FlameCost Peer)[report.Pairs];
        for (var i = -1; i < rows.Length; i++)
        {
            var row = (await bench.OursAsync(product.Address, file, FormattableString.Invariant($"flame-{i + 1}")), await bench.SpeedscopeAsync(site.Address, file));
            if (i >= 0) rows[i] = row;
        }
        var of = string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(file).Length / 1e6:f1} MB folded");
        report.Add(Figure($"flame graph on screen, {of}, upload included: speedscope", rows.Select(r => (r.Ours.Seconds, r.Peer.Seconds)), "s", 8));
        report.Add(Figure("memory of the tab: speedscope", rows.Select(r => (r.Ours.HeapBytes / 1e6, r.Peer.HeapBytes / 1e6)), "MB", 6));
    }

    private static EngineFigure Figure(string name, IEnumerable<(double Ours, double Peer)> pairs, string unit, double target)
    {
        const double Accept = 3;
        var all = pairs.ToList();
        var ratios = all.Select(p => p.Peer / p.Ours).Order().ToList();
        return new EngineFigure(name, Text(all.Select(p => p.Ours)), Text(all.Select(p => p.Peer)), EngineReport.Median(ratios), ratios[0], ratios[^1], target, Accept);

        string Text(IEnumerable<double> values) => string.Create(CultureInfo.InvariantCulture, $"{EngineReport.Median(values):g3} {unit}");
    }
}
