namespace MemScope.Storage.Tokens;

/// <summary>What a token allows.</summary>
[Flags]
public enum TokenScopes
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Sending uploads.</summary>
    Ingest = 1,
    /// <summary>Reading.</summary>
    Read = 2,
    /// <summary>Everything.</summary>
    Admin = 4,
}

/// <summary>A token without its secret.</summary>
public sealed record TokenRow(Guid Id, string Project, string Name, TokenScopes Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

/// <summary>Keeps tokens: <c>ms_</c> and 256 random bits, of which the database holds the SHA-256 only.</summary>
public sealed class TokenStore
{
    /// <summary>Makes a token and tells its secret, for the only time.</summary>
    public Task<(TokenRow Row, string Secret)> CreateAsync(string project, string name, TokenScopes scopes, DateTimeOffset? expiresAt, CancellationToken cancel) =>
        throw new NotSupportedException();

    /// <summary>The live token of a secret, or null when it is unknown, expired or revoked. Any text may be passed.</summary>
    public Task<TokenRow?> FindAsync(string? secret, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Makes the first admin token and tells its secret, or null when there is a live one.</summary>
    public Task<string?> EnsureAdminAsync(CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>All tokens, newest first, 1,000 at most.</summary>
    public Task<IReadOnlyList<TokenRow>> ListAsync(CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Revokes a token; false when there is none.</summary>
    public Task<bool> RevokeAsync(Guid token, CancellationToken cancel) => throw new NotSupportedException();
}
