using System.Collections.Concurrent;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Pages;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>A browser that opens pages and tells whatever a payload brought about: a dialog, a script, a refused policy, an element, an attribute, an address, a request.</summary>
internal sealed class Witness : IAsyncDisposable
{
    /// <summary>What a page may consist of, and what of it came from elsewhere. Answers a list of offences and the marks that are read as text.</summary>
    private const string Census = """
        () => {
          const offences = [], own = location.origin;
          const tags = new Set(('html head meta title base link script body div span p a b i em strong small code pre kbd ul ol li dl dt dd table thead tbody tfoot tr th td caption colgroup col h1 h2 h3 h4 section article aside header footer main nav '
            + 'button input select option optgroup label form fieldset legend textarea details summary dialog output time abbr br hr mark sub sup figure figcaption progress meter datalist bdi wbr '
            + 'svg g path rect line circle ellipse polygon polyline text tspan defs clippath lineargradient stop foreignobject pattern canvas desc symbol marker mask').split(' '));
          const texts = new Set(['title', 'aria-label', 'aria-description', 'alt', 'placeholder', 'value', 'content', 'download', 'datetime', 'data-unformatted', 'href', 'xlink:href', 'action', 'list', 'summary']);
          for (const el of document.querySelectorAll('*')) {
            const tag = el.tagName.toLowerCase(), where = el.outerHTML.slice(0, 160);
            if (!tags.has(tag)) offences.push('element ' + where);
            if (tag === 'script' && (el.textContent.trim() && el.type !== 'importmap' || !el.src.startsWith(own) && el.type !== 'importmap')) offences.push('script ' + where);
            if (tag === 'meta' && el.httpEquiv || tag === 'base' && el.href !== own + '/' || tag === 'link' && !el.href.startsWith(own)) offences.push('head ' + where);
            if (tag === 'a' && el.closest('.js-plotly-plot')) offences.push('link in a chart ' + where);
            if (tag === 'tspan' && el.getAttribute('style') && /pwn\d/.test(el.textContent)) offences.push('style in a chart ' + where);
            for (const { name, value } of el.attributes) {
              if (/^on/i.test(name) || /pwn\d/.test(name)) offences.push('attribute ' + name + ' of ' + where);
              if (/pwn\d/.test(value) && !texts.has(name) && !name.startsWith('data-')) offences.push('text in attribute ' + name + ' of ' + where);
            }
            for (const name of ['href', 'xlink:href', 'src', 'action', 'formaction', 'srcset', 'data', 'ping']) {
              const value = el.getAttribute(name);
              if (value === null || value.startsWith('#')) continue;
              let url;
              try { url = new URL(value, document.baseURI); } catch { offences.push('address ' + where); continue; }
              const written = tag === 'a' && el.target === '_blank' && (el.rel.includes('noreferrer')) && /^https?:$/.test(url.protocol) && el.closest('.note-text, .remedies, .finding, .format-list');
              if (url.origin !== own && !written || !/^(https?|blob):$/.test(url.protocol)) offences.push('address ' + where);
            }
          }
          for (const chart of document.querySelectorAll('.chart[data-ready=failed]')) offences.push('a chart failed: ' + chart.innerText);
          if (globalThis.__pwned !== undefined) offences.push('a script ran: ' + globalThis.__pwned);
          if (Object.keys(Object.prototype).length || ({}).polluted !== undefined) offences.push('the prototype of objects has ' + Object.keys(Object.prototype));
          offences.push(...globalThis.__refused ?? []);
          const text = document.body.innerText + [...document.querySelectorAll('svg text')].map(t => t.textContent).join(' ');
          return { offences: [...new Set(offences)].slice(0, 12), marks: [...new Set(text.match(/pwn\d{3}/g) ?? [])], stopped: getComputedStyle(document.querySelector('#blazor-error-ui') ?? document.head).display === 'block' };
        }
        """;

    private const string Listen = "globalThis.__refused = []; addEventListener('securitypolicyviolation', e => globalThis.__refused.push(`policy ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));";

