using System.Globalization;
using MemScope.Benchmarks.Engine;
using MemScope.Benchmarks.Stacks;

namespace MemScope.Benchmarks.Ui;

/// <summary>What a browser with an empty cache is sent at its first visit, which has a chart: bytes on the wire, compressed as the server does.</summary>
internal static class TransferBench
{
    private const double LimitKilobytes = 700;

    /// <summary>Counts.</summary>
    public static async Task MeasureAsync(EngineReport report, UiSite site, Browser browser)
    {
        await using var tab = await Tab.OpenAsync(await browser.NewProfileAsync());
        var kinds = new Dictionary<string, (string Kind, string Address)>(StringComparer.Ordinal);
        var sent = new List<(string Kind, string Address, double Bytes)>();
        tab.Protocol.Event("Network.responseReceived").OnEvent += (_, e) =>
        {
            if (e is { } r) kinds[r.GetProperty("requestId").GetString()!] = (r.GetProperty("type").GetString()!, r.GetProperty("response").GetProperty("url").GetString()!);
        };
        tab.Protocol.Event("Network.loadingFinished").OnEvent += (_, e) =>
        {
            if (e is { } r && kinds.TryGetValue(r.GetProperty("requestId").GetString()!, out var of)) sent.Add((of.Kind, of.Address, r.GetProperty("encodedDataLength").GetDouble()));
        };
        await tab.Protocol.SendAsync("Network.enable");
        await tab.GoAsync(site.At($"p/{site.Long.Id}"), "document.querySelector('.chart[data-ready=true]') && !document.querySelector('.waiting')");
        var code = sent.Where(s => s.Kind is "Script" or "Stylesheet").ToList();
        var kilobytes = code.Sum(s => s.Bytes) / 1e3;
        report.Add(UiRun.Figure("scripts and styles of a first visit, kB on the wire", [kilobytes], LimitKilobytes));
        foreach (var file in code.OrderByDescending(s => s.Bytes).Take(5))
            report.Say("of them", string.Create(CultureInfo.InvariantCulture, $"{file.Bytes / 1e3:f1} kB {new Uri(file.Address).AbsolutePath}"), isBad: false);
    }
}
