using System.Globalization;
using MemScope.Benchmarks.Engine;
using MemScope.Benchmarks.Stacks;

namespace MemScope.Benchmarks.Ui;

/// <summary>An open overview of the long process while snapshots arrive twice a second: what an update costs the page's main thread.</summary>
internal static class LiveBench
{
    private const double LimitMs = 200;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    /// <summary>Measures it.</summary>
    public static async Task MeasureAsync(EngineReport report, UiSite site, Browser browser, int updates)
    {
        await using var tab = await Tab.OpenAsync(await browser.NewProfileAsync());
        await tab.GoAsync(site.At($"p/{site.Long.Id}"), "document.querySelector('.chart[data-ready=true] .plot-container') && !document.querySelector('.waiting')");
        await tab.Page.EvaluateAsync("() => { window.long = []; new PerformanceObserver(list => { for (const task of list.getEntries()) window.long.push(task.duration); }).observe({ type: 'longtask' }); }");
        var snapshots = Enumerable.Range(0, updates + 2).Select(_ => site.NextSnapshot()).ToList();
        await site.UploadAsync(snapshots[0]);
        await site.UploadAsync(snapshots[1]);
        await Task.Delay(4 * Beat);
        var drawn = await TicksAsync(tab);
        var busy = new double[updates];
        using var clock = new PeriodicTimer(Beat);
        var before = await tab.BusySecondsAsync();
        for (var i = 0; i < updates; i++)
        {
            await clock.WaitForNextTickAsync();
            var upload = site.UploadAsync(snapshots[i + 2]);
            var now = await tab.BusySecondsAsync();
            if (i > 0) busy[i - 1] = 1e3 * (now - before);
            before = now;
            await upload;
        }
        await clock.WaitForNextTickAsync();
        busy[^1] = 1e3 * (await tab.BusySecondsAsync() - before);
        await Task.Delay(4 * Beat);
        drawn = await TicksAsync(tab) - drawn;
        report.Add(UiRun.Figure($"main thread of the page for each half second with an update, ms", busy, LimitMs));
        var tasks = await tab.Page.EvaluateAsync<double[]>("() => window.long");
        report.Say("the same: drawings of the chart, updates sent, longest task", string.Create(CultureInfo.InvariantCulture, $"{drawn}, {updates}, {(tasks.Length == 0 ? "none over 50" : tasks.Max().ToString("f0", CultureInfo.InvariantCulture))} ms"), isBad: drawn == 0);
    }

    private static Task<int> TicksAsync(Tab tab) => tab.Page.EvaluateAsync<int>("() => Number(document.querySelector('.chart').dataset.ticks)");
}
