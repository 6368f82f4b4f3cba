using System.Linq.Expressions;
using System.Text.Json;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tables;
using MemScope.Storage.Tokens;
using Microsoft.EntityFrameworkCore;

namespace MemScope.Storage.Shares;

/// <summary>A view to freeze.</summary>
public sealed record ShareDraft
{
    /// <summary>Unit of access.</summary>
    public string Project { get; init; } = Projects.Default;

    /// <summary>The process it shows.</summary>
    public required Guid ProcessId { get; init; }

    /// <summary>Title of the page.</summary>
    public required string Title { get; init; }

    /// <summary>Which view: <c>overview</c>, <c>diff</c> …</summary>
    public required string View { get; init; }

    /// <summary>The finished view as data.</summary>
    public required JsonElement Document { get; init; }

    /// <summary>When it ends, or null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether names of its frames are looked up anew when it is opened.</summary>
    public bool FollowSymbols { get; init; }

    /// <summary>What was taken out of the document, in the words of the request.</summary>
    public IReadOnlyList<string> Redaction { get; init; } = [];

    /// <summary>Who makes it, for lists and the audit log.</summary>
    public required string CreatedBy { get; init; }
}

/// <summary>A share without its document. The key is not kept, only its hash.</summary>
public sealed record ShareRow(Guid Id, string Project, Guid ProcessId, string Title, string View, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, long Views)
{
    /// <summary>Whether names of its frames are looked up anew when it is opened.</summary>
    public bool FollowsSymbols { get; init; }

    /// <summary>What was taken out of the document, with blanks between; empty for nothing.</summary>
    public string Redaction { get; init; } = "";

    /// <summary>Who made it; empty for a share from before this was kept.</summary>
    public string CreatedBy { get; init; } = "";
}

/// <summary>What a key opens.</summary>
public enum ShareState
{
    /// <summary>No share has this key.</summary>
    Unknown,
    /// <summary>It may be shown.</summary>
    Open,
    /// <summary>Its time is over.</summary>
    Expired,
    /// <summary>It was revoked.</summary>
    Revoked,
}

/// <summary>A share behind a key. <paramref name="Row"/> is set only when <paramref name="State"/> is <see cref="ShareState.Open"/>.</summary>
public sealed record OpenedShare(ShareState State, ShareRow? Row = null);

/// <summary>Keeps frozen views. A key is 192 random bits; the database holds its SHA-256 only.</summary>
public sealed class ShareStore(IDbContextFactory<MemScopeDbContext> contexts, TimeProvider time)
{
    private static readonly Expression<Func<ShareTable, ShareRow>> ToRow =
        s => new ShareRow(s.ShareId, s.Project, s.ProcessId, s.Title, s.View, s.CreatedAt, s.ExpiresAt, s.RevokedAt, s.Views) { FollowsSymbols = s.FollowSymbols, Redaction = s.Redaction, CreatedBy = s.CreatedBy };

    /// <summary>Stores a view and tells its key, for the only time.</summary>
    public async Task<(ShareRow Row, string Key)> CreateAsync(ShareDraft draft, CancellationToken cancel)
    {
        var key = Secrets.New(24);
        var now = time.GetUtcNow();
        var share = new ShareTable
        {
            ShareId = Guid.CreateVersion7(now), KeySha256 = Secrets.Digest(key)!, Project = draft.Project, ProcessId = draft.ProcessId, Title = CleanText.Of(draft.Title, 500),
            View = CleanText.Of(draft.View, 64), Document = draft.Document.GetRawText(), CreatedAt = now, ExpiresAt = draft.ExpiresAt?.ToUniversalTime(), FollowSymbols = draft.FollowSymbols,
            Redaction = CleanText.Of(string.Join(' ', draft.Redaction), 255), CreatedBy = CleanText.Of(draft.CreatedBy, 255),
        };
        await using var context = await contexts.CreateDbContextAsync(cancel);
        context.Add(share);
        context.Add(AuditLog.Entry(now, draft.Project, draft.CreatedBy, "share.create", share.ShareId.ToString(), Words(share)));
        await context.SaveChangesAsync(cancel);
        return (ToRow.Compile()(share), key);
    }

    /// <summary>Looks a key up. Any text may be passed.</summary>
    public async Task<OpenedShare> OpenAsync(string? key, CancellationToken cancel)
    {
        if (Secrets.Digest(key) is not { } digest) return new OpenedShare(ShareState.Unknown);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var share = await context.Set<ShareTable>().Where(s => s.KeySha256 == digest).Select(ToRow).SingleOrDefaultAsync(cancel);
        if (share is null) return new OpenedShare(ShareState.Unknown);
        if (share.RevokedAt is not null) return new OpenedShare(ShareState.Revoked);
        return share.ExpiresAt <= time.GetUtcNow() ? new OpenedShare(ShareState.Expired) : new OpenedShare(ShareState.Open, share);
    }

    /// <summary>The document of a share that was opened before; it never changes. Null when the share is gone.</summary>
    public async Task<JsonElement?> DocumentAsync(Guid share, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        if (await context.Set<ShareTable>().Where(s => s.ShareId == share).Select(s => s.Document).SingleOrDefaultAsync(cancel) is not { } text) return null;
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Shares of a project, or of one process of it, newest first.</summary>
    public async Task<RowPage<ShareRow>> ListAsync(string project, Guid? process, string? cursor, int limit, CancellationToken cancel)
    {
        var rows = Cursor.Rows(limit);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var shares = context.Set<ShareTable>().Where(s => s.Project == project);
        if (process is { } id) shares = shares.Where(s => s.ProcessId == id);
        if (Cursor.Read(cursor) is var (at, last)) shares = shares.Where(s => s.CreatedAt < at || (s.CreatedAt == at && s.ShareId < last));
        var found = await shares.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.ShareId).Take(rows + 1).Select(ToRow).ToListAsync(cancel);
        return Cursor.Page(found, rows, s => (s.CreatedAt, s.Id));
    }

    /// <summary>Revokes a share; false when there is none of that id in the project. Takes effect with the next look-up, on every node. One that was revoked before stays as it was.</summary>
    public async Task<bool> RevokeAsync(string project, Guid share, string actor, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var now = time.GetUtcNow();
        var ofProject = context.Set<ShareTable>().Where(s => s.Project == project && s.ShareId == share);
        if (await ofProject.Where(s => s.RevokedAt == null).ExecuteUpdateAsync(u => u.SetProperty(s => s.RevokedAt, now), cancel) == 0) return await ofProject.AnyAsync(cancel);
        context.Add(AuditLog.Entry(now, project, actor, "share.revoke", share.ToString(), ""));
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static string Words(ShareTable share) => $"{share.View}, {(share.ExpiresAt is { } end ? $"until {end:yyyy-MM-dd}" : "without an end")}{(share.Redaction.Length > 0 ? $", without {share.Redaction}" : "")}";
}
