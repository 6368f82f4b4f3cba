namespace MemScope.Web.Wire;

/// <summary>Asks for a token. Body of <c>POST /api/v1/tokens</c>.</summary>
/// <param name="Name">Who or what will use it; the audit log calls its holder so.</param>
/// <param name="Scopes">Of <c>ingest</c>, <c>read</c> and <c>admin</c>; at least one.</param>
/// <param name="ExpiresInDays">Days until it ends, or null for never.</param>
public sealed record TokenRequestWire(string Name, IReadOnlyList<string> Scopes, int? ExpiresInDays = null);

/// <summary>A token without its secret.</summary>
/// <param name="Id">For revoking.</param>
/// <param name="Name">Who or what uses it.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends, or null for never.</param>
/// <param name="LastUsedAt">When it was last used, to the minute; null for never.</param>
/// <param name="RevokedAt">When it was revoked, or null.</param>
public sealed record TokenWire(Guid Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

/// <summary>A new token: the only time that its secret is told.</summary>
/// <param name="Token">The token.</param>
/// <param name="Secret"><c>ms_…</c>, for <c>Authorization: Bearer</c> or the sign-in.</param>
public sealed record TokenCreatedWire(TokenWire Token, string Secret);

/// <summary>An entry of the audit log.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">Name of the token, or <c>local</c> where nobody signs in.</param>
/// <param name="Action">What: <c>share.create</c>, <c>token.revoke</c> …</param>
/// <param name="Subject">Id of what it was done to; never a secret.</param>
public sealed record AuditWire(DateTimeOffset At, string Actor, string Action, string Subject)
{
    /// <summary>What else is worth telling, in words.</summary>
    public string Detail { get; init; } = "";
}
