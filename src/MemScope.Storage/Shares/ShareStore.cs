using System.Text.Json;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;

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
}

/// <summary>A share without its document. The key is not kept, only its hash.</summary>
public sealed record ShareRow(Guid Id, string Project, Guid ProcessId, string Title, string View, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, long Views);

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

/// <summary>A share behind a key. <paramref name="Row"/> and <paramref name="Document"/> are set only when <paramref name="State"/> is <see cref="ShareState.Open"/>.</summary>
public sealed record OpenedShare(ShareState State, ShareRow? Row = null, JsonElement Document = default);

/// <summary>Keeps frozen views. A key is 128 random bits or more; the database holds its SHA-256 only.</summary>
public sealed class ShareStore
{
    /// <summary>Stores a view and tells its key, for the only time.</summary>
    public Task<(ShareRow Row, string Key)> CreateAsync(ShareDraft draft, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Looks a key up and counts the view when it is open. Any text may be passed.</summary>
    public Task<OpenedShare> OpenAsync(string? key, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Shares of a project, or of one process of it, newest first.</summary>
    public Task<RowPage<ShareRow>> ListAsync(string project, Guid? process, string? cursor, int limit, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Revokes a share; false when there is none of that id in the project.</summary>
    public Task<bool> RevokeAsync(string project, Guid share, CancellationToken cancel) => throw new NotSupportedException();
}
