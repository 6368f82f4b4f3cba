using System.Text.Json;
using MemScope.Storage.Shares;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>Freezes a view and puts it behind a new key.</summary>
public sealed class ShareMaker(ShareFreezer freezer, ShareStore store)
{
    /// <summary>The new share with its address, told for the only time; null when there is nothing to show.</summary>
    /// <param name="process">The process.</param>
    /// <param name="request">The view.</param>
    /// <param name="actor">Who asks, for lists and the audit log.</param>
    /// <param name="server">Address of this server as its reader knows it, without a slash at the end.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<ShareCreatedWire?> CreateAsync(Guid process, ShareRequestWire request, string actor, string server, CancellationToken cancel)
    {
        if (await freezer.FreezeAsync(process, request, cancel) is not { } view) return null;
        var draft = new ShareDraft
        {
            ProcessId = process, Title = view.Title, View = request.View, Document = JsonSerializer.SerializeToElement(view, ShareReader.Json), ExpiresAt = view.ExpiresAt,
            FollowSymbols = view.Request.FollowSymbols, Redaction = view.Redacted, CreatedBy = actor,
        };
        var (row, key) = await store.CreateAsync(draft, cancel);
        var url = server + Urls.Share(key);
        return new ShareCreatedWire(row.Id, url, ShareMarkdown.Of(view, url), row.ExpiresAt)
        {
            Text = ShareText.Of(view, url),
            PictureUrl = SharePicture.IsOf(view) ? server + Urls.SharePicture(key) : null,
        };
    }

    /// <summary>A share as lists show it.</summary>
    public static ShareWire Wire(ShareRow s, DateTimeOffset now) => new(s.Id, s.Title, s.View, s.CreatedAt, s.ExpiresAt, s.RevokedAt, s.Views)
    {
        FollowsSymbols = s.FollowsSymbols, ProcessId = s.ProcessId, State = s.RevokedAt is not null ? "revoked" : s.ExpiresAt <= now ? "expired" : "open",
        Redacted = s.Redaction.Split(' ', StringSplitOptions.RemoveEmptyEntries), CreatedBy = s.CreatedBy.Length > 0 ? s.CreatedBy : null,
    };
}
