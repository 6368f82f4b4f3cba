using System.Text.Json;
using MemScope.Storage.Shares;
using MemScope.Web.Api;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>Opens shares for readers. Unknown, expired and revoked look the same to them: a key tells nothing about itself.</summary>
public sealed class ShareReader(ShareStore store, ShareViews views, FrozenNames names)
{
    private const int KeptCharacters = 32 << 20;
    private readonly RecentlyUsed<Guid, SharedViewWire> _documents = new(KeptCharacters);

    /// <summary>How documents are written and read.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Converters = { new FiniteDoubleConverter() } };

    /// <summary>
    /// The view behind a key for a reader, counted as seen; null when there is nothing to show. Programs that draw previews get no data and are not counted, nor is a browser that fetches ahead.
    /// </summary>
    /// <remarks>A request is one visit, however often it asks.</remarks>
    public Task<SharedVisit?> VisitAsync(HttpContext http, string? key)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.Items.TryGetValue(typeof(SharedVisit), out var known)) return (Task<SharedVisit?>)known!;
        var visit = CountedAsync(http, key);
        http.Items[typeof(SharedVisit)] = visit;
        return visit;
    }

    private async Task<SharedVisit?> CountedAsync(HttpContext http, string? key)
    {
        if (await FindAsync(key, http.RequestAborted) is not var (row, view)) return null;
        if (LinkPreview.IsAskedBy(http.Request.Headers.UserAgent)) return new SharedVisit(null, LinkPreview.Of(view));
        var isReader = !HttpMethods.IsHead(http.Request.Method) && !http.Request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase);
        if (isReader) await views.AddAsync(row.Project, row.Id, http.Connection.RemoteIpAddress?.ToString() ?? "unknown", http.RequestAborted);
        return new SharedVisit(await NamedAsync(view, http.RequestAborted), LinkPreview.Of(view));
    }

    /// <summary>The same for data of a page that was counted already: its chart, its picture.</summary>
    internal async Task<SharedViewWire?> OpenAsync(string? key, CancellationToken cancel) => await FindAsync(key, cancel) is var (_, view) ? await NamedAsync(view, cancel) : null;

    // Whether a share is open is asked each time; what it shows never changes.
    private async Task<(ShareRow Row, SharedViewWire View)?> FindAsync(string? key, CancellationToken cancel)
    {
        if ((await store.OpenAsync(key, cancel)).Row is not { } row) return null;
        if (_documents.TryGet(row.Id, out var known)) return (row, known);
        if (await store.DocumentAsync(row.Id, cancel) is not { } document || Read(document) is not { } view) return null;
        _documents.Keep(row.Id, view, document.GetRawText().Length);
        // Of readers who read it at the same time all get the one that stayed: its page is drawn once.
        return (row, _documents.TryGet(row.Id, out var kept) ? kept : view);
    }

    private async Task<SharedViewWire> NamedAsync(SharedViewWire view, CancellationToken cancel)
    {
        if (!view.Request.FollowSymbols || view.Callchains is not { } chains) return view;
        var (renewed, at) = await names.RenewAsync(chains, cancel);
        return view with { Callchains = renewed, NamesUpdatedAt = at };
    }

    /// <summary>The view of a document; null when its version is not known here: half of a view would be a wrong one.</summary>
    internal static SharedViewWire? Read(JsonElement document) =>
        document.TryGetProperty("version", out var version) && !(version.ValueKind is JsonValueKind.Number && version.TryGetInt32(out var number) && number == SharedViewWire.KnownVersion) ? null : document.Deserialize<SharedViewWire>(Json);
}
