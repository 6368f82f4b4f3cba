using MemScope.Benchmarks.Engine;
using MemScope.Benchmarks.Stacks;

namespace MemScope.Benchmarks.Ui;

/// <summary>How long pages take until they can be used, in a browser that has been there before: the server has the track in memory, the browser the scripts.</summary>
internal static class OpeningBench
{
    private const string NothingWaits = "!document.querySelector('.waiting')";
    private const double OverviewMs = 1500, DiffMs = 1000;

    /// <summary>The figures stand and the chart is drawn.</summary>
    private const string OverviewIsUsable = "document.querySelector('.stats') && document.querySelector('.chart[data-ready=true] .plot-container')";

    private const string DiffIsUsable = "document.querySelectorAll('main tbody tr').length > 5 && document.querySelector('input[type=search][aria-label=\"Filter regions\"]') && " + NothingWaits;

    /// <summary>The overview of the long process: usable, and with finding and ledger.</summary>
    public static async Task OverviewAsync(EngineReport report, UiSite site, Browser browser)
    {
        await using var tab = await Tab.OpenAsync(await browser.NewProfileAsync());
        var address = site.At($"p/{site.Long.Id}");
        await AddAsync(report, tab, "overview of the long process, usable, ms", address, OverviewIsUsable, OverviewMs);
        await AddAsync(report, tab, "the same, finding and ledger too, ms", address, $"{OverviewIsUsable} && {NothingWaits}", OverviewMs);
    }

    /// <summary>The difference of the wide process' first and last snapshot.</summary>
    public static async Task DiffAsync(EngineReport report, UiSite site, Browser browser)
    {
        await using var tab = await Tab.OpenAsync(await browser.NewProfileAsync());
        await AddAsync(report, tab, "diff of two snapshots of the wide process, usable, ms", site.At($"p/{site.Wide.Id}/diff"), DiffIsUsable, DiffMs);
        await AddAsync(report, tab, "the same by backing, ms", site.At($"p/{site.Wide.Id}/diff?group=backing&v=1"), DiffIsUsable, DiffMs);
        await AddAsync(report, tab, "regions of the wide process, usable, ms", site.At($"p/{site.Wide.Id}/regions"), "document.querySelectorAll('table.regions tbody tr').length > 5 && " + NothingWaits, OverviewMs);
    }

    private static async Task AddAsync(EngineReport report, Tab tab, string name, string address, string ready, double limit)
    {
        await tab.GoAsync(address, ready);
        var times = new double[report.Pairs];
        for (var i = 0; i < times.Length; i++) times[i] = await tab.GoAsync(address, ready);
        report.Add(UiRun.Figure(name, times, limit));
    }
}