    /// <summary>Charts are drawn and nothing is still loading.</summary>
    private const string Ready = "() => document.querySelector('main, body > *') && !document.querySelector('.waiting, [aria-busy=true]') && (document.querySelector('main')?.innerText ?? document.body.innerText).trim().length > 20 && [...document.querySelectorAll('.chart')].every(c => c.dataset.ready || c.querySelector('.picture-plot'))";

    private readonly Visitor _visitor;
    private readonly ConcurrentQueue<string> _dialogs = new();

    private Witness(Visitor visitor)
    {
        _visitor = visitor;
        Page.Dialog += (_, dialog) =>
        {
            _dialogs.Enqueue($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
    }

    /// <summary>The page.</summary>
    public IPage Page => _visitor.Page;

    /// <summary>What happened, by page: a line each; empty when nothing did.</summary>
    public List<string> Offences { get; } = [];

    /// <summary>Marks that were read as text somewhere.</summary>
    public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

    /// <summary>A fresh browser profile.</summary>
    public static async Task<Witness> StartAsync(IBrowser browser, Uri server)
    {
        var context = await browser.NewContextAsync(new() { BaseURL = server.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout(30_000);
        await context.AddInitScriptAsync(Listen);
        return new Witness(new Visitor(context, await context.NewPageAsync(), server));
    }

    /// <summary>Opens a page, waits until it stands, points at its charts, and looks at all of it. Answers how many marks are read there.</summary>
    public async Task<int> OpenAsync(string path)
    {
        var before = _visitor.Complaints.Length;
        await Page.GotoAsync(path.TrimStart('/'));
        try
        {
            await Page.WaitForFunctionAsync(Ready);
        }
        catch (TimeoutException)
        {
            Offences.Add($"{path}: did not stand within half a minute");
        }
        return await LookAsync(path, before);
    }

    /// <summary>Looks at the page as it is now.</summary>
    public async Task<int> LookAsync(string path, int before = -1)
    {
        if (before < 0) before = _visitor.Complaints.Length;
        await PointAsync(path);
        var marks = await LookAtAllAsync(path);
        if (_visitor.Complaints[before..] is { Length: > 0 } complaints) Offences.Add($"{path}: {complaints}");
        while (_dialogs.TryDequeue(out var dialog)) Offences.Add($"{path}: {dialog}");
        return marks;
    }

    /// <summary>Takes the census. Answers how many marks are read.</summary>
    private async Task<int> LookAtAllAsync(string path)
    {
        var census = await Page.EvaluateAsync<JsonElement>(Census);
        var marks = census.GetProperty("marks").EnumerateArray().Select(m => m.GetString()!).ToList();
        Seen.UnionWith(marks);
        Offences.AddRange(census.GetProperty("offences").EnumerateArray().Select(o => $"{path}: {o.GetString()}"));
        if (census.GetProperty("stopped").GetBoolean()) Offences.Add($"{path}: the page has stopped");
        return marks.Count;
    }

    /// <summary>Points at every chart until it tells what is there, near its last moment, where each series has a value.</summary>
    private async Task PointAsync(string path)
    {
        foreach (var chart in await Page.Locator(".chart:has(.nsewdrag)").AllAsync())
        {
            var area = chart.Locator(".nsewdrag").First;
            await area.ScrollIntoViewIfNeededAsync();
            if (await area.BoundingBoxAsync() is not { } box) continue;
            var told = chart.Locator(".hoverlayer text").First;
            // A busy browser drops moves of the pointer: it moves on until the chart has noticed.
            for (var step = 0; step < 40 && !await told.IsVisibleAsync(); step++)
            {
                await Page.Mouse.MoveAsync(box.X + (box.Width * (step % 2 == 0 ? 0.995f : 0.98f)), box.Y + (box.Height / 2), new() { Steps = 3 });
                await Page.WaitForTimeoutAsync(60);
            }
            if (!await told.IsVisibleAsync()) Offences.Add($"{path}: a chart tells nothing where it is pointed at");
            await LookAtAllAsync(path);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _visitor.DisposeAsync();
}
