using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>Somebody with a browser, who notes every complaint of it: errors, refused policies, requests that leave the server.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    private readonly bool _isGuest;

    /// <param name="context">The browser profile.</param>
    /// <param name="page">A page of it.</param>
    /// <param name="server">The server that pages must not leave.</param>
    /// <param name="isGuest">Whether the profile stays when the visitor goes.</param>
    internal Visitor(IBrowserContext context, IPage page, Uri server, bool isGuest = false)
    {
        (_context, Page, _isGuest) = (context, page, isGuest);
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
        await Page.Locator(content).Locator("visible=true").First.WaitForAsync(); // a chart's table is there too, folded away
        return Page;
    }

    /// <summary>Presses the key that copies the link, and tells what was copied. The clipboard itself is one for all pages that are open, and only the page in front may read it.</summary>
    public async Task<string> CopyLinkAsync()
    {
        await Page.EvaluateAsync("() => { navigator.clipboard.writeText = text => { document.documentElement.dataset.copied = text; return Promise.resolve(); }; }");
        await Page.Keyboard.PressAsync("l");
        await Page.Locator("html[data-copied]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return (await Page.Locator("html").GetAttributeAsync("data-copied"))!;
    }

    /// <summary>Waits until the chart is drawn.</summary>
    public Task ChartAsync() => Assertions.Expect(Page.Locator(".chart").First).ToHaveAttributeAsync("data-ready", "true");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isGuest) await Page.CloseAsync();
        else await _context.DisposeAsync();
    }
}
