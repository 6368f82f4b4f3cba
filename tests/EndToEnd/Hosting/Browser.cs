using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Hosting;

/// <summary>The Chromium of this machine, one for all tests that look at pages; <c>MEMSCOPE_CHROMIUM</c> names another one.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Quiet =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // A cold server on two busy cores takes its time; what must be quick is asserted with a limit of its own.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        var path = Environment.GetEnvironmentVariable("MEMSCOPE_CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium";
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Headless = true, Args = Quiet });
    }

    /// <summary>A page in a context of its own: no cookies, no memory of other pages.</summary>
    /// <param name="server">The server that relative addresses mean.</param>
    /// <param name="theme"><c>light</c> or <c>dark</c>.</param>
    /// <param name="width">Width in CSS pixels.</param>
    public async Task<IPage> OpenAsync(Uri server, string theme = "light", int width = 1440)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = server.ToString(),
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        await context.AddCookiesAsync([new() { Name = "theme", Value = theme, Url = server.ToString() }]);
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        return page;
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
