using System.Text.Json;
using MemScope.Storage.Shares;
using MemScope.Web.Api;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>Opens shares for readers. Unknown, expired and revoked look the same to them: a key tells nothing about itself.</summary>
public sealed class ShareReader(ShareStore store, FrozenNames names)
{
    /// <summary>How documents are written and read.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { Converters = { new FiniteDoubleConverter() } };

    /// <summary>
    /// The view behind a key for a reader, counted as seen; null when there is nothing to show. Programs that draw previews get no data and are not counted, nor is a browser that fetches ahead.
    /// </summary>
    public async Task<SharedVisit?> VisitAsync(HttpContext http, string? key)
    {
        ArgumentNullException.ThrowIfNull(http);
        var isPreview = LinkPreview.IsAskedBy(http.Request.Headers.UserAgent);
        var isReader = !isPreview && !HttpMethods.IsHead(http.Request.Method) && !http.Request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase);
        return await OpenAsync(key, countView: isReader, http.RequestAborted) is { } view ? new SharedVisit(isPreview ? null : view, LinkPreview.Of(view)) : null;
    }

    /// <summary>The view behind a key; null when there is nothing to show.</summary>
    /// <param name="key">What stands in the address.</param>
    /// <param name="countView">False for data of a page that was counted already.</param>
    /// <param name="cancel">Ends the look-up.</param>
    internal async Task<SharedViewWire?> OpenAsync(string? key, bool countView, CancellationToken cancel)
    {
        var share = await store.OpenAsync(key, countView, cancel);
        if (share.State is not ShareState.Open || Read(share.Document) is not { } view) return null;
        if (!view.Request.FollowSymbols || view.Callchains is not { } chains) return view;
        var (renewed, at) = await names.RenewAsync(chains, cancel);
        return view with { Callchains = renewed, NamesUpdatedAt = at };
    }

    /// <summary>The view of a document; null when its version is not known here: half of a view would be a wrong one.</summary>
    internal static SharedViewWire? Read(JsonElement document) =>
        document.TryGetProperty("version", out var version) && !(version.ValueKind is JsonValueKind.Number && version.TryGetInt32(out var number) && number == SharedViewWire.KnownVersion) ? null : document.Deserialize<SharedViewWire>(Json);
}
