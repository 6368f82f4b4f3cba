using System.Diagnostics;
using MemScope.Benchmarks.Engine;

namespace MemScope.Benchmarks.Ui;

/// <summary>Many readers of one share at the same moment, each on a connection of its own: its page, and the series of its chart.</summary>
internal static class ReadersBench
{
    private const double LimitMs = 500;

    /// <summary>Measures it: as many rounds as the report has pairs, behind one that is not counted.</summary>
    public static async Task MeasureAsync(EngineReport report, UiSite site, int readers)
    {
        var share = await site.ShareAsync();
        await RoundAsync(site, share, readers);
        var (pages, series) = (new List<double>(), new List<double>());
        for (var i = 0; i < report.Pairs; i++)
        {
            pages.Add(Percentile(await RoundAsync(site, share, readers)));
            series.Add(Percentile(await RoundAsync(site, share + "/series", readers)));
        }
        report.Add(UiRun.Figure(FormattableString.Invariant($"{readers} readers of a share at once, 99th percentile of a round, ms"), [.. pages], LimitMs));
        report.Add(UiRun.Figure("the same, series of its chart, ms", [.. series], LimitMs));
    }

    private static async Task<double[]> RoundAsync(UiSite site, string path, int readers)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = readers, AutomaticDecompression = System.Net.DecompressionMethods.None };
        using var client = new HttpClient(handler) { BaseAddress = site.Client.BaseAddress };
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, readers).Select(async _ =>
        {
            await begin.Task;
            var start = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }).ToList();
        begin.SetResult();
        return await Task.WhenAll(all);
    }

    private static double Percentile(double[] times) => times.Order().ElementAt(Math.Min(times.Length - 1, times.Length * 99 / 100));
}
