using Microsoft.Playwright;

namespace MemScope.Benchmarks.Stacks;

/// <summary>A headless Chromium: <c>CHROMIUM</c>, or the system's.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const float PatienceMs = 120_000;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Where it lies.</summary>
    public static string Path => Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";

    /// <summary>Starts it.</summary>
    public static async Task<Browser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--js-flags=--expose-gc"],
        }));
    }

    /// <summary>Opens an address in a fresh profile and waits until something of it is drawn.</summary>
    /// <param name="address">The address.</param>
    /// <param name="ready">JavaScript that is true once it is on screen.</param>
    /// <returns>Milliseconds from the navigation until a frame was drawn behind that, and the bytes of JavaScript objects that the tab holds then.</returns>
    public async Task<(double Milliseconds, double HeapBytes)> OpenAsync(string address, string ready)
    {
        await using var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = 1600, Height = 900 } });
        var page = await context.NewPageAsync();
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        await page.GotoAsync(address, new() { Timeout = PatienceMs, WaitUntil = WaitUntilState.Commit });
        await page.WaitForFunctionAsync(ready, null, new() { Timeout = PatienceMs });
        await page.EvaluateAsync("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
        var milliseconds = System.Diagnostics.Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        var session = await context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        var used = (await session.SendAsync("Runtime.getHeapUsage"))!.Value.GetProperty("usedSize").GetDouble();
        return (milliseconds, used);
    }

    /// <summary>A fresh profile: no cookie, nothing cached.</summary>
    public Task<IBrowserContext> NewProfileAsync() => _browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
