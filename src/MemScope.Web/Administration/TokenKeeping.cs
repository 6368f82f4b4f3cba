using MemScope.Storage.Captures;
using MemScope.Storage.Tokens;
using MemScope.Web.Api;
using MemScope.Web.Hosting;
using MemScope.Web.Wire;

namespace MemScope.Web.Administration;

/// <summary>Makes, lists and revokes tokens, for the page and the API; each change goes into the audit log.</summary>
public sealed class TokenKeeping(TokenStore store, ServerOptions options, TimeProvider time)
{
    private const int LongestName = 100;
    private const int MostDays = 3650;

    /// <summary>Scopes by the words of the API.</summary>
    public static IReadOnlyDictionary<string, TokenScopes> Scopes { get; } =
        new Dictionary<string, TokenScopes>(StringComparer.Ordinal) { ["ingest"] = TokenScopes.Ingest, ["read"] = TokenScopes.Read, ["admin"] = TokenScopes.Admin };

    /// <summary>All tokens, newest first, 1,000 at most.</summary>
    public async Task<IReadOnlyList<TokenWire>> ListAsync(CancellationToken cancel) => [.. (await store.ListAsync(cancel)).Select(Wire)];

    /// <summary>Makes a token.</summary>
    /// <exception cref="ProblemException">400 when the request cannot be read.</exception>
    public async Task<TokenCreatedWire> CreateAsync(TokenRequestWire request, string actor, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        var name = request.Name?.Trim() ?? "";
        if (name.Length is 0 or > LongestName) throw Problems.BadParameter("name", $"1 to {LongestName} characters are needed: whoever reads the audit log sees them.");
        if (request.ExpiresInDays is < 1 or > MostDays) throw Problems.BadParameter("expiresInDays", $"1 to {MostDays} days, or left out for never.");
        var scopes = TokenScopes.None;
        foreach (var word in request.Scopes ?? [])
            scopes |= word is not null && Scopes.TryGetValue(word, out var scope) ? scope : throw Problems.BadParameter("scopes", $"known are {string.Join(", ", Scopes.Keys)}.");
        if (scopes == TokenScopes.None) throw Problems.BadParameter("scopes", $"one of {string.Join(", ", Scopes.Keys)} is needed.");
        var (row, secret) = await store.CreateAsync(Projects.Default, name, scopes, request.ExpiresInDays is { } days ? time.GetUtcNow().AddDays(days) : null, actor, cancel);
        return new TokenCreatedWire(Wire(row), secret);
    }

    /// <summary>Revokes a token; false when there is none. It stops working within three seconds on every node.</summary>
    /// <exception cref="ProblemException">409 when it is the last that may make others.</exception>
    public async Task<bool> RevokeAsync(Guid token, string actor, CancellationToken cancel)
    {
        var live = (await store.ListAsync(cancel)).Where(t => t.RevokedAt is null && (t.ExpiresAt is null || t.ExpiresAt > time.GetUtcNow())).ToList();
        if (options.AsksForSignIn && live.Exists(t => t.Id == token && t.Scopes.HasFlag(TokenScopes.Admin)) && live.Count(t => t.Scopes.HasFlag(TokenScopes.Admin)) == 1)
            throw new ProblemException(StatusCodes.Status409Conflict, "last-admin", "This is the last admin token: without it nobody could make another. Make one first.");
        return await store.RevokeAsync(token, actor, cancel);
    }

    private static TokenWire Wire(TokenRow t) => new(t.Id, t.Name, [.. Scopes.Where(s => t.Scopes.HasFlag(s.Value)).Select(s => s.Key)], t.CreatedAt, t.ExpiresAt, t.LastUsedAt, t.RevokedAt);
}
