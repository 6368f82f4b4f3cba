using Microsoft.Playwright;

namespace MemScope.Benchmarks.Ui;

/// <summary>A tab of a browser with a clock inside: a page notes itself when it is ready, so that what the test's own messages take does not count.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private const float PatienceMs = 120_000;

    private readonly IBrowserContext _profile;

    private Tab(IBrowserContext profile, IPage page, ICDPSession protocol) => (_profile, Page, Protocol) = (profile, page, protocol);

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Chromium's own protocol for it.</summary>
    public ICDPSession Protocol { get; }

    /// <summary>Opens one in a profile of its own.</summary>
    public static async Task<Tab> OpenAsync(IBrowserContext profile)
    {
        var page = await profile.NewPageAsync();
        page.SetDefaultTimeout(PatienceMs);
        var protocol = await profile.NewCDPSessionAsync(page);
        await protocol.SendAsync("Page.enable");
        await protocol.SendAsync("Performance.enable");
        return new Tab(profile, page, protocol);
    }

    /// <summary>Goes to an address and waits until an expression holds.</summary>
    /// <param name="address">The address.</param>
    /// <param name="ready">JavaScript that is true once the page can be used.</param>
    /// <returns>Milliseconds from the start of the navigation until a frame was drawn behind that.</returns>
    public async Task<double> GoAsync(string address, string ready)
    {
        await Page.GotoAsync("about:blank");
        // Asked before each frame; the time is that of the frame after, when it has been drawn.
        var clock = $$"""
            { const look = () => {{ready}} ? requestAnimationFrame(() => window.readyAfter = performance.now()) : requestAnimationFrame(look);
              requestAnimationFrame(look); }
            """;
        var look = await Protocol.SendAsync("Page.addScriptToEvaluateOnNewDocument", new() { ["source"] = clock });
        await Page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Commit });
        await Page.WaitForFunctionAsync("() => window.readyAfter");
        await Protocol.SendAsync("Page.removeScriptToEvaluateOnNewDocument", new() { ["identifier"] = look!.Value.GetProperty("identifier").GetString()! });
        return await Page.EvaluateAsync<double>("() => window.readyAfter");
    }

    /// <summary>Seconds that the page's main thread was busy so far: scripts, styles, layout, painting.</summary>
    public async Task<double> BusySecondsAsync() =>
        (await Protocol.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray().First(m => m.GetProperty("name").GetString() == "TaskDuration").GetProperty("value").GetDouble();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _profile.DisposeAsync();
}
