using System.Diagnostics;
using System.Globalization;
using MemScope.Benchmarks.Engine;

namespace MemScope.Benchmarks.Stacks;

/// <summary>T6, the whole way: a trace from the first byte of its upload until its stacks are on screen. Each run takes a process of its own, so that nothing is in memory.</summary>
internal static class ScreenBench
{
    /// <summary>What is there once the graph of the stacks is drawn.</summary>
    public const string GraphIsDrawn = "() => document.querySelectorAll('.icicle g, .icicle a, .icicle rect').length > 3";

    private const double TargetSeconds = 10;

    /// <summary>Measures each dialect.</summary>
    public static async Task MeasureAsync(EngineReport report, StacksSize size, string server, string folder)
    {
        using var product = new StacksServer(server);
        await using var browser = await Browser.StartAsync();
        foreach (var dialect in Enum.GetValues<TraceDialect>())
        {
            var input = ParserRatios.Input(dialect, size);
            var file = Path.Combine(folder, input.Name);
            if (!File.Exists(file)) input.Write(file);
            var runs = new (double Upload, double All)[report.Pairs];
            for (var i = -1; i < runs.Length; i++)
            {
                var begin = Stopwatch.GetTimestamp();
                var page = await product.UploadAsync(file);
                var upload = Stopwatch.GetElapsedTime(begin).TotalSeconds;
                var (milliseconds, _) = await browser.OpenAsync(page, GraphIsDrawn);
                if (i >= 0) runs[i] = (upload, upload + (milliseconds / 1e3));
            }
            var all = runs.Select(r => r.All).Order().ToArray();
            var of = string.Create(CultureInfo.InvariantCulture, $"{EngineReport.Median(all):f1} s, {EngineReport.Median(runs.Select(r => r.Upload)):f1} of them until it is stored");
            report.Add(new EngineFigure(string.Create(CultureInfo.InvariantCulture, $"upload to screen, {dialect.ToString().ToLowerInvariant()}, {new FileInfo(file).Length / 1e6:f0} MB, seconds"), of, "10 s", EngineReport.Median(all), all[0], all[^1], TargetSeconds, TargetSeconds, MoreIsBetter: false));
        }
        report.Say("greatest resident size of the server meanwhile", string.Create(CultureInfo.InvariantCulture, $"{product.PeakBytes / 1e6:f0} MB"), isBad: false);
    }
}
