using System.Linq.Expressions;
using System.Security.Cryptography;
using MemScope.Storage.Captures;
using MemScope.Storage.Tables;
using Microsoft.EntityFrameworkCore;

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
public sealed record TokenRow(Guid Id, string Project, string Name, TokenScopes Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>Whether it grants a scope; an administrator's grants all.</summary>
    public bool Allows(TokenScopes needed) => Scopes.HasFlag(TokenScopes.Admin) || Scopes.HasFlag(needed);
}

/// <summary>Keeps tokens: <c>ms_</c> and 256 random bits, of which the database holds the SHA-256 only.</summary>
public sealed class TokenStore(IDbContextFactory<MemScopeDbContext> contexts, TimeProvider time)
{
    private const string Prefix = "ms_";
    private static readonly TimeSpan LastUsedStep = TimeSpan.FromMinutes(1);

    private static readonly Expression<Func<TokenTable, TokenRow>> ToRow =
        t => new TokenRow(t.TokenId, t.Project, t.Name, (TokenScopes)t.Scopes, t.CreatedAt, t.ExpiresAt, t.LastUsedAt, t.RevokedAt);

    /// <summary>Makes a token and tells its secret, for the only time.</summary>
    /// <param name="project">Unit of access.</param>
    /// <param name="name">What people know it by.</param>
    /// <param name="scopes">What it allows.</param>
    /// <param name="expiresAt">When it ends, or null for never.</param>
    /// <param name="actor">Who makes it, for the audit log.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<(TokenRow Row, string Secret)> CreateAsync(string project, string name, TokenScopes scopes, DateTimeOffset? expiresAt, string actor, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var (token, secret) = Make(project, name, scopes, expiresAt);
        context.Add(token);
        context.Add(Made(token, actor));
        await context.SaveChangesAsync(cancel);
        return (ToRow.Compile()(token), secret);
    }

    /// <summary>The live token of a secret, or null when it is unknown, expired or revoked. Any text may be passed.</summary>
    public async Task<TokenRow?> FindAsync(string? secret, CancellationToken cancel)
    {
        if (secret?.StartsWith(Prefix, StringComparison.Ordinal) is not true || Secrets.Digest(secret) is not { } digest) return null;
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var now = time.GetUtcNow();
        var token = await context.Set<TokenTable>().SingleOrDefaultAsync(t => t.SecretSha256 == digest, cancel);
        if (token is null || !CryptographicOperations.FixedTimeEquals(token.SecretSha256, digest) || token.RevokedAt is not null || token.ExpiresAt <= now) return null;
        if (token.LastUsedAt is null || token.LastUsedAt < now - LastUsedStep)
            await context.Set<TokenTable>().Where(t => t.TokenId == token.TokenId).ExecuteUpdateAsync(u => u.SetProperty(t => t.LastUsedAt, now), cancel);
        return ToRow.Compile()(token);
    }

    /// <summary>Makes the first admin token and tells its secret, or null when there is a live one.</summary>
    public async Task<string?> EnsureAdminAsync(CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        await context.Database.ExecuteSqlAsync($"LOCK TABLE token IN SHARE ROW EXCLUSIVE MODE", cancel); // two nodes starting at once print one token
        var now = time.GetUtcNow();
        const int Admin = (int)TokenScopes.Admin;
        if (await context.Set<TokenTable>().AnyAsync(t => (t.Scopes & Admin) != 0 && t.RevokedAt == null && (t.ExpiresAt == null || t.ExpiresAt > now), cancel)) return null;
        var (token, secret) = Make(Projects.Default, "admin", TokenScopes.Admin, null);
        context.Add(token);
        context.Add(Made(token, "server"));
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return secret;
    }

    /// <summary>All tokens, newest first, 1,000 at most.</summary>
    public async Task<IReadOnlyList<TokenRow>> ListAsync(CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Set<TokenTable>().OrderByDescending(t => t.TokenId).Take(1000).Select(ToRow).ToListAsync(cancel);
    }

    /// <summary>Revokes a token; false when there is none. Takes effect with the next look-up, on every node. One that was revoked before stays as it was.</summary>
    public async Task<bool> RevokeAsync(Guid token, string actor, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await context.Database.BeginTransactionAsync(cancel);
        var now = time.GetUtcNow();
        if (await context.Set<TokenTable>().SingleOrDefaultAsync(t => t.TokenId == token, cancel) is not { } row) return false;
        if (await context.Set<TokenTable>().Where(t => t.TokenId == token && t.RevokedAt == null).ExecuteUpdateAsync(u => u.SetProperty(t => t.RevokedAt, now), cancel) == 0) return true;
        context.Add(AuditLog.Entry(now, row.Project, actor, "token.revoke", row.TokenId.ToString(), row.Name));
        await context.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static AuditTable Made(TokenTable token, string actor) => AuditLog.Entry(token.CreatedAt, token.Project, actor, "token.create", token.TokenId.ToString(), $"{token.Name}: {(TokenScopes)token.Scopes}".ToLowerInvariant());

    private (TokenTable Token, string Secret) Make(string project, string name, TokenScopes scopes, DateTimeOffset? expiresAt)
    {
        var secret = Prefix + Secrets.New(32);
        var now = time.GetUtcNow();
        return (new TokenTable
        {
            TokenId = Guid.CreateVersion7(now), SecretSha256 = Secrets.Digest(secret)!, Project = project, Name = CleanText.Of(name, 255), Scopes = (int)scopes, CreatedAt = now,
            ExpiresAt = expiresAt?.ToUniversalTime(),
        }, secret);
    }
}
