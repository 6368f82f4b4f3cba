using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>Somebody with a browser, who notes every complaint of it: errors, refused policies, requests that leave the server.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    internal Visitor(IBrowserContext context, IPage page, Uri server)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Enqueue($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Enqueue($"exception: {error}");
        page.Request += (_, request) =>
        {
            var uri = new Uri(request.Url);
            if (uri.Scheme is "http" or "https" or "ws" or "wss" && uri.Authority != server.Authority) _complaints.Enqueue($"left the server: {request.Url}");
        };
        page.WebSocket += (_, _) => WebSockets++;
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>How many web sockets were opened: circuits.</summary>
    public int WebSockets { get; private set; }

    /// <summary>What the browser complained about, a line each; empty when all is well.</summary>
    public string Complaints => string.Join('\n', _complaints);

    /// <summary>Opens a page and waits until its content stands.</summary>
    public async Task<IPage> OpenAsync(string path, string content = "main table")
    {
        await Page.GotoAsync(path.TrimStart('/'));
        await Page.Locator(content).First.WaitForAsync();
        return Page;
    }

    /// <summary>Presses the key that copies the link, and tells what is in the clipboard.</summary>
    public async Task<string> CopyLinkAsync()
    {
        await _context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await Page.EvaluateAsync("() => navigator.clipboard.writeText('')");
        await Page.Keyboard.PressAsync("l");
        await Page.WaitForFunctionAsync("async () => (await navigator.clipboard.readText()) !== ''");
        return await Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
    }

    /// <summary>Waits until the chart is drawn.</summary>
    public Task ChartAsync() => Assertions.Expect(Page.Locator(".chart").First).ToHaveAttributeAsync("data-ready", "true");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
