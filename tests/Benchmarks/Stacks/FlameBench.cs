using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace MemScope.Benchmarks.Stacks;

/// <summary>What a flame graph of a big file costs in one browser.</summary>
/// <param name="Seconds">From choosing the file to boxes on the screen: upload, storing, the page.</param>
/// <param name="HeapBytes">JavaScript heap of the tab after a collection, buffers of scripts included.</param>
internal readonly record struct FlameCost(double Seconds, double HeapBytes);

/// <summary>
/// T12: a folded file of 50 MB (<see cref="FoldedText"/>) as a flame graph, here and in speedscope, each in a browser of its own with an empty cache, in turn. Both read a file that is chosen in a file
/// input, and both are done when the picture is on the screen: here <c>.icicle</c> with boxes, there the second canvas, which is the flame graph.
/// </summary>
internal sealed class FlameBench(IBrowserType chromium, string executable)
{
    private const int Boxes = 20;
    private const float Patience = 300_000;

    /// <summary>Uploads the file on this server's page and opens the Stacks page of the process.</summary>
    /// <param name="server">Address of a running server.</param>
    /// <param name="file">The folded file.</param>
    /// <param name="host">A host name that the server has not seen: the file then makes a process of its own.</param>
    public Task<FlameCost> OursAsync(Uri server, string file, string host) => InBrowserAsync(async page =>
    {
        await page.GotoAsync(new Uri(server, "upload").ToString());
        await page.GetByLabel("Host").FillAsync(host);
        await page.GetByLabel("Process id").FillAsync("7");
        var clock = Stopwatch.StartNew();
        await page.GetByLabel("Choose files").SetInputFilesAsync(file);
        var link = page.GetByRole(AriaRole.Link, new() { Name = "Open the process" }).First;
        var path = new Uri(server, await link.GetAttributeAsync("href")).AbsolutePath;
        await page.GotoAsync(new Uri(server, path + "/stacks").ToString());
        await page.Locator(".icicle rect").Nth(Boxes).WaitForAsync();
        return clock.Elapsed.TotalSeconds;
    });

    /// <summary>Opens the file in speedscope.</summary>
    /// <param name="speedscope">Address under which the folder <c>dist/release</c> of npm's package <c>speedscope</c> is served.</param>
    /// <param name="file">The folded file.</param>
    public Task<FlameCost> SpeedscopeAsync(Uri speedscope, string file) => InBrowserAsync(async page =>
    {
        await page.GotoAsync(speedscope.ToString());
        var input = page.Locator("input[type=file]");
        await input.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var clock = Stopwatch.StartNew();
        await input.SetInputFilesAsync(file);
        await page.Locator("canvas").Nth(1).WaitForAsync();
        return clock.Elapsed.TotalSeconds;
    });

    private async Task<FlameCost> InBrowserAsync(Func<IPage, Task<double>> measure)
    {
        await using var browser = await chromium.LaunchAsync(new() { ExecutablePath = executable, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"] });
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        var seconds = await measure(page);
        var tools = await context.NewCDPSessionAsync(page);
        await tools.SendAsync("HeapProfiler.collectGarbage");
        var heap = (await tools.SendAsync("Runtime.getHeapUsage"))!.Value;
        return new FlameCost(seconds, heap.GetProperty("usedSize").GetDouble() + (heap.TryGetProperty("backingStorageSize", out var buffers) ? buffers.GetDouble() : 0));
    }

    /// <summary>A line for the report.</summary>
    public static string Line(string who, FlameCost cost) => string.Create(CultureInfo.InvariantCulture, $"{who,-12} {cost.Seconds,7:0.00} s {cost.HeapBytes / (1 << 20),7:0.0} MiB of heap");
}
